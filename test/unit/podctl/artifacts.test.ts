import { expect, test } from 'vitest'
import { type ArtifactsAnswer, artifactLines } from '../../../scripts/podctl/artifacts.ts'
import { leftLines } from '../../../scripts/podctl/flush.ts'

const answer: ArtifactsAnswer = {
  activity: 'uploading',
  repo: { url: 'https://hub.example/me/run', user: 'me', private: true },
  warnings: [],
  safe: { files: 3, bytes: 4_500_000 },
  pending: {
    files: 22,
    bytes: 99_000_000,
    next: [
      { path: 'best.pt', state: 'uploading', bytes_sent: 5_000_000, bytes_total: 21_000_000 },
      { path: 'half.json', state: 'seen', bytes_sent: 0, bytes_total: 9, note: 'its JSON is not complete' },
    ],
  },
  refused: { files: 1, some: [{ path: 'config.json', reason: 'its text holds a token' }] },
  unreadable: [],
  last_commit: { url: 'https://hub.example/me/run/commit/abc', at: '1970-01-01T00:00:00.000Z', files: 3 },
  last_problem: null,
  uploader: { pid: 12, rss_bytes: 120_000_000 },
  flushes: [],
}

test('artifactLines() tells what is safe, pending and refused, and the last commit', () => {
  expect(artifactLines(answer, 60_000)).toEqual([
    'uploading',
    'repository: https://hub.example/me/run (private), as me',
    'safe: 3 files, 4.5 MB; not yet: 22 files, 99.0 MB; refused: 1',
    'last commit: 1 m ago, https://hub.example/me/run/commit/abc',
    'uploader: pid 12, 120.0 MB of memory',
    '',
    'STATE      SIZE               FILE',
    'uploading  5.0 MB of 21.0 MB  best.pt',
    'seen       9 bytes            half.json (its JSON is not complete)',
    '  and 20 more',
    '',
    'refused:',
    '  config.json: its text holds a token',
  ])
})

test('artifactLines() shows the problem while there is one, and why it is off', () => {
  const problem = { text: 'HF_TOKEN may only read. Make another.', at: '1970-01-01T00:00:00.000Z' }
  expect(artifactLines({ ...answer, activity: 'stopped', last_problem: problem }, 9000)).toContain(
    'last problem: 9 s ago: HF_TOKEN may only read. Make another.',
  )
  expect(artifactLines({ activity: 'off', reason: 'HF_TOKEN is not set', flushes: [] }, 0)).toEqual([
    'off: HF_TOKEN is not set',
  ])
})

test('leftLines() names what a flush has left', () => {
  expect(leftLines({ id: 1, done: true, left_files: 0 })).toEqual([])
  expect(
    leftLines({
      id: 1,
      done: true,
      left_files: 3,
      left_bytes: 9,
      left: ['a', 'b'],
      reason: 'the time was up',
    }),
  ).toEqual(['3 files are not on the Hub, 9 bytes (the time was up):', '  a', '  b', '  and 1 more'])
  expect(leftLines({ id: 1, done: false })).toEqual([expect.stringContaining('podctl artifacts')])
})
