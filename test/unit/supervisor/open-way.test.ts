import { chmodSync, chownSync, lchownSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { LedAstray, openWay } from '../../../supervisor/open-way.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const runner = 4711

beforeEach(({ skip }) => skip(process.getuid?.() !== 0, 'cannot be installed: only root is in danger'))

async function wayTo(path: string): Promise<string> {
  await using folder = await openWay(path)
  return readlinkSync(`/proc/self/fd/${folder.fd}`)
}

/** A folder with a link `way` in it to another folder. */
function linked(
  folder: { uid: number; mode?: number },
  link: number,
  target: number,
): { way: string; target: string } {
  const root = temporaryFolder()
  const [inside, there] = [join(root, 'inside'), join(root, 'there')]
  for (const path of [inside, there]) mkdirSync(path)
  symlinkSync(there, join(inside, 'way'))
  lchownSync(join(inside, 'way'), link, link)
  chownSync(there, target, target)
  chownSync(inside, folder.uid, folder.uid)
  chmodSync(inside, folder.mode ?? 0o755)
  return { way: join(inside, 'way'), target: there }
}

type Case = readonly [what: string, given: Parameters<typeof linked>]

const followed: readonly Case[] = [
  ['of root where only root may write', [{ uid: 0 }, 0, 0]],
  ['of root in a folder with the sticky bit', [{ uid: 0, mode: 0o1777 }, 0, 0]],
  ['of an account to what is its own', [{ uid: runner }, runner, runner]],
]

const refused: readonly Case[] = [
  ['of an account to what is root’s', [{ uid: runner }, runner, 0]],
  ['of root in the folder of an account, which may put its own there', [{ uid: runner }, 0, 0]],
  ['of an account in a folder with the sticky bit', [{ uid: 0, mode: 0o1777 }, runner, 0]],
  ['in a folder that all may write', [{ uid: 0, mode: 0o777 }, 0, 0]],
]

describe('openWay()', () => {
  test.each(followed)('follows a link %s', async (_what, given) => {
    const { way, target } = linked(...given)
    expect(await wayTo(way)).toBe(target)
  })

  test.each(refused)('follows no link %s', async (_what, given) => {
    const { way } = linked(...given)
    await expect(wayTo(way)).rejects.toThrow(LedAstray)
  })

  test('opens folders of other accounts, and says what is not there', async () => {
    const { target } = linked({ uid: 0 }, 0, runner)
    expect(await wayTo(target)).toBe(target)
    await expect(wayTo(join(target, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
