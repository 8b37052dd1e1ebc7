import { $ } from 'zx'
import { firstAnswer, firstQuestion } from '../accept/first-answer.ts'
import { untilGreeted } from './until-greeted.ts'

/** A container of the image, as it is reached from here. */
export interface Running {
  readonly sshPort: number
  readonly jupyterPort: number
  readonly httpPort: number
  readonly jupyterToken: string
  /** The file of a private key that its root knows. */
  readonly keyFile: string
  /** What `docker stop` does; gives the exit code. */
  stop(): Promise<number | null>
}

const startMs = 60_000

/** Goes through every door, again after a while, and ends it. Gives what it saw; rejects when something is not right. */
export async function smoke(pod: Running, againAfter: Promise<unknown>): Promise<readonly string[]> {
  const first = await throughDoors(pod)
  await againAfter
  const second = await throughDoors(pod)
  const code = await pod.stop()
  if (code !== 0) throw new Error(`the container ended with exit code ${code} after TERM`)
  return [...first, ...second.map((line) => `again: ${line}`), 'TERM: ended with exit code 0']
}

async function throughDoors(pod: Running): Promise<readonly string[]> {
  const tooLate = AbortSignal.timeout(startMs)
  const at = (port: number) => `http://127.0.0.1:${port}`
  await firstAnswer(`${at(pod.httpPort)}/healthz`, undefined, tooLate)
  const answer = await firstAnswer(`${at(pod.httpPort)}/infer`, firstQuestion, tooLate)
  await firstAnswer(`${at(pod.jupyterPort)}/api/status?token=${pod.jupyterToken}`, undefined, tooLate)
  await untilGreeted(pod.sshPort, tooLate)
  const greeting = await overSsh(pod)
  return [`SSH: ${greeting}`, 'JupyterLab: /api/status', `/infer: ${JSON.stringify(answer).slice(0, 60)}…`]
}

async function overSsh({ sshPort, keyFile }: Running): Promise<string> {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'BatchMode=yes',
  ]
  const words = ['-F', 'none', '-i', keyFile, ...options.flatMap((option) => ['-o', option])]
  const { stdout } = await $({ quiet: true })`ssh ${words} -p ${sshPort} root@127.0.0.1 ${'echo hello'}`
  if (stdout !== 'hello\n') throw new Error(`ssh root@127.0.0.1 -p ${sshPort} printed ${stdout}`)
  return stdout.trim()
}
