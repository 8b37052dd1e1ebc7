import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { figures } from '../fixtures/boot/figures.ts'
import { image } from './image.ts'
import { ImagePod } from './image-pod.ts'

const biggestAllowedMb = 1200
/** What counts as one thing: a package of Node or Python, a program, a folder of libraries. */
const things = [
  ...['opt/podmate/node_modules/*', 'opt/podmate/services/*', 'opt/podmate/.cache', 'usr/local/bin/*'],
  ...['opt/venvs/chessbot/lib/python3*/site-packages/*', 'opt/venvs/chessbot/share', 'usr/lib/python3*'],
  ...['usr/bin/*', 'usr/lib/*-linux-gnu/*', 'usr/lib/git-core', 'usr/share/*', 'var/lib/*'],
]

/** Shell commands that print how many packages of a kind are in the image, its base's included. */
const counting = {
  debian: 'dpkg-query -W | wc -l',
  python: '/opt/venvs/chessbot/bin/pip list --format=freeze | wc -l',
  npm: "grep -c '^    \"node_modules/' /opt/podmate/node_modules/.package-lock.json",
}

function megabytes(root: string, words: readonly string[]): ReadonlyMap<string, number> {
  const script = `cd '${root}' && du -xsm -- ${words.join(' ')} 2>/dev/null || true`
  const rows = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
  return new Map(rows.map((row) => [row.replace(/^\d+\s+/, ''), Number.parseInt(row, 10)]))
}

test('the image adds less than 1.2 GB to its base', () => {
  const whole = (root: string) => megabytes(root, ['.']).get('.') ?? Number.NaN
  const added = whole(image.root) - whole(image.base)
  const before = megabytes(image.base, things)
  const own = [...megabytes(image.root, things)].map(([name, mb]) => ({
    name,
    mb: mb - (before.get(name) ?? 0),
  }))
  const biggest = own.sort((one, other) => other.mb - one.mb).slice(0, 10)
  figures('image without CUDA and PyTorch', {
    ...{ 'MB beyond the base': added, layers: image.layers },
    'the ten biggest things, MB:': biggest.map(({ name, mb }) => `${name} ${mb}`).join(', '),
  })
  expect(added).toBeLessThan(biggestAllowedMb)
})

test('the image tells the version of all that it brings', async () => {
  const pod = new ImagePod({ env: { START_INFERENCE_API: '0', START_JUPYTER: '0' } })
  await pod.ready('http')
  const tell = async (script: string) => (await pod.exec(script)).out.trim().split('\n')
  const packages = 'tini openssh-server git git-lfs rsync rclone tmux curl zstd aria2 iproute2 procps python3'
  const versions = [
    ...(await tell('. /etc/os-release; echo "$PRETTY_NAME"; echo "node $(node --version)"')),
    ...(await tell(`dpkg-query -W -f '\${Package} \${Version}\\n' ${packages}`)),
    ...(await tell(
      '/opt/venvs/chessbot/bin/pip list --format=freeze | grep -iE "^(jupyterlab|hugg|hf_|torch)"',
    )),
    ...(await tell(
      "cd /opt/podmate; node -p \"Object.entries(require('./package.json').dependencies).join('\\n')\"",
    )),
  ]
  const [debian, python, npm] = await Promise.all(Object.values(counting).map(tell))
  figures('installed', { 'packages of Debian': `${debian}`, Python: `${python}`, npm: `${npm}` })
  figures('versions', { 'of the chief ones:': versions.join(', ') })
  for (const count of [debian, python, npm]) expect(Number(count)).toBeGreaterThan(60)
  expect(versions.filter((line) => !/\d/.test(line))).toEqual([])
  expect(versions.length).toBeGreaterThan(35)
})
