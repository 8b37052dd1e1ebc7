import { expect, test } from 'vitest'
import { runSchemathesis, schemathesisProgram } from '../../../scripts/accept/c/schemathesis.ts'
import { untilReady } from '../../../scripts/accept/c/until-ready.ts'
import { startPod } from '../../../scripts/accept/start-pod.ts'

test('a whole pod answers as its /openapi.json says, whatever schemathesis asks', async (context) => {
  const program = schemathesisProgram(process.env)
  if (program === undefined) return context.skip('the Python environment .venv is not complete')
  const pod = await startPod()
  try {
    await untilReady(pod.url)
    const run = await runSchemathesis(program, { url: pod.url, perRoute: 60, seed: 1 })
    console.log(`schemathesis: ${run.cases} cases for ${run.operations} routes`)
    if (run.failures > 0) console.log(run.output)
    expect(run.failures).toBe(0)
    expect(run.cases).toBeGreaterThan(300)
  } finally {
    await pod.end()
  }
}, 180_000)
