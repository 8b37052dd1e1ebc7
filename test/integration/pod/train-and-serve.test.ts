import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { repository, startPodmate } from '../../fixtures/boot/podmate.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { lastRunMs } from '../../fixtures/pod/phases.ts'
import { noTrainingVenv, trainingVenv } from '../../fixtures/pod/training-venv.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const trainer = join(repository, 'services/trainer')
const small =
  '--embed-dim 12 --hidden-dim 24 --layers 1 --batch-games 8 --val-games 10 --threads 1 --epochs 1'
const question = { method: 'POST', path: '/infer', body: '{"context":["e2e4","e7e5"]}' }

test('podmate trains with the trainer that it ships, and serves the checkpoint that came out of it', async ({
  skip,
}) => {
  const venv = trainingVenv()
  if (venv === undefined) return skip(noTrainingVenv)
  const repo = temporaryFolder()
  mkdirSync(join(repo, 'data'))
  writeFileSync(join(repo, 'data/games.jsonl'), firstGames(60))
  const pod = startPodmate({
    ...{ REPO_DIR: repo, VENV_DIR: venv, INFERENCE_API_MODEL_PATH: 'latest' },
    TRAIN_COMMAND: `python ${trainer}/python/train_chess.py --data data/games.jsonl ${small}`,
  })
  await expect.poll(() => pod.state('trainer'), { timeout: 60_000, interval: 100 }).toBe('completed')
  expect(await pod.service('trainer')).toMatchObject({ lastEnding: { ok: true, exitCode: 0 }, restarts: 0 })
  expect(readdirSync(join(repo, 'artifacts/chess-lstm'))).toContain('best.pt')

  const restarted = await podctl(['restart', 'inference'], { PODMATE_SOCKET: await pod.socket() })
  expect([restarted.code, restarted.out]).toEqual([0, 'inference is ready\n'])
  const health = (await pod.ask('/healthz')).json()
  expect(health).toMatchObject({ source: 'latest', model_path: expect.stringContaining(repo) })
  const answer = await pod.ask(question)
  expect([answer.status, answer.json().model_path]).toEqual([200, health.model_path])
  expect(await pod.stop()).toMatchObject({ code: 0 })
  figures('train and serve', {
    'exit code': 0,
    'trained, ms': lastRunMs(pod, 'trainer'),
    'checkpoint loaded, s': String(health.load_seconds),
    source: String(health.source),
  })
}, 180_000)

/** Some of the games that podmate ships, a line each. */
function firstGames(count: number): string {
  const games = gunzipSync(readFileSync(join(trainer, 'data/sample-games.jsonl.gz'))).toString()
  return `${games.split('\n').slice(0, count).join('\n')}\n`
}
