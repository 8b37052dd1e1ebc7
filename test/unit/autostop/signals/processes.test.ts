import { expect, test } from 'vitest'
import { Origins } from '../../../../services/autostop/signals/origins.ts'
import { processesSignal } from '../../../../services/autostop/signals/processes.ts'
import type { ProcessEntry } from '../../../../supervisor/process-table.ts'
import { processEntry } from '../../../fixtures/autostop/process-entry.ts'
import { fakePod } from '../../../fixtures/http/fake-pod.ts'

type Program = ProcessEntry & { readonly words: string }

const program = (pid: number, parent: number, words: string, known: Partial<ProcessEntry> = {}): Program => ({
  ...processEntry({ pid, parent, name: words.split(' ')[0] ?? '', ...known }),
  words,
})

const podmate = program(10, 1, 'node entrypoint.ts')
const services = [
  podmate,
  program(20, 10, 'jupyter-lab --config=server.json'),
  program(21, 20, 'bash -l'),
  program(30, 10, 'sh -c python train.py'),
  program(31, 30, 'python train.py'),
  program(40, 10, 'sshd -D'),
  program(41, 40, 'sshd: root@pts/0', { name: 'sshd' }),
]

/** Reads the signal among the services of a pod and some programs of users. */
async function read(patterns: readonly string[], ...programs: readonly Program[]) {
  const pod = fakePod(['jupyter', 'trainer', 'sshd'])
  for (const [service, pid] of [['jupyter', 20] as const, ['trainer', 30] as const, ['sshd', 40] as const])
    pod.emit({ type: 'spawned', service, pid, command: '' })
  const processes = [...services, ...programs]
  const pids = new Map([
    [20, 'jupyter'],
    [30, 'trainer'],
    [40, 'sshd'],
  ])
  const originOf = new Origins(
    10,
    () => '@',
    () => '',
  ).look(processes, pids)
  const signal = processesSignal({
    ...{ patterns, pod },
    snapshot: () => ({ processes, originOf, workOf: () => ({ atMs: 0, cores: 0, most: '' }) }),
    commandLine: (pid) =>
      processes
        .find((entry) => entry.pid === pid)
        ?.words.replaceAll(' ', '\0')
        .concat('\0') ?? '',
  })
  return signal.read(7, new AbortController().signal)
}

test('processesSignal() is active while a program of a user runs', async () => {
  expect(await read(['rsync', 'train.py'], program(50, 41, 'python -u train.py'))).toEqual({
    state: 'active',
    lastActiveMs: 7,
    evidence: 'train.py runs (pid 50)',
  })
  expect((await read(['train.py'], program(51, 21, 'python train.py'))).state).toBe('active')
  expect((await read(['train.py'], program(52, 1, 'python train.py'))).state).toBe('active')
})

test('processesSignal() never takes podmate nor what it starts by itself', async () => {
  const everything = ['node', 'entrypoint.ts', 'jupyter-lab', 'train.py', 'sh', 'python', 'sshd*', 'sshd:']
  expect(await read(everything, program(60, 41, 'tail -f train.py.log'))).toMatchObject({ state: 'quiet' })
})

test('processesSignal() does not read a program that hangs in the kernel', async () => {
  expect((await read(['train.py'], program(70, 1, 'python train.py', { state: 'D' }))).state).toBe('quiet')
})
