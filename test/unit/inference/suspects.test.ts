import { expect, test } from 'vitest'
import { Suspects } from '../../../services/inference/hosts/suspects.ts'

const at = { stage: 'prepare', path: '/models/new.pt', version: 'v1' } as const

test('Suspects names a file when a second host dies on the same version of it', () => {
  const suspects = new Suspects()
  suspects.hostDied('signal SIGSEGV', at)
  expect(suspects.list()).toEqual([])
  suspects.hostDied('signal SIGSEGV', { ...at, version: 'v2' })
  suspects.hostDied('signal SIGSEGV', { ...at, path: '/models/other.pt' })
  expect(suspects.list()).toEqual([])
  suspects.hostDied('signal SIGSEGV', at)
  expect(suspects.list()).toEqual([
    {
      path: '/models/new.pt',
      version: 'v1',
      reason: 'the model host ended 2 times on it (prepare: signal SIGSEGV)',
    },
  ])
})

test('Suspects blames no file for a death at something else', () => {
  const suspects = new Suspects()
  for (const _death of [1, 2, 3]) {
    suspects.hostDied('signal SIGKILL', undefined)
    suspects.hostDied('signal SIGKILL', { stage: 'find', path: '/models' })
  }
  expect(suspects.list()).toEqual([])
})
