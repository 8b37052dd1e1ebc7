import { describe, expect, test } from 'vitest'
import { plays, scriptedPodmate, type Turn } from '../../fakes/scripted-podmate.ts'
import { startPodmate } from '../../fixtures/boot/podmate.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { startEngine } from '../../fixtures/uci/engine-process.ts'

const e4 = plays({ e2e4: 0.7, d2d4: 0.3 })
const busy: Turn = {
  status: 503,
  headers: { 'retry-after': '1' },
  body: { detail: 'The model is being loaded.' },
}
const noBody: Turn = { status: 502, body: '<html>Bad gateway</html>' }

/** An engine for a podmate that meets its requests so, with the first `go` sent. */
async function going(go: string, ...turns: readonly [Turn, ...Turn[]]) {
  const podmate = await scriptedPodmate(...turns)
  const engine = startEngine(['--url', podmate.url])
  engine.send('position startpos', go)
  return { engine, podmate }
}

describe('the UCI engine asks again', () => {
  test('while podmate restarts, not sooner than it was told, and says the reason once', async () => {
    const { engine, podmate } = await going('go wtime 20000', busy, busy, e4)
    expect(await engine.until('bestmove')).toEqual([
      'info string The model is being loaded. Trying again.',
      'info string playing /models/net.onnx (generation 1) on cpu',
      expect.stringMatching(/^info depth 1 seldepth 1 multipv 1 nodes 1 time [23]\d{3} pv e2e4$/),
      'info string probabilities: e2e4 70.0%, d2d4 30.0%',
      'bestmove e2e4',
    ])
    expect(podmate.requests).toHaveLength(3)
  })

  test.each([
    [
      'the connection is cut',
      'cut',
      /^info string podmate does not answer at http:\/\/127.* Trying again\.$/,
    ],
    ['a proxy answers', noBody, /^info string podmate answered with status 502\. Trying again\.$/],
    [
      'another server answers',
      { status: 200, body: 'hello' },
      /^info string what answers at .* is not podmate\. Try/,
    ],
  ] as const)('when %s', async (_, turn, says) => {
    const { engine } = await going('go wtime 20000', turn, e4)
    const lines = await engine.until('bestmove')
    expect([lines[0], lines.at(-1)]).toEqual([expect.stringMatching(says), 'bestmove e2e4'])
  })

  test('over one connection, for a whole game', async () => {
    const { engine, podmate } = await going('go', e4)
    for (let ply = 0; ply < 5; ply += 1) {
      await engine.until('bestmove')
      engine.send('go')
    }
    await engine.until('bestmove')
    expect([podmate.requests.length, podmate.connections()]).toEqual([6, 1])
  })

  test('when its host process was killed in the middle of a game of a real podmate', async () => {
    const pod = startPodmate()
    await expect.poll(() => pod.state('inference'), { interval: 50, timeout: 60_000 }).toBe('ready')
    const engine = startEngine([], { PODMATE_SOCKET: await pod.socket() })
    engine.send('isready', 'position startpos', 'go movetime 5000')
    await engine.until('bestmove')
    process.kill(Number((await pod.service('inference'))?.details?.host_pid), 'SIGKILL')
    engine.send('position startpos moves e2e4', 'go wtime 60000 btime 60000')
    expect((await engine.until('bestmove')).at(-1)).toMatch(/^bestmove [a-h][78][a-h][1-8]$/)
  })
})

