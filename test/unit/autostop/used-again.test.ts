import { describe, expect, test } from 'vitest'
import { usedAgain } from '../../../services/autostop/decision/used-again.ts'
import type { Reading, SignalName } from '../../../services/autostop/signal.ts'

describe('usedAgain()', () => {
  const use = (name: SignalName, lastActiveMs?: number, state: Reading['state'] = 'active') =>
    new Map([[name, { state, lastActiveMs, evidence: 'evidence' }]])
  const moments = { beganMs: 100_000, trainedMs: 130_000, hasCalled: false, isEnding: false }

  test('is what people do after the stop began', () => {
    expect(usedAgain(use('ssh', 100_001), moments)).toBe('ssh (evidence)')
    expect(usedAgain(use('hold'), moments)).toBe('hold (evidence)')
    expect(usedAgain(use('ssh', 99_999), moments)).toBeUndefined()
    expect(usedAgain(use('ssh', 100_001, 'quiet'), moments)).toBeUndefined()
    expect(usedAgain(use('jupyter', undefined, 'unknown'), moments)).toBeUndefined()
  })

  test('is not the work of the stop itself, nor that of a trainer which is ended', () => {
    expect(usedAgain(use('upload', 200_000), moments)).toBeUndefined()
    expect(usedAgain(use('trainer', 200_000), moments)).toBeUndefined()
    expect(usedAgain(use('gpu', 129_000), moments)).toBeUndefined()
    expect(usedAgain(use('gpu', 129_000), { ...moments, trainedMs: undefined })).toBeUndefined()
    expect(usedAgain(use('gpu', 140_000), moments)).toBe('gpu (evidence)')
    expect(usedAgain(use('gpu', 100_001), { ...moments, trainedMs: Number.NEGATIVE_INFINITY })).toBeDefined()
  })

  test('is a hold alone once RunPod was called', () => {
    const called = { ...moments, hasCalled: true }
    expect(usedAgain(use('ssh', 200_000), called)).toBeUndefined()
    expect(usedAgain(use('hold', 200_000), called)).toBeDefined()
    expect(usedAgain(use('hold', 200_000), { ...called, isEnding: true })).toBeUndefined()
  })
})
