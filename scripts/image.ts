#!/usr/bin/env node
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { startContainer } from './image/container.ts'
import { type Engine, findEngine, runEngine } from './image/engine.ts'
import { imageNames, revisionOf } from './image/names.ts'
import { smoke } from './image/smoke.ts'

const usage = `usage: node scripts/image.ts [--name REPOSITORY] [--push] [--smoke] [-- WORDS FOR THE BUILDER ...]
Builds the image with docker, podman or buildah, and tags it with the commit and as latest.
  --name REPOSITORY  such as ghcr.io/you/podmate (default: podmate); lower-cased
  --push             pushes both tags
  --smoke            boots it and tries every door, twice within a minute, then ends it
Examples:
  node scripts/image.ts --name ghcr.io/you/podmate --smoke --push
  node scripts/image.ts -- --build-arg BASE=debian:bookworm-slim --build-arg ORT_CUDA= --build-arg TORCH=none`

const root = fileURLToPath(new URL('..', import.meta.url))
const secondLookMs = 60_000

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'podmate' },
      push: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const engine = await findEngine()
  const git = $({ cwd: root, quiet: true })
  const [commit, changes] = [await git`git rev-parse HEAD`, await git`git status --porcelain`]
  const revision = revisionOf(commit.stdout, changes.stdout)
  const names = imageNames(values.name, revision)
  const tags = names.flatMap((name) => ['--tag', name])
  await runEngine(engine, [
    ...engine.build,
    '--build-arg',
    `REVISION=${revision}`,
    ...tags,
    ...positionals,
    root,
  ])
  if (values.smoke) await trySmoke(engine, names[0])
  if (values.push) for (const name of names) await runEngine(engine, ['push', name])
}

async function trySmoke(engine: Engine, image: string): Promise<void> {
  if (!engine.runs) throw new Error(`${engine.program} runs no containers: use npm run test:image`)
  await using pod = await startContainer(engine, image)
  for (const line of await smoke(pod, pause(secondLookMs))) console.log(line)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
