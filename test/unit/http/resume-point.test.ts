import { expect, test } from 'vitest'
import { eventId, resumePoint } from '../../../services/http/streams/resume-point.ts'
import { fakePod } from '../../fixtures/http/fake-pod.ts'

const status = { ...fakePod().status(), startedAt: 1_763_773_200_000, seq: 17 }

const cases: readonly (readonly [string | undefined, number | undefined])[] = [
  ['16@1763773200000', 16],
  ['17@1763773200000', 17],
  ['5', 5],
  ['0', 0],
  ['18', undefined],
  ['5@1763773100000', undefined],
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['nonsense', undefined],
  ['99999999999999999999', undefined],
]

test.each(cases)('resumePoint() after %j is %j', (lastId, expected) => {
  expect(resumePoint(lastId, status)).toBe(expected)
})

test('resumePoint() understands what eventId() makes', () => {
  expect(resumePoint(eventId(status.startedAt, 3), status)).toBe(3)
})
