import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const folders = ['boot', 'environment', 'image', 'runpod', 'services', 'supervisor']

/** All that podmate can say, in one text. */
const sources = folders
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(ts|sh)$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n')

/** What the first column quotes, but for what other programs say. */
const quoted = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\| (.+?) \| /.exec(line)?.[1] ?? [])
  .flatMap((cell) => [...cell.matchAll(/`([^`]+)`( \()?/g)])
  .flatMap(([, text = '', byOthers]) => (byOthers ? [] : text))
  .filter((text) => !text.startsWith('"device"'))

test('docs/troubleshooting.md quotes nothing that podmate does not say', () => {
  expect(quoted.length).toBeGreaterThan(18)
  const pieces = quoted.flatMap((text) => text.split('…').map((piece) => piece.trim()))
  const unsaid = pieces.filter(
    (piece) => piece.length > 2 && !sources.includes(piece.replace(/^exit \d+: /, '')),
  )
  expect(unsaid).toEqual([])
})
