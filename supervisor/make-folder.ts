import { type Asker, askShell } from './ask-shell.ts'

/** $1: the folder; $2: -p to make what it lies in, too. */
const make = `
[ ! -e "$1" ] || exit 1
umask 022
mkdir $2 -- "$1" 2>/dev/null && echo made`

/**
 * For another account ($3:$4), by root. Each step of the way is taken from inside the folder before it, and only where none but root can
 * swap the next one: else that account could lead root elsewhere, and be given something there.
 */
const makeForOther = `
[ ! -e "$1" ] || exit 1
umask 022
safe() {
  case $(stat -c '%u %a' .) in '0 '1???) ;; [!0]* | *[2367]? | *[2367]) return 1 ;; esac
}
cd / || exit 1
rest=\${1#/} links=0
while safe && name=\${rest%%/*} && [ -d "$name" ]; do
  [ "$(stat -c %u -- "$name")" = 0 ] && [ "$rest" != "$name" ] || exit 1
  rest=\${rest#*/}
  if [ -L "$name" ]; then
    links=$((links + 1)) target=$(readlink -- "$name")
    [ $links -lt 40 ] || exit 1
    case $target in /*) cd / && rest=\${target#/}/$rest ;; *) rest=$target/$rest ;; esac
  else
    cd -P -- "$name" || exit 1
  fi
done
safe && mkdir $2 -- "$rest" && chown -h "$3:$4" -- "$rest" && echo made`

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
