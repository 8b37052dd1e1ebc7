import type { CallOptions } from './call.ts'

/** How each option is typed. */
export const optionTexts = {
  json: '--json',
  force: '--force',
  lines: '-n N',
  deadline: '--deadline S',
  why: '--why TEXT',
  'dry-run': '--dry-run',
  url: '--url ADDRESS',
  token: '--token TOKEN',
} as const satisfies Record<keyof CallOptions, string>
