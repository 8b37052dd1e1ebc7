import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readStart } from '../../../boot/start-arguments.ts'

const npm = { npm_lifecycle_event: 'start', INIT_CWD: '/home/me' }

test.for([
  [[], {}, undefined],
  [[], { INFERENCE_API_MODEL_PATH: 'b.pt' }, 'b.pt'],
  [['--model', 'a.pt'], { INFERENCE_API_MODEL_PATH: 'b.pt' }, resolve('a.pt')],
  [['--model', 'a.pt'], npm, '/home/me/a.pt'],
  [['--model', 'a.pt'], { ...npm, npm_lifecycle_event: 'test' }, resolve('a.pt')],
  [['--model=/models/a.pt'], npm, '/models/a.pt'],
  [['--model', 'latest'], { INFERENCE_API_MODEL_PATH: 'b.pt' }, 'latest'],
] as const)('readStart(%j) with %j serves %s', ([words, env, path]) => {
  const start = readStart(words, env)
  expect(start).toEqual({
    type: 'start',
    env: path === undefined ? env : { ...env, INFERENCE_API_MODEL_PATH: path },
  })
})

test.for([
  [['--model'], /--model/],
  [['--model', ' '], /^--model must be the path of a model/],
  [['--modle', 'a.pt'], /--modle/],
  [['a.pt'], /a\.pt/],
] as const)('readStart(%j) ends with 2, the reason and the usage', ([words, reason]) => {
  expect(readStart(words, {})).toEqual({ type: 'end', code: 2, text: expect.stringMatching(reason) })
  expect(readStart(words, {})).toMatchObject({ text: expect.stringContaining('usage: npm start') })
})

test('readStart() shows its usage when it is asked for', () => {
  expect(readStart(['-h'], {})).toMatchObject({ type: 'end', code: 0 })
})
