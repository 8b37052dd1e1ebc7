import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

// A shell remembers where it found a program. An npm script that sets up and then runs `node` needs the Node that the
// set-up has just installed, whatever shell `sh` is.
test.each(['dash', 'bash'])('`setup && hash -r && exec node` runs the new Node under %s', (shell) => {
  const root = temporaryFolder()
  const [modules, system] = [join(root, 'modules'), join(root, 'system')]
  mkdirSync(modules)
  mkdirSync(system)
  const program = (text: string) => [`#!/bin/sh\n${text}\n`, { mode: 0o755 }] as const
  writeFileSync(join(system, 'node'), ...program(`echo old; mv ${root}/made ${modules}/node`))
  writeFileSync(join(root, 'made'), ...program('echo new'))
  const said = execFileSync(shell, ['-c', 'node && hash -r && exec node'], {
    encoding: 'utf8',
    env: { PATH: `${modules}:${system}:/usr/bin:/bin` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(said).toBe('old\nnew\n')
})
