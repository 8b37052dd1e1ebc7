import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brokenRule, parseStopRules } from '../../../services/jobs/early-stop.ts'

const broken = (rules: string, step: number, numbers: Readonly<Record<string, number>>) =>
  brokenRule(parseStopRules(rules) ?? [], step, (name) => numbers[name])

describe('parseStopRules()', () => {
  test.each([
    ['loss > 10 after 100', { name: 'loss', operator: '>', limit: 10, after: 100 }],
    ['loss>10', { name: 'loss', operator: '>', limit: 10, after: 0 }],
    ['  train/accuracy <=  -.5e-3 ', { name: 'train/accuracy', operator: '<=', limit: -0.0005, after: 0 }],
    ['loss IS NaN after 5', { name: 'loss', operator: 'is nan', limit: 0, after: 5 }],
  ])('reads %j', (text, rule) => {
    expect(parseStopRules(text)).toEqual([expect.objectContaining(rule)])
  })

  test('reads several with ; between them', () => {
    expect(parseStopRules('loss > 10; loss is nan;')?.map(({ text }) => text)).toEqual([
      'loss > 10',
      'loss is nan',
    ])
  })

  test.each([
    '',
    ';',
    'loss',
    'loss > ',
    '> 10',
    'loss => 10',
    'loss > 10 after',
    'loss > ten',
    'loss > 1e999',
    'loss = 3',
    '10 > loss',
    'loss > 10 after -1',
    'loss > 10, loss is nan',
  ])('refuses %j', (text) => {
    expect(parseStopRules(text)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseStopRules(text)))
  })
})

describe('brokenRule()', () => {
  test('says which rule, with the number and the step', () => {
    expect(broken('loss > 10 after 100', 140, { loss: 12.3456789 })).toBe(
      'loss > 10 after 100 (loss is 12.3457 at step 140)',
    )
    expect(broken('loss is nan', 3, { loss: Number.POSITIVE_INFINITY })).toBe(
      'loss is nan (loss is not a number at step 3)',
    )
  })

  test('judges later steps only, and numbers that are there', () => {
    expect(broken('loss > 10 after 100', 100, { loss: 12 })).toBeUndefined()
    expect(broken('loss > 10', 100, { eval_loss: 12 })).toBeUndefined()
    expect(broken('loss > 10', 100, { loss: 10 })).toBeUndefined()
    expect(broken('accuracy < 0.1; loss > 10', 1, { accuracy: 0.5, loss: 11 })).toMatch(/^loss > 10/)
  })
})
