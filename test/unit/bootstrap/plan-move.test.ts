import { describe, expect, it } from 'vitest'
import { planMove, type Relation, type Target } from '../../../services/bootstrap/program/plan-move.ts'

const main: Target = { type: 'branch', name: 'main', commit: 'new' }
const tag: Target = { type: 'tag', name: 'v1', commit: 'new' }

describe('planMove()', () => {
  it.each<[Relation, string]>([
    ['same', 'stay'],
    ['behind', 'fast-forward'],
    ['ahead', 'leave'],
    ['diverged', 'leave'],
  ])('on the branch itself, %s: %s', (relation, step) => {
    expect(planMove({ branch: 'main', commit: 'old' }, main, relation, undefined).do).toBe(step)
  })

  it('follows a branch that was written anew only from where it was brought itself', () => {
    const marker = { branch: 'main', commit: 'old' }
    expect(planMove({ branch: 'main', commit: 'old' }, main, 'diverged', marker).do).toBe('follow')
    expect(planMove({ branch: 'main', commit: 'mine' }, main, 'diverged', marker).do).toBe('leave')
    expect(planMove({ branch: 'main', commit: 'old' }, main, 'ahead', marker).do).toBe('leave')
  })

  it('stays at a tag that is checked out already, on whatever branch', () => {
    expect(planMove({ branch: 'main', commit: 'new' }, tag, 'same', undefined).do).toBe('stay')
  })

  it('moves from where podmate left it, and from nowhere else', () => {
    const left = { branch: 'dev', commit: 'old' }
    expect(planMove(left, main, 'diverged', { branch: 'dev' }).do).toBe('switch')
    expect(planMove(left, main, 'behind', { branch: 'main' }).do).toBe('leave')
    expect(planMove(left, main, 'behind', undefined).do).toBe('leave')
    expect(planMove({ commit: 'old' }, main, 'behind', { commit: 'old' }).do).toBe('switch')
    expect(planMove({ commit: 'mine' }, main, 'behind', { commit: 'old' }).do).toBe('leave')
    expect(planMove({ commit: 'old' }, main, 'behind', { branch: 'main', commit: 'old' }).do).toBe('leave')
  })
})
