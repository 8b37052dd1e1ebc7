import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A package that pip takes from this machine's disk. */
export interface LocalPackage {
  readonly path: string
  /** Its modules are run where they lie: only what is built or declared has to be installed again. */
  readonly editable: boolean
}

/**
 * Packages on disk that a text names: `-e .`, `./mylib[extra]`, `name @ file:///…` of a requirements file, and `file:` addresses in a
 * pyproject.toml. Paths count from `folder`, as pip counts them. Pure but for looking whether a bare name is a folder or a file.
 */
export function localPackages(text: string, folder: string): readonly LocalPackage[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => localPackage(line.replace(/(?:^|\s)#.*$/, '').trim(), folder) ?? [])
}

function localPackage(line: string, folder: string): LocalPackage | undefined {
  const [, flag, rest = ''] = /^(-e|--editable)?[\s=]*(.*)$/.exec(line) ?? []
  const editable = flag !== undefined
  const address = /(?:^|[\s@"'])file:([^\s"';,#]+)/.exec(rest)?.[1]
  if (address !== undefined) return { path: pathOfAddress(address, folder), editable }
  if (/^-|^[a-z+]+:\/\//i.test(rest) || rest === '') return undefined
  const name = rest.split(/\s*;|\s+--|\[/, 1)[0]?.trim() ?? ''
  const isPath = editable || /^(?:\.{0,2}\/|\.{1,2}$)/.test(name) || /[/\\]|\.(?:whl|zip|tar\.gz)$/.test(name)
  return isPath && existsSync(resolve(folder, name)) ? { path: resolve(folder, name), editable } : undefined
}

function pathOfAddress(address: string, folder: string): string {
  if (!address.startsWith('//')) return resolve(folder, decodeURIComponent(address))
  try {
    return fileURLToPath(`file:${address}`)
  } catch {
    return resolve(folder, address) // of another machine: pip says so
  }
}

const passedOver =
  /^(?:\.git|\.hg|\.svn|__pycache__|\.venv|venv|node_modules|build|dist|\.podmate.*|.*\.egg-info|\..*_cache)$/
const declared =
  /^(?:pyproject\.toml|setup\.py|setup\.cfg|MANIFEST\.in|Cargo\.(?:toml|lock)|CMakeLists\.txt|requirements.*\.txt|.*\.(?:c|cc|cpp|cu|cuh|h|hpp|pyx|pxd|rs|f90))$/
const mostFiles = 20_000
/** Of a larger file size and time stand for what is in it. */
const readBytes = 4 << 20

/** One number for what pip would install of a package, and of the packages on disk that it declares. */
export function packageHash(first: LocalPackage): string {
  const hash = createHash('sha256')
  const seen = new Set<string>()
  const open = [first]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next.path)) continue
    seen.add(next.path)
    for (const path of filesOf(next)) {
      hash.update(`${path.slice(next.path.length)}\0${contentOf(path)}\0`)
      if (path === join(next.path, 'pyproject.toml')) open.push(...declaredIn(path, next.path))
    }
  }
  return hash.digest('hex')
}

function declaredIn(path: string, folder: string): readonly LocalPackage[] {
  const found = readFileSync(path, 'utf8').matchAll(/\bfile:([^\s"';,#]+)/g)
  return [...found].map(([, address = '']) => ({ path: pathOfAddress(address, folder), editable: false }))
}

function filesOf({ path, editable }: LocalPackage): readonly string[] {
  const files: string[] = []
  const open = [path]
  for (let next = open.pop(); next !== undefined && files.length < mostFiles; next = open.pop()) {
    const found = lstatSync(next, { throwIfNoEntry: false })
    if (found?.isFile()) files.push(next)
    if (!found?.isDirectory()) continue
    for (const name of readdirSync(next)) {
      if (passedOver.test(name)) continue
      const isFolder = lstatSync(join(next, name), { throwIfNoEntry: false })?.isDirectory() ?? false
      if (isFolder || !editable || declared.test(name)) open.push(join(next, name))
    }
  }
  return files.sort()
}

function contentOf(path: string): string {
  const { size, mtimeMs } = lstatSync(path)
  if (size > readBytes) return `${size} ${mtimeMs}`
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
