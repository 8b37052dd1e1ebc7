import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { localPackages, packageHash } from './local-packages.ts'

interface RequirementsPlace {
  readonly file: string
  readonly folder: string
  readonly python: string
  readonly venv: string
}

/** Files that a requirements file draws in: `-r base.txt`, `--constraint=limits.txt`; addresses are not files. */
export function includedFiles(text: string): readonly string[] {
  const pattern = /^\s*(?:-r|-c|--requirement|--constraint)(?:\s*=\s*|\s*)(\S+)/gm
  return [...text.matchAll(pattern)].flatMap(([, name = '']) => (/^[a-z+]+:\/\//.test(name) ? [] : [name]))
}

/**
 * One number for all that decides what pip installs: the files, the packages on disk that they name, the Python, and where its packages
 * go. `folder` is where pip runs.
 */
export function requirementsHash({ file, folder, python, venv }: RequirementsPlace): string {
  const hash = createHash('sha256').update(`${python}\0${venv}\0`)
  for (const [path, text] of readAll(file)) {
    hash.update(`${path}\0${text}\0`)
    for (const local of localPackages(text, folder)) hash.update(`${local.path}\0${packageHash(local)}\0`)
  }
  return hash.digest('hex')
}

/** A requirements file and all that it includes, each once. A file that is missing is pip's to complain about. */
function readAll(first: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  const open = [first]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (texts.has(path)) continue
    const text = readIfThere(path)
    texts.set(path, text)
    const folder = dirname(path)
    open.push(...includedFiles(text).map((name) => resolve(folder, name)))
  }
  return texts
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
