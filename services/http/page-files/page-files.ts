import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export interface PageFile {
  readonly type: string
  readonly body: Buffer
  /** The same, compressed; absent where that gains nothing. */
  readonly gzip: Buffer | undefined
}

/** Everything that the page is made of, in memory, by the name it has below `page/<version>/`. */
export interface PageFiles {
  /** Changes with any of the files, so that a browser may keep them for good. */
  readonly version: string
  readonly files: ReadonlyMap<string, PageFile>
  /** Modules that a browser may ask for before it has read who imports them. */
  readonly modules: readonly string[]
}

const folder = join(import.meta.dirname, '../page')
const require = createRequire(import.meta.url)

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads the page and what it takes from node_modules; nothing else can be asked for. */
export async function readPageFiles(): Promise<PageFiles> {
  const paths = new Map([...(await pathsBelow(folder, '')), ...(await libraries())])
  const read = async ([name, path]: [string, string]) => [name, await pageFile(path)] as const
  const files = new Map(await Promise.all([...paths].map(read)))
  const hash = createHash('sha256')
  for (const [name, { body }] of files) hash.update(`${name} ${body.length} `).update(body)
  const modules = [...files.keys()].filter((name) => name.endsWith('.js') && !/^vendor\/.*\//.test(name))
  return { version: hash.digest('hex').slice(0, 12), files, modules }
}

async function libraries(): Promise<readonly [string, string][]> {
  const board = dirname(require.resolve('cm-chessboard/src/Chessboard.js'))
  const markers = require.resolve('cm-chessboard/assets/extensions/markers/markers.svg')
  return [
    ['vendor/uplot.js', require.resolve('uplot/dist/uPlot.esm.js')],
    ['vendor/uplot.css', require.resolve('uplot/dist/uPlot.min.css')],
    ['vendor/chess.js', join(dirname(require.resolve('chess.js')), '../esm/chess.js')],
    ['vendor/cm-chessboard/assets/extensions/markers/markers.svg', markers],
    ...(await pathsBelow(board, 'vendor/cm-chessboard/src/')),
  ]
}

async function pathsBelow(root: string, prefix: string): Promise<readonly [string, string][]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile() && extname(entry.name) in types)
  return paths
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [`${prefix}${relative(root, path).split(sep).join('/')}`, path])
}

async function pageFile(path: string): Promise<PageFile> {
  const body = await readFile(path)
  const small = await promisify(gzip)(body)
  const type = types[extname(path)] ?? 'application/octet-stream'
  return { type, body, gzip: small.length < body.length ? small : undefined }
}
