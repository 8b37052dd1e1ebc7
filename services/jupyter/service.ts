import { existsSync } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'
import { type ChildOptions, runChild } from '../../supervisor/child.ts'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { answersAsJupyter } from './answers.ts'
import { demandFolder } from './demand-folder.ts'
import { demandPort } from './demand-port.ts'
import { findProgram, type LabProgram } from './find-program.ts'
import { type LabToken, labToken, type TokenOptions } from './lab-token.ts'
import { jupyterRoutes } from './routes.ts'
import { makeRunFolder, removeRunFolder } from './run-folder.ts'
import { serverConfig } from './server-config.ts'

export interface JupyterOptions extends TokenOptions {
  /** Its JupyterLab goes before the one of PATH. May lie on a volume that hangs. */
  readonly venvDir: string
  /** REPO_DIR: what Jupyter shows and where terminals begin. May lie on a volume that hangs. */
  readonly rootDir: string
  readonly host: string
  readonly port: number
  /** Origins besides its own whose pages may use it, `*` for any. */
  readonly allowOrigin: string
  /** Everything that Jupyter, its kernels and terminals see; PATH is the container's, HOME on its own disk. */
  readonly env: Readonly<Record<string, string>>
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** A folder on the container's own disk for this podmate alone, writable by podmate's account only. */
  readonly runDir: string
  readonly after?: readonly string[]
}

/** How others on this machine ask Jupyter. */
export interface JupyterPort {
  /** `url` ends in a slash. Undefined before the first start. */
  address(): { readonly url: string; readonly token: string } | undefined
}

/** JupyterLab, and the route by which podctl learns its address and token. */
export function jupyter(options: JupyterOptions): {
  readonly service: Service
  readonly port: JupyterPort
  readonly routes: FastifyPluginAsync
} {
  const token = labToken(options)
  const service: Service = {
    name: 'jupyter',
    after: options.after ?? [],
    stopTier: 'tools',
    restart: 'always',
    run: (ctx) => run(options, token, ctx),
  }
  const known = (url: URL) => {
    const current = token.current()
    return current === undefined ? undefined : { url: url.href, token: current }
  }
  const routes = jupyterRoutes(() => known(listening(options)))
  return { service, port: { address: () => known(loopback(options)) }, routes }
}

async function run(options: JupyterOptions, labToken: LabToken, ctx: ServiceContext): Promise<void> {
  const { rootDir, runDir, user, env } = options
  const token = await labToken.read(ctx.log)
  const program = await findProgram(options.venvDir, env.PATH ?? '', user)
  if (program.warning) ctx.log.warn(program.warning)
  if (await demandFolder(rootDir, user)) ctx.log.warn(`REPO_DIR (${rootDir}) was missing: made, and empty`)
  const { configFile, runtimeDir } = await makeRunFolder(runDir, {
    ...{ token, asker: user },
    config: (cookieSecretFile) =>
      serverConfig({ ...options, ...shellOf(options, program), token, cookieSecretFile }),
  })
  ctx.report({ url: listening(options).href, root_dir: rootDir, program: program.command })
  try {
    const child: ChildOptions = {
      command: program.command,
      args: [...program.args, `--config=${configFile}`],
      cwd: rootDir, // where terminals and kernels without a notebook begin
      env: { ...env, PATH: program.path, JUPYTER_RUNTIME_DIR: runtimeDir },
      demand: () => demandPort(options.host, options.port), // a podmate that was killed has left one that listens
      readiness: answersAsJupyter(loopback(options), token),
    }
    await runChild(user ? { ...child, user } : child, ctx)
  } finally {
    await removeRunFolder(runDir, user)
  }
}

function shellOf({ user }: JupyterOptions, { path }: LabProgram) {
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
  return { shell, path, asRoot: (user?.uid ?? process.getuid?.()) === 0 }
}

type Address = Pick<JupyterOptions, 'host' | 'port'>

function listening({ host, port }: Address): URL {
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`)
}

/** Where this machine itself reaches it. */
function loopback({ host, port }: Address): URL {
  const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return listening({ host: everywhere[host] ?? host, port })
}
