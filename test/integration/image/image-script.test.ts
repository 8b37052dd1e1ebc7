import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

/** Runs scripts/image.ts where `docker` is a program that does `what` of its subcommand and notes every call. */
function image(what: string, ...words: readonly string[]) {
  const folder = temporaryFolder()
  const [docker, calls, tmp] = [join(folder, 'docker'), join(folder, 'calls'), join(folder, 'tmp')]
  mkdirSync(tmp)
  writeFileSync(docker, `#!/bin/sh\necho "$*" >> '${calls}'\ncase $1 in ${what} esac\n`)
  chmodSync(docker, 0o755)
  const { status, stderr } = spawnSync(process.execPath, [join(repository, 'scripts/image.ts'), ...words], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: tmp },
    encoding: 'utf8',
  })
  const left = () => readdirSync(tmp).filter((name) => name.startsWith('podmate-'))
  return { status, stderr, left: left(), calls: readFileSync(calls, 'utf8').trim().split('\n') }
}

test('image.ts builds with both tags and the words for the builder, then pushes both', () => {
  const words = ['--name', 'ghcr.io/You/pod', '--push', '--', '--build-arg', 'BASE=a b']
  const { status, calls } = image('', ...words)
  expect(status).toBe(0)
  const [info, build = '', ...pushes] = calls
  expect(info).toBe('info')
  expect(build).toMatch(
    /^build --build-arg REVISION=(\S+) --tag ghcr\.io\/you\/pod:\1 --tag \S+:latest --build-arg BASE=a b \//,
  )
  expect(pushes).toEqual([
    expect.stringMatching(/^push ghcr\.io\/you\/pod:[\da-f]{12}/),
    'push ghcr.io/you/pod:latest',
  ])
})

test('image.ts ends with the words of the program that failed', () => {
  const { status, stderr, calls } = image('push) echo "denied: not yours" >&2; exit 3 ;;', '--push')
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('denied: not yours') })
  expect(calls).toHaveLength(3)
})

test.each([
  ['fails', 'echo "no such port" >&2; exit 1', 'no such port'],
  ['tells no port', 'echo nothing', 'docker port'],
])('startContainer() leaves neither container nor key behind when `docker port` %s', (_, does, says) => {
  const { status, stderr, left, calls } = image(`run) echo c0ffee ;; port) ${does} ;;`, '--smoke')
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(says) })
  expect(calls.at(-1)).toBe('rm --force c0ffee')
  expect(left).toEqual([])
})
