import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'
import { planted } from './build/context.ts'
import { image } from './image.ts'
import { layersOf } from './layers.ts'

/** Files below a folder that `find` finds, by their paths in the image. */
function find(root: string, ...words: readonly string[]): readonly string[] {
  const { stdout } = spawnSync('find', [root, '-xdev', ...words], { encoding: 'utf8', maxBuffer: 1e9 })
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((path) => path.slice(root.length))
    .sort()
}

/** What the image has that its base has not. */
function added(...words: readonly string[]): readonly string[] {
  const before = new Set(find(image.base, ...words))
  return find(image.root, ...words).filter((path) => !before.has(path))
}

describe('the image', () => {
  test('holds nothing that lay about in the clone, and no key, in any of its layers', async () => {
    const layers = layersOf(image, temporaryFolder())
    expect(layers.length).toBe(image.layers)
    for (const layer of layers) {
      expect(await layer.holding([planted, 'PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE'])).toEqual([])
      const names = layer.names()
      const unwanted =
        /ssh_host_|\.npm\/|\.cache\/(pip|node-gyp)|var\/lib\/apt\/lists\/.+_|opt\/podmate\/.*__pycache__|\/\.env|^tmp\/./
      expect(names.filter((name) => unwanted.test(name))).toEqual([])
    }
  }, 240_000)

  test('has no setuid file more than its base, but those of OpenSSH and tmux, and no world-writable one', () => {
    expect(added('-type', 'f', '-perm', '/6000')).toEqual([
      '/usr/bin/ssh-agent',
      '/usr/lib/openssh/ssh-keysign',
      expect.stringMatching(/utempter$/), // tmux says who is there by it
    ])
    expect(added('!', '-type', 'l', '-perm', '-0002')).toEqual([])
  })

  test('belongs to root, but for what runner may change', () => {
    const strange = find(image.root, '!', '-user', 'root').filter(
      (path) => !/^\/(opt\/venvs|home\/runner|workspace)(\/|$)/.test(path),
    )
    expect(strange.filter((path) => !path.startsWith('/opt/podmate/.cache/'))).toEqual([])
  })

  test('lets everybody read podmate, whatever umask its clone was made with', () => {
    const podmate = `${image.root}/opt/podmate`
    expect(find(podmate, '!', '-type', 'l', '!', '-perm', '-0444')).toEqual([])
    expect(find(podmate, '-type', 'd', '!', '-perm', '-0555')).toEqual([])
    expect(find(podmate, '-name', 'shim.sh', '-perm', '0755')).toEqual(['/boot/shim.sh'])
  })

  test('says what it is: entry, ports, health check, labels, defaults', () => {
    const { Entrypoint, ExposedPorts, Healthcheck, Labels, User } = image.config
    expect(Entrypoint.slice(0, 3)).toEqual(['/usr/bin/tini', '--', '/opt/podmate/boot/shim.sh'])
    expect(Object.keys(ExposedPorts).sort()).toEqual(['22/tcp', '8000/tcp', '8888/tcp'])
    expect(Healthcheck?.Test.at(-1)).toContain('/healthz')
    expect(Labels['org.opencontainers.image.licenses']).toBe('MIT')
    expect(User ?? '').toBe('')
  })
})
