import { describe, expect, test } from 'vitest'
import { effectiveConfiguration } from '../../../environment/effective-configuration.ts'
import { secretValues } from '../../../environment/secrets.ts'
import { configurationProblem, readEnvironment } from '../../../environment.ts'

const token = 'hf_abcdefghijklmnopqrstuvwxyz'

describe('readEnvironment() takes values as they were meant:', () => {
  test.each([
    ['a line end after it', `${token}\n`],
    ['Windows line ends and blanks around it', ` \r\n\t${token} \r\n`],
    ['blanks that cannot be seen', `\ufeff\u00a0${token}\u200b`],
    ['quotes', `"${token}"`],
    ['single quotes and a line end', ` '${token}'\n`],
    ['a blank and quotes of a text program', `“ ${token}”`],
    ['quotes in quotes', `'"${token}"'`],
  ])('a secret with %s', (_, value) => {
    const { values, problems, env } = readEnvironment({
      HF_TOKEN: value,
      API_TOKEN: value,
      RUNPOD_API_KEY: value,
    })
    expect(problems).toEqual([])
    expect(values.artifacts?.HF_TOKEN).toBe(token)
    expect(values.http?.API_TOKEN).toBe(token)
    expect(values.autostop?.RUNPOD_API_KEY).toBe(token)
    expect(env.HF_TOKEN).toBe(token)
    expect(secretValues({ HF_TOKEN: value, OTHER_TOKEN: value })).toContain(token)
  })

  test('every other variable, too', () => {
    const { values, problems } = readEnvironment({
      INFERENCE_API_PORT: '"8001 "',
      REPO_REF: "'main '\n",
      START_TRAINER: '"no"',
      TRAIN_COMMAND: '"python train.py --name \'a b\'"',
      HEALTHCHECKS_URL: ' "https://hc-ping.com/abc"\n',
    })
    expect(problems).toEqual([])
    expect(values.http?.INFERENCE_API_PORT).toBe(8001)
    expect(values.bootstrap?.REPO_REF).toBe('main')
    expect(values.trainer).toMatchObject({
      START_TRAINER: false,
      TRAIN_COMMAND: "python train.py --name 'a b'",
    })
    expect(values.healthchecks?.HEALTHCHECKS_URL).toBe('https://hc-ping.com/abc')
  })

  test('it says once whose quotes it took off, and shows no value', () => {
    const { warnings } = readEnvironment({
      HF_TOKEN: `"${token}"`,
      REPO_REF: "'main'",
      API_TOKEN: `${token}\n`,
    })
    expect(warnings).toEqual([
      'HF_TOKEN, REPO_REF: the quotes around the whole value were taken off; write it without them',
    ])
  })

  test('quotes that belong to a value stay, and so do variables of other programs', () => {
    const command = '"/opt/my python" train.py --name "a b"'
    const { values, warnings, env } = readEnvironment({
      TRAIN_COMMAND: command,
      WANDB_NOTES: ' "as it is"\n',
    })
    expect(values.trainer?.TRAIN_COMMAND).toBe(command)
    expect(env.WANDB_NOTES).toBe(' "as it is"\n')
    expect(warnings).toEqual([])
  })

  test.each(['""', "' '", '\n', '"\n"'])('%j is unset', (value) => {
    const { values, problems } = readEnvironment({ API_TOKEN: value })
    expect(problems).toEqual([])
    expect(values.http?.API_TOKEN).toBeUndefined()
  })
})

describe('a secret that RunPod does not have', () => {
  const unfilled = '{{ RUNPOD_SECRET_my-key }}'
  const text = 'RunPod has no secret my-key'

  test.each([
    ['HF_TOKEN', 'artifacts'],
    ['API_TOKEN', 'http'],
    ['HEALTHCHECKS_URL', 'healthchecks'],
    ['TRAIN_COMMAND', 'trainer'],
  ] as const)('is an error of %s', (name, group) => {
    for (const value of [unfilled, `"{{RUNPOD_SECRET_my-key}}"\n`, `with ${unfilled}`]) {
      const environment = readEnvironment({ [name]: value })
      expect(configurationProblem(environment, group)).toContain(`${name}: ${text}`)
      expect(environment.env).not.toHaveProperty(name)
    }
  })

  test('leaves the others of a group in force that gives nothing up', () => {
    const environment = readEnvironment({ RUNPOD_API_KEY: unfilled, BUDGET_USD: '5', PUBLIC_KEY: unfilled })
    expect(environment.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`RUNPOD_API_KEY: ${text}`),
      expect.stringContaining(`PUBLIC_KEY: ${text}`),
    ])
    expect(environment.values.autostop).toMatchObject({ BUDGET_USD: 5 })
    expect(environment.values.autostop?.RUNPOD_API_KEY).toBeUndefined()
    expect(environment.values.sshd?.PUBLIC_KEY).toBeUndefined()
  })

  test.each(['JUPYTER_TOKEN', 'JUPYTER_PASSWORD', 'JOB_TOKEN'])(
    'counts as unset in %s, with a warning',
    (name) => {
      const { problems, warnings } = readEnvironment({ [name]: unfilled })
      expect(problems).toEqual([])
      expect(warnings).toEqual([expect.stringContaining(`${name}: ${text}`)])
    },
  )

  test('is told of variables of other programs, which keep it', () => {
    const { problems, warnings, env } = readEnvironment({ WANDB_API_KEY: unfilled })
    expect(problems).toEqual([])
    expect(warnings).toEqual([expect.stringContaining(`WANDB_API_KEY: ${text}`)])
    expect(env.WANDB_API_KEY).toBe(unfilled)
  })

  test('is shown as not valid by `podctl check`', () => {
    const rows = effectiveConfiguration({ HF_TOKEN: unfilled, REPO_REF: "'main'" })
    expect(rows.find(({ name }) => name === 'HF_TOKEN')).toMatchObject({
      ...{ value: '(not valid)', source: 'environment' },
    })
    expect(rows.find(({ name }) => name === 'REPO_REF')).toMatchObject({
      value: 'main',
      source: 'environment',
    })
  })
})
