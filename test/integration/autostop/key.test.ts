import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startRunpod } from '../../fakes/runpod.ts'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { commandLines, filesIn, forms, foundIn } from '../../fixtures/pod/sentinel.ts'

describe('RUNPOD_API_KEY', () => {
  test('is in no output of podmate, although RunPod repeats it in its errors', async () => {
    await using runpod = await startRunpod({ traps: { echoesKey: true } })
    const { id } = runpod.addPod()
    const key = `rpa_${randomUUID().replaceAll('-', '')}`
    const pod = startWithoutModel({
      ...{ RUNPOD_POD_ID: id, RUNPOD_API_KEY: key, TRAIN_COMMAND: 'env; sleep 1000', BUDGET_USD: '1000' },
      ...{ RUNPOD_REST_URL: runpod.url, RUNPOD_GRAPHQL_ENDPOINT: `${runpod.graphqlUrl}?api_key=${key}` },
      ...{ MAX_LIFETIME_SECONDS: '2', IDLE_CHECK_INTERVAL_SECONDS: '1', IDLE_COUNTDOWN_SECONDS: '1' },
    })
    const stream = await readStream(await pod.socket(), '/events?after=0')
    await pod.line('The pod cannot be stopped')
    const paths = [
      '/status',
      '/metrics',
      '/logs?lines=1000',
      '/autostop',
      '/autostop/journal',
      '/openapi.json',
    ]
    const answers = await Promise.all(paths.map((path) => pod.ask(path)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(runpod.log.map(({ route }) => route)).toContain('stop')
    const lines = commandLines()
    await pod.stop()
    const places = {
      answers: answers.map(({ text }) => text).join('\n'),
      'command lines': lines,
      stdout: pod.out.join('\n'),
      events: stream.events.map(({ data }) => data).join('\n'),
      'log folder': filesIn(join(pod.folder, 'log')),
      'state folder': filesIn(pod.stateDir),
    }
    expect(places['state folder']).toContain('The action stop of REST v2 failed')
    const found = Object.entries(places).map(([place, text]) => [place, foundIn(text, forms([key]))])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(found.map(([place]) => [place, []])))
  })
})
