import { type Asker, askShell } from './ask-shell.ts'

/** $1: the folder; $2: -p to make what it lies in, too. */
const make = `
[ ! -e "$1" ] || exit 1
umask 022
mkdir $2 -- "$1" 2>/dev/null && echo made`

/**
 * For another account ($3:$4), by root, and only where none but root can rename or replace what root has just made: it
 * would be given something else. From inside the folder that it looked at, whatever its path leads to meanwhile.
 */
const makeForOther = `
[ ! -e "$1" ] || exit 1
umask 022
way=$(dirname -- "$1")
[ -d "$way" ] || [ -n "$2" ] || exit 1
until [ -d "$way" ]; do way=$(dirname -- "$way"); done
case $way in /) rest=\${1#/} ;; *) rest=\${1#"$way"/} ;; esac
cd -P -- "$way" || exit 1
case $(stat -c '%u %a' .) in [!0]* | *[2367]? | *[2367]) exit 1 ;; esac
mkdir $2 -- "$rest" && chown -h "$3:$4" -- "$rest" && echo made`

/**
 * Makes a folder that is missing for an account (undefined = who we are), with those that it lies in when it is `deep`;
 * true when it was made. Waits 2 s at most for a volume that hangs.
 */
export async function makeFolder(
  folder: string,
  owner: Asker,
  { deep }: { deep: boolean },
): Promise<boolean> {
  const flag = deep ? '-p' : ''
  const own = await askShell(make, [folder, flag], owner)
  if (own === undefined || own.out === 'made') return own !== undefined
  if (!owner || process.getuid?.() !== 0) return false
  const { uid, gid } = owner
  const byRoot = await askShell(makeForOther, [folder, flag, `${uid}`, `${gid}`], undefined)
  return byRoot?.out === 'made'
}
