import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { commandHash, readCompleted, withCompleted } from '../../../services/trainer/completed-record.ts'
import { type CompletedRunsOptions, completedRuns } from '../../../services/trainer/completed-runs.ts'

function recordWith(part: Partial<CompletedRunsOptions> = {}) {
  const said: string[] = []
  const log = pino({ messageKey: 'msg' }, { write: (line: string) => void said.push(JSON.parse(line).msg) })
  const disk = { text: undefined as string | undefined }
  const runs = completedRuns({
    command: 'python train.py --token sentinel',
    cwd: '/work',
    read: async () => disk.text,
    write: async (text) => {
      disk.text = text
    },
    commit: async () => 'abcdef1234567890',
    ...part,
  })
  return { runs, disk, log, said }
}

describe('completedRuns()', () => {
  test('names a training that has completed before, with the ways to run it again', async () => {
    const { runs, disk, log } = recordWith()
    expect(await runs.before(log)).toBeUndefined()
    await runs.begin(log)()
    expect(await runs.before(log)).toMatch(
      /^this command at commit abcdef1 has completed before \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\); TRAIN_RERUN=1 or `podctl restart trainer` runs it again$/,
    )
    expect(disk.text).not.toContain('sentinel')
  })

  test.each([
    ['another commit', { commit: async () => 'fedcba' }],
    ['no repository', { commit: async () => null }],
    ['another command', { command: 'python train.py' }],
    ['another folder', { cwd: '/other' }],
  ])('takes %s for another training', async (_, other) => {
    const { runs, disk, log } = recordWith()
    await runs.begin(log)()
    const others = recordWith(other)
    others.disk.text = disk.text
    expect(await others.runs.before(log)).toBeUndefined()
    await others.runs.begin(log)()
    expect(await others.runs.before(log)).toContain('has completed before')
  })

  test('keeps the commit with which a run began', async () => {
    let commit = 'first'
    const { runs, disk, log } = recordWith({ commit: async () => commit })
    const keep = runs.begin(log)
    commit = 'second'
    await keep()
    expect(readCompleted(disk.text)).toMatchObject([{ commit: 'first' }])
  })

  test('runs what it cannot know to have completed, and says so', async () => {
    const away = recordWith({
      read: async () => {
        throw new Error('the volume does not answer')
      },
    })
    expect(await away.runs.before(away.log)).toBeUndefined()
    await away.runs.begin(away.log)()
    expect(away.said).toEqual([
      'it cannot be known whether this training has completed before: it is run',
      'that this training has completed may not be kept',
    ])
  })

  test('keeps nothing, and runs again, when git does not answer', async () => {
    const slow = recordWith({ commit: async () => undefined })
    await slow.runs.begin(slow.log)()
    expect(slow.disk.text).toBeUndefined()
    slow.disk.text = withCompleted([], {
      commandHash: commandHash('python train.py --token sentinel', '/work'),
      commit: null,
      at: 0,
    })
    expect(await slow.runs.before(slow.log)).toBeUndefined()
    expect(slow.said.at(-1)).toContain('it is run')
  })
})

describe('readCompleted()', () => {
  test('passes over what is no entry', () => {
    const good = { commandHash: 'x', commit: null, at: 5 }
    const text = ['{"commandHash":"x"', '[]', 'null', '{"commandHash":1}', JSON.stringify(good), ''].join(
      '\n',
    )
    expect(readCompleted(text)).toEqual([good])
    expect(readCompleted(undefined)).toEqual([])
  })

  test('reads back what withCompleted() wrote: each training once, the newest 50', () => {
    const entry = (index: number, at = index) => ({ commandHash: `hash-${index}`, commit: null, at })
    let text = ''
    for (let index = 0; index < 60; index += 1) text = withCompleted(readCompleted(text), entry(index))
    text = withCompleted(readCompleted(text), entry(30, 99))
    const kept = readCompleted(text)
    expect(kept.map(({ commandHash: hash }) => hash)).toHaveLength(50)
    expect(kept.at(-1)).toEqual(entry(30, 99))
    expect(new Set(kept.map(({ commandHash: hash }) => hash)).size).toBe(50)
  })
})
