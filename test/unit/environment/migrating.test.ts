import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { foreignNames, reservedNames } from '../../../environment/other-names.ts'
import { variableNamed, variableTable } from '../../../environment/variable-table.ts'

const text = readFileSync('docs/migrating.md', 'utf8')
const [read = '', notRead = ''] = text.split('\n## Not read yet\n')
const namesIn = (part: string) =>
  [...part.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name = '']) => name)
const isForeign = (name: string) => foreignNames.some((pattern) => pattern.test(name))

describe('docs/migrating.md', () => {
  test('has a row only for variables that podmate reads', () => {
    const rows = read.split('\n').filter((line) => line.startsWith('| `'))
    const first = rows.map((row) => namesIn(row.split('|')[1] ?? '')[0] ?? row)
    expect(first.length).toBeGreaterThan(20)
    expect(first.filter((name) => variableNamed(name) === undefined)).toEqual([])
    expect(new Set(first).size).toBe(first.length)
  })

  test('names nothing else that podmate does not know', () => {
    const unknown = namesIn(read).filter((name) => variableNamed(name) === undefined && !isForeign(name))
    expect(unknown).toEqual([])
  })

  test('says of no variable that it is not read when it is', () => {
    expect(namesIn(notRead)).toContain('START_OTEL_COLLECTOR')
    expect(namesIn(notRead).filter((name) => !reservedNames.includes(name))).toEqual([])
  })

  test('tells of every variable of uploads that the upstream watcher knows', () => {
    const theirs =
      'START_HF_WATCH HF_REPO_ID HF_REPO_TYPE HF_TOKEN HF_SYNC_SOURCE_DIR HF_SYNC_PATTERNS HF_SYNC_INTERVAL_SECONDS ' +
      'HF_SYNC_VERBOSE HF_PATH_IN_REPO_PREFIX HF_COMMIT_MESSAGE'
    expect(theirs.split(' ').filter((name) => !namesIn(read).includes(name))).toEqual([])
  })

  test('tells of every variable of the idle watchdog that the upstream one knows', () => {
    const theirs =
      'START_IDLE_WATCHDOG IDLE_TIMEOUT_SECONDS IDLE_CHECK_INTERVAL_SECONDS IDLE_GPU_UTIL_THRESHOLD ' +
      'IDLE_GPU_MEM_MB_THRESHOLD IDLE_ACTIVE_PROCESS_PATTERNS AUTOSTOP_ACTION RUNPOD_GRAPHQL_ENDPOINT RUNPOD_API_KEY'
    expect(theirs.split(' ').filter((name) => !namesIn(read).includes(name))).toEqual([])
  })

  test('tells of every variable of the doors and of the repository that other images know', () => {
    const own =
      /^(SSH_PORT|SSH_USER|SSH_RSA_HOST_KEY|REQUIREMENTS_FILE|BOOTSTRAP_TIMEOUT_SECONDS|GIT_SUBMODULES|GIT_LFS)$/
    const theirs = variableTable
      .filter(({ group }) => ['sshd', 'jupyter', 'bootstrap'].includes(group))
      .map(({ name }) => name)
      .filter((name) => !own.test(name))
    expect(theirs.filter((name) => !namesIn(read).includes(name))).toEqual([])
  })
})
