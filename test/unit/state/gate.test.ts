import { describe, expect, test } from 'vitest'
import { createGate } from '../../../services/state/gate.ts'

describe('createGate()', () => {
  test('holds whoever comes until it is opened', async () => {
    const gate = createGate<string>()
    const early = gate.pass()
    gate.open('link')
    expect(await early).toBe('link')
    expect(await gate.pass()).toBe('link')
  })

  test('turns away whoever waits and whoever comes while it is closed', async () => {
    const gate = createGate<string>()
    const early = gate.pass()
    gate.close(new Error('full'))
    await expect(early).rejects.toThrow('full')
    await expect(gate.pass()).rejects.toThrow('full')
    expect(gate.closed?.message).toBe('full')
  })

  test('holds again after `hold`, and keeps those who wait over a second `hold`', async () => {
    const gate = createGate<string>()
    gate.open('old')
    gate.hold()
    const waiting = gate.pass()
    gate.hold()
    gate.open('new')
    expect(await waiting).toBe('new')
    expect(gate.closed).toBeUndefined()
  })
})
