import type { PageFiles } from './page-files.ts'

/** Only what comes from this podmate; nobody may frame it. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A document of the page with the addresses of this version; all are relative, so that any prefix of a proxy fits. Pure. */
export function pageHtml(
  { files, version, modules }: PageFiles,
  name: 'index.html' | 'sign-in.html',
): string {
  const preloads = modules
    .filter((module) => module !== 'main.js')
    .map((module) => `<link rel="modulepreload" href="page/${version}/${module}">`)
  return String(files.get(name)?.body)
    .replace('<!-- modules -->', preloads.join('\n    '))
    .replaceAll('page/version/', `page/${version}/`)
}
