import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { variableTable } from '../../../environment/variable-table.ts'
import { docFiles } from '../../../scripts/docs/doc-files.ts'
import { envExample } from '../../../scripts/docs/env-example.ts'
import { withGenerated } from '../../../scripts/docs/with-generated.ts'

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')

test.each(docFiles(read))('docFiles() finds $name as `npm run docs` writes it', ({ now, wanted }) => {
  expect(now).toBe(wanted)
})

test('envExample() sets nothing as it is and every variable once its lines are uncommented', () => {
  expect(parseEnv(envExample())).toEqual({})
  const uncommented = envExample().replaceAll(/^# (?=[A-Z\d_]+=)/gm, '')
  expect(parseEnv(uncommented)).toEqual(
    Object.fromEntries(variableTable.map(({ name, default: byDefault = '' }) => [name, byDefault])),
  )
})

test.each(['RUNPOD_GPU_COUNT', 'PODMATE_URL', 'PODMATE_TOKEN', 'PODMATE_SOCKET'])(
  'envExample() has %s',
  (name) => {
    expect(envExample()).toContain(`# ${name}=`)
  },
)

test('withGenerated() replaces only what is between the markers', () => {
  const text = 'a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb'
  expect(withGenerated(text, { x: 'new\n' })).toBe(
    'a\n<!-- generated:x -->\n\nnew\n\n<!-- /generated:x -->\nb',
  )
  expect(() => withGenerated('no markers', { x: '' })).toThrow('generated:x')
})