describe('the UCI engine gives up', () => {
  test.each([
    ['go movetime 900', 'the time for the move is over'],
    ['go wtime 900 btime 90000', 'its clock runs out'],
  ])('%s: without a move when %s, and says so', async (go) => {
    const { engine } = await going(go, 'hang')
    expect(await engine.until('bestmove')).toEqual([
      'info string No move: podmate did not answer in time.',
      'bestmove (none)',
    ])
  })

  test('at once when asking again cannot help', async () => {
    const { engine, podmate } = await going('go wtime 60000', {
      status: 401,
      body: { detail: 'A token is needed.' },
    })
    expect(await engine.until('bestmove')).toEqual([
      'info string No move: A token is needed. Set the option Token, or the variable PODMATE_TOKEN.',
      'bestmove (none)',
    ])
    expect(podmate.requests).toHaveLength(1)
  })

  test('soon after stop, but not before an answer that is on its way', async () => {
    const { engine } = await going('go infinite', busy, e4)
    await engine.until('info string The model')
    engine.send('stop')
    expect((await engine.until('bestmove')).at(-1)).toBe('bestmove e2e4')
    const hanging = await going('go infinite', 'hang')
    hanging.engine.send('stop')
    expect((await hanging.engine.until('bestmove')).at(-1)).toBe('bestmove (none)')
  })

  test('with readyok, although quit follows at once', async () => {
    const engine = startEngine()
    engine.send('isready', 'quit')
    await engine.until('readyok')
    expect(await engine.ending()).toMatchObject({ code: 0 })
  })

  test('at once on quit', async () => {
    const { engine, podmate } = await going('go infinite', 'hang')
    await expect.poll(() => podmate.requests.length).toBe(1)
    engine.send('quit')
    expect(await engine.ending()).toEqual({ code: 0, err: '' })
    expect(engine.out).toEqual([])
  })
})

describe('isready', () => {
  test('is answered once podmate has answered', async () => {
    const podmate = await scriptedPodmate(busy, e4)
    const engine = startEngine(['--url', podmate.url])
    engine.send('isready')
    expect(await engine.until('readyok')).toEqual([
      'info string The model is being loaded. Trying again.',
      'readyok',
    ])
    expect(podmate.requests.map(({ body }) => body)).toEqual(Array(2).fill({ context: [], topk: 1 }))
  })

  test('is answered in the end, with the reason before it, when nobody else answers', async () => {
    const engine = startEngine()
    const startedMs = performance.now()
    engine.send('isready')
    expect(await engine.until('readyok')).toEqual([
      expect.stringMatching(
        /^info string podmate does not run here\. Sockets tried: .*npm start.* Trying again\.$/,
      ),
      'readyok',
    ])
    expect(performance.now() - startedMs).toBeLessThan(limitMs(9000))
  })

  test('names what is wrong with the address', async () => {
    const engine = startEngine(['--url', 'podmate:8000'])
    engine.send('isready')
    expect(await engine.until('readyok')).toEqual([
      'info string --url must be an http or https address, like http://127.0.0.1:8000/.',
      'readyok',
    ])
  })
})

describe('URL and Token', () => {
  test('can be set by the GUI; the token is sent, and never written', async () => {
    const first = await scriptedPodmate(e4)
    const second = await scriptedPodmate(plays({ c2c4: 1 }))
    const engine = startEngine([], { PODMATE_URL: first.url, PODMATE_TOKEN: 'token-of-the-environment' })
    engine.send('uci', 'setoption name Token value <empty>', 'position startpos', 'go')
    await engine.until('bestmove e2e4')
    engine.send(`setoption name URL value ${second.url}`, 'setoption name Token value token-of-the-gui', 'go')
    await engine.until('bestmove c2c4')
    expect(first.requests[0]?.headers.authorization).toBe('Bearer token-of-the-environment')
    expect(second.requests[0]?.headers.authorization).toBe('Bearer token-of-the-gui')
    expect([...engine.out, engine.err].join('\n')).not.toContain('token-of')
  })

  test('a value of the model comes as a score', async () => {
    const { engine } = await going('go', plays({ e2e4: 1 }, { wdl: [0.5, 0.3, 0.2], value: 0.3 }))
    expect((await engine.until('bestmove'))[1]).toMatch(/ score cp 4\d nodes 1 /)
  })

  test('a FEN is sent with the moves after it', async () => {
    const podmate = await scriptedPodmate(plays({ e3d3: 1 }))
    const engine = startEngine(['--url', podmate.url])
    engine.send('position fen 8/8/8/8/8/4k3/4p3/4K3 w - - 3 70 moves e1d1', 'go')
    await engine.until('bestmove e3d3')
    expect(podmate.requests[0]?.body).toEqual({
      fen: '8/8/8/8/8/4k3/4p3/4K3 w - - 3 70',
      context: ['e1d1'],
      winner_side: 'B',
      topk: 5,
    })
  })
})
