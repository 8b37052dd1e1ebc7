import type { JsonObject } from '../../supervisor/service.ts'

export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly allowOrigin: string
  readonly rootDir: string
  readonly token: string
  readonly cookieSecretFile: string
  readonly asRoot: boolean
  /** What a terminal starts; gets the PATH of the container back, which a login shell would replace. */
  readonly shell: string
  readonly path: string
}

const identityProvider = 'jupyter_server.auth.identity.PasswordIdentityProvider'

/**
 * Jupyter's configuration as the JSON that `--config` takes. It is read after every other configuration file of the
 * machine, so that none of them can take the token away. Pure.
 */
export function serverConfig(config: ServerConfig): JsonObject {
  const { host, port, allowOrigin, rootDir, token, cookieSecretFile, asRoot, shell, path } = config
  return {
    ServerApp: {
      ip: host,
      port,
      port_retries: 0, // else it would silently take the next free port
      base_url: '/',
      allow_root: asRoot,
      allow_remote_access: true, // behind a proxy the Host header is the proxy's
      allow_origin: allowOrigin,
      identity_provider_class: identityProvider,
      cookie_secret_file: cookieSecretFile,
      root_dir: rootDir,
      preferred_dir: rootDir,
      open_browser: false,
      quit_button: false,
      terminals_enabled: true,
      terminado_settings: {
        shell_command: [shell, '-lc', `export PATH="$0:$PATH"; exec ${shell}`, path],
      },
    },
    // The section of the subclass wins over its parent's, whatever file that stands in: so both.
    IdentityProvider: { token },
    PasswordIdentityProvider: { token },
    FileContentsManager: { delete_to_trash: false },
    LabApp: {
      check_for_updates_class: 'jupyterlab.handlers.announcements.NeverCheckForUpdate',
      news_url: null,
    },
  }
}
