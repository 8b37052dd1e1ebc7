import { expect, test } from 'vitest'
import { errorAnswer } from '../../../services/http/errors/error-answer.ts'
import { problem, problemBody } from '../../../services/http/errors/problem.ts'
import { PodError } from '../../../supervisor/errors.ts'

test('errorAnswer() passes on what a handler throws as a problem', () => {
  const thrown = problem(503, 'the model is loading', { retryAfterSeconds: 2, extra: { model: 'demo' } })
  expect(errorAnswer(thrown)).toBe(thrown)
  expect(problemBody(thrown)).toEqual({
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: 'the model is loading',
    model: 'demo',
  })
})

test('errorAnswer() answers 503 with the remedy for a port that is not running', () => {
  const answer = errorAnswer(new PodError('NOT_RUNNING', 'the model host is not running'))
  expect(answer).toMatchObject({ statusCode: 503, retryAfterSeconds: 1 })
  expect(answer?.message).toContain('the model host is not running. Look at `podctl status`')
})

const ours: readonly (readonly [string, Error])[] = [
  ['a bug', new TypeError('x is not a function')],
  ['a library that says 500', Object.assign(new Error('secret path'), { statusCode: 500 })],
  ['a nonsense status', Object.assign(new Error('x'), { statusCode: 200 })],
  ['a status that is no number', Object.assign(new Error('x'), { statusCode: '404' })],
]

test.each(ours)('errorAnswer() tells clients nothing of %s', (_what, error) => {
  expect(errorAnswer(error)).toBeUndefined()
})
