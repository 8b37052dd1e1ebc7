import { describe, expect, it } from 'vitest'
import type { Service } from '../../../supervisor/service.ts'
import { shutdownPlan } from '../../../supervisor/shutdown-plan.ts'
import { checkGraph } from '../../../supervisor/start-order.ts'

const service = (name: string, rest: Partial<Service> = {}): Service => ({
  name,
  ...rest,
  run: async () => {},
})

describe('checkGraph()', () => {
  it('accepts leads that form no circle, also when they meet again', () => {
    const diamond = [
      service('a'),
      service('b', { after: ['a'] }),
      service('c', { needs: ['a'] }),
      service('d', { after: ['b', 'c'] }),
    ]
    expect(() => checkGraph(diamond)).not.toThrow()
  })

  it('names a service that waits for itself', () => {
    expect(() => checkGraph([service('a', { needs: ['a'] })])).toThrow('services wait in a circle: a → a')
  })

  it('names the circle, not the way that leads to it', () => {
    const circle = [
      service('x', { after: ['a'] }),
      service('a', { after: ['b'] }),
      service('b', { after: ['a'] }),
    ]
    expect(() => checkGraph(circle)).toThrow('services wait in a circle: a → b → a')
  })
})

describe('shutdownPlan()', () => {
  it('gives work at most a half, save at least a third, and leaves time for the sweep', () => {
    const plan = Object.fromEntries(shutdownPlan(8000).map(({ tier, deadlineMs }) => [tier, deadlineMs]))
    expect(plan.work).toBeLessThanOrEqual(4000)
    expect((plan.save ?? 0) - (plan.work ?? 0)).toBeGreaterThanOrEqual(8000 / 3)
    expect(plan.access).toBeLessThan(8000)
  })

  it('goes from intake to access, each tier later than the one before', () => {
    const plan = shutdownPlan(1000)
    expect(plan.map(({ tier }) => tier)).toEqual(['intake', 'work', 'save', 'tools', 'access'])
    expect([...plan].sort((a, b) => a.deadlineMs - b.deadlineMs)).toEqual(plan)
  })
})
