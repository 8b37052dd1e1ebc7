import type { PodStatus, ServiceStatus } from '../../supervisor/status.ts'

/** The pod as one plain page: every service with its state. Asks nothing of anyone else. Pure. */
export function page(status: PodStatus): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>podmate</title>
<style>body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{text-align:left;padding:.2rem 1rem .2rem 0}</style>
</head><body><h1>podmate ${escaped(status.version)}</h1>
<p>The pod is ${status.state}${status.reason === undefined ? '' : `: ${escaped(status.reason)}`}.</p>
${status.warnings.map((text) => `<p>Warning: ${escaped(text)}</p>`).join('\n')}
<table><tr><th>Service</th><th>State</th><th>Why</th></tr>
${Object.values(status.services).map(row).join('\n')}
</table>
<p><a href="docs">API</a> · <a href="status">status</a> · <a href="timing">timing</a> · <a href="metrics">metrics</a></p>
</body></html>
`
}

function row({ name, state, reason }: ServiceStatus): string {
  return `<tr><td>${escaped(name)}</td><td>${state}</td><td>${escaped(reason ?? '')}</td></tr>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
}
