import { describe, expect, test } from 'vitest'
import { Origins } from '../../../../services/autostop/signals/origins.ts'
import { processEntry } from '../../../fixtures/autostop/process-entry.ts'

const podmate = processEntry({ pid: 10 })
const sshd = processEntry({ pid: 20, parent: 10, name: 'sshd' })
const connection = processEntry({ pid: 21, parent: 20, name: 'sshd' })
const shell = processEntry({ pid: 22, parent: 21 })
const withSudo = processEntry({ pid: 23, parent: 22 })
const tmux = processEntry({ pid: 30 })
const stranger = processEntry({ pid: 40 })
const table = [podmate, sshd, connection, shell, withSudo, tmux, stranger]

const environments: Readonly<Record<number, string>> = {
  22: 'HOME=/root\0PODMATE_MARK=sshd@10-5\0',
  23: 'HOME=/root\0',
  30: 'PODMATE_MARK=sshd@10-5\0',
  40: 'PODMATE_MARK=trainer@9-4\0',
}

function origins(reads: number[] = []) {
  const of = (pid: number) => {
    reads.push(pid)
    return environments[pid] ?? ''
  }
  return new Origins(10, () => '@10-5', of)
}

describe('Origins', () => {
  test('follows marks, and parents where there is no mark', () => {
    const originOf = origins().look(table, new Map([[20, 'sshd']]))
    const found = table.map(({ pid }) => originOf(pid))
    expect(found).toEqual(['podmate', 'sshd', 'sshd', 'sshd', 'sshd', 'sshd', undefined])
  })

  test('takes a child of podmate without a mark for its own, and a program of a user that it adopted for what it is', () => {
    const sampler = processEntry({ pid: 50, parent: 10 })
    const adopted = { ...tmux, parent: 10 }
    const originOf = origins().look([podmate, sampler, adopted], new Map())
    expect([originOf(50), originOf(30)]).toEqual(['podmate', 'sshd'])
  })

  test('reads an environment once in the life of a process', () => {
    const reads: number[] = []
    const known = origins(reads)
    for (const _ of [1, 2]) known.look(table, new Map())(30)
    expect(reads).toEqual([30])
    known.look([{ ...tmux, startTicks: 7777 }], new Map())(30)
    expect(reads).toEqual([30, 30])
  })

  test('ends on a circle of parents', () => {
    const circle = [processEntry({ pid: 60, parent: 61 }), processEntry({ pid: 61, parent: 60 })]
    expect(origins().look(circle, new Map())(60)).toBeUndefined()
  })
})
