import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { freePort } from '../../fixtures/jupyter/free-port.ts'
import { labVenv, noLab } from '../../fixtures/jupyter/lab-venv.ts'
import { newKernel, runCell } from '../../fixtures/jupyter/notebook.ts'

const secrets = { HF_TOKEN: 'sentinel-hf-4c1e', WANDB_API_KEY: 'sentinel-wandb-90d2' }

test('a pod makes JupyterLab a token, keeps it, shows it to podctl only, and passes on the secrets that were asked for', async ({
  skip,
}) => {
  const venvDir = labVenv()
  if (venvDir === undefined) return skip(noLab)
  const kept = mkdtempSync(join(tmpdir(), 'podmate-jupyter-state-'))
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }))
  const port = await freePort()
  const env = {
    ...{ START_JUPYTER: '1', JUPYTER_PORT: String(port), VENV_DIR: venvDir, POD_STATE_DIR: kept },
    ...{ ...secrets, PASS_SECRETS_TO_JUPYTER: 'WANDB_API_KEY', LOG_FORMAT: 'json' },
  }
  const pod = startWithoutModel(env)
  const { code, out } = await podctl(['jupyter-url'], { PODMATE_SOCKET: await pod.socket() })
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^http://127.0.0.1:${port}/lab\\?token=[0-9a-f]{32}\n$`)),
  ])
  const token = new URL(out).searchParams.get('token') ?? ''
  expect(pod.kept('jupyter-token').trim()).toBe(token)
  expect(statSync(join(kept, 'pod-of-a-test', 'jupyter-token')).mode & 0o777).toBe(0o600)

  const client = { address: `http://127.0.0.1:${port}`, token }
  const listing = 'import os; print(sorted(n for n in os.environ if "sentinel" in os.environ[n]))'
  const kernel = await newKernel(client)
  expect(await runCell(client, kernel, listing)).toBe("['WANDB_API_KEY']\n")
  // Jupyter itself masks what it knows; a token elsewhere in an address is podmate's to mask.
  await ask(client.address, { path: `/no/such/${token}` })
  await pod.line(/404 GET/)
  expect((await ask(client.address, { path: '/api/status' })).status).toBe(403)
  expect((await pod.stop()).code).toBe(0)
  expect(pod.messages('jupyter')).toContainEqual(expect.stringContaining('404 GET /no/such/[redacted]'))
  const said = pod.out.join('\n')
  for (const secret of [token, ...Object.values(secrets)]) expect(said).not.toContain(secret)
  expect(pod.messages('jupyter')).toContain(
    'HF_TOKEN withheld from jupyter; add it to PASS_SECRETS_TO_JUPYTER',
  )
}, 180_000)
