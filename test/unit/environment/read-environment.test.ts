import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { variableTable } from '../../../environment/variable-table.ts'
import { configurationMessage, configurationProblem, readEnvironment } from '../../../environment.ts'

describe('readEnvironment()', () => {
  test("gives the laptop's defaults for an empty environment", () => {
    const { values, problems, warnings } = readEnvironment({})
    expect(problems).toEqual([])
    expect(warnings).toEqual([])
    expect(values.pod).toEqual({
      REPO_DIR: process.cwd(),
      VENV_DIR: resolve('.venv'),
      ARTIFACT_DIRS: [resolve('artifacts'), '/workspace/checkpoints', '/workspace/fine_tuned_model'],
      SHUTDOWN_BUDGET_SECONDS: 8,
      BOOT_GRACE_SECONDS: 1800,
    })
    expect(values.state?.POD_STATE_DIR).toBe(resolve('.podmate'))
    expect(values.http).toMatchObject({ INFERENCE_API_HOST: '127.0.0.1', INFERENCE_API_PORT: 8000 })
    expect(values.inference).toMatchObject({ START_INFERENCE_API: true, INFERENCE_API_MODEL_PATH: 'latest' })
    expect(values.trainer).toMatchObject({ START_TRAINER: 'auto', TRAIN_RESTART: 'never' })
  })

  test('takes an empty or blank value as unset', () => {
    const { values, problems } = readEnvironment({
      INFERENCE_API_PORT: '',
      API_TOKEN: '  ',
      TRAIN_COMMAND: '',
    })
    expect(problems).toEqual([])
    expect(values.http?.INFERENCE_API_PORT).toBe(8000)
    expect(values.http?.API_TOKEN).toBeUndefined()
    expect(values.trainer?.TRAIN_COMMAND).toBeUndefined()
  })

  test('makes relative paths absolute and derives folders from REPO_DIR', () => {
    const { values } = readEnvironment({ REPO_DIR: 'work', INFERENCE_API_MODEL_PATH: 'best.pt' })
    expect(values.pod?.ARTIFACT_DIRS[0]).toBe(resolve('work/artifacts'))
    expect(values.inference?.INFERENCE_API_MODEL_PATH).toBe(resolve('best.pt'))
    expect(readEnvironment({ ARTIFACT_DIRS: ' a , /b ,' }).values.pod?.ARTIFACT_DIRS).toEqual([
      resolve('a'),
      '/b',
    ])
  })

  test.each([
    ['1', true],
    ['Yes', true],
    [' on ', true],
    ['TRUE', true],
    ['0', false],
    ['no', false],
    ['OFF', false],
    ['False', false],
  ])('reads the switch %j as %j', (word, meant) => {
    expect(readEnvironment({ START_INFERENCE_API: word }).values.inference?.START_INFERENCE_API).toBe(meant)
    expect(readEnvironment({ START_TRAINER: word }).values.trainer?.START_TRAINER).toBe(meant)
  })

  test.each([
    ['SHUTDOWN_BUDGET_SECONDS', 'soon', 'pod'],
    ['SHUTDOWN_BUDGET_SECONDS', '0', 'pod'],
    ['INFERENCE_API_PORT', '65536', 'http'],
    ['INFERENCE_API_PORT', '80.5', 'http'],
    ['INFERENCE_API_PORT', '0x50', 'http'],
    ['INFERENCE_API_HOST', 'http://localhost', 'http'],
    ['API_TOKEN', 'short', 'http'],
    ['API_TOKEN', 'with a space in it', 'http'],
    ['START_INFERENCE_API', 'auto', 'inference'],
    ['INFERENCE_API_DEVICE', 'gpu', 'inference'],
    ['TRAIN_RESTART', 'sometimes', 'trainer'],
    ['PASS_SECRETS_TO_TRAINER', 'HF-TOKEN', 'trainer'],
    ['LOG_FORMAT', 'xml', 'logs'],
    ['HEALTHCHECKS_URL', 'hc-ping.com/abc', 'healthchecks'],
  ] as const)('refuses %s=%s and gives up only the group %s', (variable, value, group) => {
    const environment = readEnvironment({ [variable]: value })
    expect(environment.problems).toEqual([{ variable, group, message: expect.any(String) }])
    const missing = Object.entries(environment.values).flatMap(([name, read]) =>
      read === undefined ? [name] : [],
    )
    expect(missing).toEqual([group])
    expect(configurationProblem(environment, group)).toMatch(
      new RegExp(`^configuration: ${variable} must be .+; correct it, or unset it`),
    )
  })

  test('names every problem once, all in one message, and says what to do', () => {
    const environment = readEnvironment({
      SHUTDOWN_BUDGET_SECONDS: 'x',
      BOOT_GRACE_SECONDS: '-1',
      LOG_FORMAT: 'y',
    })
    expect(configurationMessage(environment)).toBe(
      [
        'The configuration cannot be used:',
        '  SHUTDOWN_BUDGET_SECONDS must be a whole number from 1 to 3600; correct it, or unset it (then: 8)',
        '  BOOT_GRACE_SECONDS must be a whole number from 0 to 86400; correct it, or unset it (then: 1800)',
        '  LOG_FORMAT must be one of auto, pretty, json; correct it, or unset it (then: auto)',
      ].join('\n'),
    )
  })

  test('never throws, and never shows a value, whatever the values are', () => {
    const values = fc.string({ minLength: 12, unit: 'binary' })
    const environments = fc.record(Object.fromEntries(variableTable.map(({ name }) => [name, values])))
    fc.assert(
      fc.property(environments, (env) => {
        const message = configurationMessage(readEnvironment(env))
        expect(
          Object.values(env).filter((value) => value.trim().length >= 8 && message.includes(value)),
        ).toEqual([])
      }),
    )
  })
})
