import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { type FileIdentity, identityOf } from './file-identity.ts'
import { isPassing, pathProblem } from './path-policy.ts'
import type { PathMatcher } from './patterns.ts'
import { secretName } from './secret-names.ts'
import type { PassedOver } from './upload-report.ts'

/** A file that is to go up, as it was when it was last looked at. */
export interface ScannedFile {
  /** Absolute, without links. */
  readonly path: string
  readonly remotePath: string
  readonly identity: FileIdentity
  /** Paths on the Hub of the files that it is useless without: they go up together. */
  readonly needs?: readonly string[]
  /** Why one of them cannot go up: then it does not either. */
  readonly lacks?: string
  /** One of them is not there: it is waited for, but not for ever. */
  readonly waits?: string
}

/** A folder to look into: where it is, and what it is on the Hub and to the patterns. */
export interface FolderPlace {
  readonly path: string
  /** Below its source; empty for the source itself. */
  readonly relative: string
  /** What stands before `relative` on the Hub, with a slash at its end or empty. */
  readonly under: string
}

/** What one folder holds itself. */
export interface FolderContent {
  readonly files: readonly ScannedFile[]
  readonly folders: readonly FolderPlace[]
  readonly refused: readonly PassedOver[]
  /** Files that no pattern names, in a way or another: they stay here. Absolute paths. */
  readonly unmatched: readonly string[]
  /** What could not be looked at: it may hold anything. */
  readonly unreadable: readonly PassedOver[]
  readonly entries: number
}

export interface FolderRules {
  readonly matches: PathMatcher
  /** Whether a pattern takes the path out. */
  readonly excludes: PathMatcher
  readonly maxFileBytes: number
}

/**
 * Looks at the files of one folder whose names match; links are not followed. Synchronous: asking for 100,000 files one
 * by one costs four times as much otherwise, and this process has nothing else to answer.
 */
export function scanFolder(place: FolderPlace, rules: FolderRules): FolderContent {
  const content = {
    files: [],
    folders: [],
    refused: [],
    unmatched: [],
    unreadable: [],
    entries: 0,
  } as MutableContent
  let entries: Dirent[]
  try {
    entries = readdirSync(place.path, { withFileTypes: true })
  } catch (error) {
    if (!isGone(error)) content.unreadable.push({ path: place.path, reason: reasonOf(error) })
    return content
  }
  content.entries = entries.length
  const isConfig = (name: string) => modelConfig.test(name) && rules.matches(relativeOf(name, place))
  const isModel = moreTemplates.test(place.relative) || entries.some(({ name }) => isConfig(name))
  for (const entry of entries) scanEntry(entry, place, rules, { content, isModel })
  return content
}

type MutableContent = { -readonly [Key in keyof FolderContent]: Mutable<FolderContent[Key]> }
type Mutable<Value> = Value extends readonly (infer Item)[] ? Item[] : Value

/** What `save_pretrained` and the Trainer write beside what it loads. */
const modelConfig = /^(?:config|tokenizer_config|adapter_config|model_index|preprocessor_config)\.json$/
/** Files of such a folder without which its model cannot be used as it was trained, and that patterns for weights leave out. */
const modelPart =
  /^(?:merges\.txt|vocab\.(?:txt|bpe)|bpe\.codes|.+\.(?:jinja|model|spm|tiktoken)|(?:pytorch|adapter)_model.*\.bin|README\.md)$/i

/** Where a tokenizer with several templates keeps all but the first. */
const moreTemplates = /(?:^|\/)additional_chat_templates$/

const relativeOf = (name: string, { relative }: FolderPlace) =>
  (relative === '' ? name : `${relative}/${name}`).normalize('NFC')

interface Found {
  readonly content: MutableContent
  /** The folder is one that a model is loaded from. */
  readonly isModel: boolean
}

function scanEntry(entry: Dirent, place: FolderPlace, rules: FolderRules, { content, isModel }: Found): void {
  const path = `${place.path}/${entry.name}`
  if (entry.isDirectory()) {
    const relative = place.relative === '' ? entry.name : `${place.relative}/${entry.name}`
    if (!entry.name.startsWith('.')) content.folders.push({ ...place, path, relative })
    return
  }
  const shown = relativeOf(entry.name, place)
  if (rules.excludes(shown)) return
  if (!rules.matches(shown) && !(isModel && modelPart.test(entry.name))) {
    if (entry.isFile() && !isPassing(shown) && secretName(shown) === undefined) content.unmatched.push(path)
    return
  }
  const problem = secretName(shown) ?? (isPassing(shown) ? 'passing' : entryProblem(entry, shown))
  if (problem === 'passing') return
  if (problem !== undefined) content.refused.push({ path, reason: problem })
  else lookAt(path, place.under + shown, rules, content)
}

function entryProblem(entry: Dirent, relative: string): string | undefined {
  if (entry.isSymbolicLink())
    return 'it is a link: links are not followed; copy the file or list its folder as a source'
  if (!entry.isFile()) return `it is ${kindOf(entry)}, not a regular file`
  return pathProblem(relative)
}

function kindOf(entry: Dirent): string {
  if (entry.isFIFO()) return 'a named pipe'
  if (entry.isSocket()) return 'a socket'
  return 'a device'
}

function lookAt(
  path: string,
  remotePath: string,
  { maxFileBytes }: FolderRules,
  content: MutableContent,
): void {
  try {
    const stats = lstatSync(path)
    if (!stats.isFile()) return // replaced since its folder was read: the next scan tells
    if (stats.size <= maxFileBytes) content.files.push({ path, remotePath, identity: identityOf(stats) })
    else content.refused.push({ path, reason: tooLarge(stats.size, maxFileBytes) })
  } catch (error) {
    if (!isGone(error)) content.unreadable.push({ path, reason: reasonOf(error) })
  }
}

export function tooLarge(size: number, most: number): string {
  return `it has ${size} bytes, more than the ${most} that HF_SYNC_MAX_FILE_GB allows`
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read: change its owner or mode'
  return error instanceof Error ? error.message : String(error)
}
