import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { effectiveConfiguration } from '../../../environment/effective-configuration.ts'
import { variableTable } from '../../../environment/variable-table.ts'

const rows = (env: Record<string, string>) =>
  new Map(effectiveConfiguration(env).map((row) => [row.name, row]))

test('effectiveConfiguration() has a row for every variable, with its source', () => {
  const table = rows({ INFERENCE_API_PORT: '9000' })
  expect([...table.keys()]).toEqual(variableTable.map(({ name }) => name))
  expect(table.get('INFERENCE_API_PORT')).toMatchObject({
    value: '9000',
    source: 'environment',
    group: 'http',
  })
  expect(table.get('POD_STATE_DIR')).toMatchObject({ value: resolve('.podmate'), source: 'default' })
  expect(table.get('START_INFERENCE_API')).toMatchObject({ value: '1', source: 'default' })
  expect(table.get('PASS_SECRETS_TO_TRAINER')).toMatchObject({ value: '(none)', source: 'default' })
})

test('effectiveConfiguration() shows no secret, not even inside another value', () => {
  const shown = JSON.stringify(
    effectiveConfiguration({
      API_TOKEN: 'sentinel-api',
      HF_TOKEN: 'sentinel-hugging',
      TRAIN_COMMAND: 'train --token sentinel-hugging',
      HEALTHCHECKS_URL: 'https://me:sentinel-url@hc.local/x',
      INFERENCE_API_DEVICE: 'sentinel-misplaced',
    }),
  )
  expect(shown).not.toContain('sentinel')
  expect(shown).toContain('train --token ***')
})
