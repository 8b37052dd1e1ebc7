import { BootstrapFailure, type FailureKind } from '../exit-codes.ts'
import { withoutUserInfo } from '../repo-url.ts'
import type { ToolEnd } from './tool.ts'

interface Sign {
  readonly kind: FailureKind
  readonly pattern: RegExp
  readonly sentence: string
}

/** What git's words mean, the first that fits; git is run with LC_ALL=C, so they are English. */
const signs: readonly Sign[] = [
  {
    kind: 'diskFull',
    pattern: /No space left on device|Disk quota exceeded/,
    sentence: 'REPO_DIR: its volume is full; free some space',
  },
  {
    kind: 'refMissing',
    pattern: /Remote branch .* not found|couldn't find remote ref|not our ref/,
    sentence: 'REPO_REF names no branch, tag or commit of REPO_URL; correct it or unset it',
  },
  {
    kind: 'notARepository',
    pattern:
      /could not read Username|terminal prompts disabled|Authentication failed|returned error: 4(?!29|08)|repository .* not found|not appear to be a git repository|transport '.*' not allowed|not valid: is this a git|repository not exported|access denied or/i,
    sentence: 'REPO_URL names no public git repository (private ones are not supported); correct the address',
  },
  {
    kind: 'notAllowed',
    pattern: /dubious ownership/,
    sentence: 'the repository of REPO_URL belongs to another account; podmate does not read it',
  },
  {
    kind: 'notAllowed',
    pattern: /Read-only file system|Permission denied|could not create|unable to create/i,
    sentence: 'REPO_DIR cannot be written by its owner; look at its modes and its mount, or choose another',
  },
  {
    kind: 'unreachable',
    pattern:
      /unable to access|unable to connect|Could not resolve|Connection (refused|reset|timed out)|unable to look up|hung up|early EOF|RPC failed|Operation too slow|unexpected disconnect/i,
    sentence: 'REPO_URL could not be reached; look at the address and at the network',
  },
]

/** A failure of `git <command>` in words: what it means, what to do, and git's own words with its exit code. */
export function gitFailure(command: string, { words, stderr }: Pick<ToolEnd, 'words' | 'stderr'>) {
  if (words.includes('ENOENT')) return new BootstrapFailure('gitFailed', 'git is not installed; install it')
  const { kind, sentence } = signs.find(({ pattern }) => pattern.test(stderr)) ?? {
    kind: 'gitFailed' as const,
    sentence: 'git failed in REPO_DIR; its words tell more',
  }
  return new BootstrapFailure(
    kind,
    `${sentence} (git ${command}, ${words}: ${withoutUserInfo(tellingLine(stderr))})`,
  )
}

function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const fatal = lines.find((line) => /^(fatal|error|remote: error|ERROR):?/i.test(line))
  return (fatal ?? lines.at(-1) ?? 'no words').slice(0, 300)
}
