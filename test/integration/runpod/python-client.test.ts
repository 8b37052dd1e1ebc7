import { expect, test } from 'vitest'
import { keys, startRunpod } from '../../fakes/runpod.ts'
import { noRunpodPython, runpodPython, runRunpodClient } from '../../fixtures/runpod/runpod-client.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

test("RunPod's own Python client works against the stand-in's GraphQL", { timeout: 120_000 }, async ({
  skip,
}) => {
  const python = runpodPython()
  if (python === undefined) return skip(noRunpodPython)
  await using runpod = await startRunpod({ traps: { refusesLibraries: true } })
  const { id, key } = runpod.addPod()
  const seen = await runRunpodClient(python, runpod.url, [keys.account, id, key], temporaryFolder())
  expect(seen).toEqual({
    user: 'user_1',
    gpus: ['NVIDIA GeForce RTX 4090', 'NVIDIA A40', 'unknown'],
    pods: [id],
    created: ['from-python', ['A=b'], '8888/http,22/tcp', 'RUNNING', 1],
    runtime_ports: [8888, 22],
    stopped: 'EXITED',
    resumed: 'RUNNING',
    terminated: null,
    terminated_twice: ['QueryError', 'pod not found to terminate'],
    stop_of_nobody: ['QueryError', 'pod not found'],
    own_pod: id,
    account_by_pod_key: ['QueryError', 'Unauthorized'],
    own_stop: 'EXITED',
    unknown_key: ['AuthenticationError', 'Unauthorized request, please check your API key.'],
  })
  expect(runpod.pod(id).status).toBe('EXITED')
})
