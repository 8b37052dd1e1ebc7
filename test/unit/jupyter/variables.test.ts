import { describe, expect, test } from 'vitest'
import { configurationProblem, readEnvironment } from '../../../environment.ts'

describe('readEnvironment() of JupyterLab', () => {
  test('is off, on the loopback and without a token by default', () => {
    expect(readEnvironment({}).values.jupyter).toEqual({
      START_JUPYTER: false,
      JUPYTER_HOST: '127.0.0.1',
      JUPYTER_PORT: 8888,
      PASS_SECRETS_TO_JUPYTER: [],
    })
  })

  test.each([
    ['1', true],
    ['0', false],
    ['auto', 'auto'],
  ])('takes START_JUPYTER=%s', (START_JUPYTER, meant) => {
    expect(readEnvironment({ START_JUPYTER }).values.jupyter?.START_JUPYTER).toBe(meant)
  })

  test.each([
    ['JUPYTER_TOKEN', 'short'],
    ['JUPYTER_PASSWORD', 'with a space'],
    ['JUPYTER_PORT', '0'],
    ['JUPYTER_HOST', 'http://0.0.0.0'],
    ['JUPYTER_ALLOW_ORIGIN', 'pods.example'],
  ])('names %s when it cannot be used, without the value', (name, value) => {
    const problem = configurationProblem(readEnvironment({ [name]: value }), 'jupyter')
    expect(problem).toMatch(new RegExp(`^configuration: ${name} must be `))
    expect(problem).not.toContain(value)
  })
})
