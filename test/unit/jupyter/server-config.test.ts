import { expect, test } from 'vitest'
import { serverConfig } from '../../../services/jupyter/server-config.ts'

const config = serverConfig({
  ...{ host: '0.0.0.0', port: 8888, allowOrigin: '*', rootDir: '/repo', token: 'the-token', asRoot: false },
  ...{ cookieSecretFile: '/run/cookie-secret', shell: '/bin/bash', path: '/venv/bin:/usr/bin' },
})

test('serverConfig() names the token in the section of both classes that read one', () => {
  expect(config).toMatchObject({
    IdentityProvider: { token: 'the-token' },
    PasswordIdentityProvider: { token: 'the-token' },
  })
  expect(JSON.stringify(config).split('the-token')).toHaveLength(3)
})

test('serverConfig() opens Jupyter to a proxy, and keeps it from taking another port', () => {
  expect(config.ServerApp).toMatchObject({
    ...{ ip: '0.0.0.0', port: 8888, port_retries: 0, base_url: '/', root_dir: '/repo' },
    ...{ allow_remote_access: true, allow_origin: '*', allow_root: false, open_browser: false },
  })
  expect(config.FileContentsManager).toEqual({ delete_to_trash: false })
})
