import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repository } from '../../fixtures/boot/podmate.ts'

/** Lies in files that a clone may have and an image must not. */
export const planted = 'planted-5f0c1b3e-must-not-be-in-an-image'

const litter = [
  ...['.env', '.env.local', 'services/.env', 'supervisor/http/.env.production', '.npmrc.local', 'id_ed25519'],
  ...[
    '.podmate/pod/api-token',
    'artifacts/model.pt',
    'logs/podmate.log',
    'boot/trace.log',
    'core',
    'runs/events',
  ],
  ...[
    'scripts/setup/half.tmp',
    'services/trainer/python/__pycache__/train.pyc',
    '.git/config',
    '.ssh/id_rsa',
  ],
]

/** Makes `folder` a clone with what git knows of, and with litter in it, as an owner with the umask 077 has it. */
export function makeContext(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', words, { cwd: repository, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const file of files) {
    const from = join(repository, file)
    if (existsSync(from)) cpSync(from, join(folder, file), { recursive: true, verbatimSymlinks: true }) // one that is deleted and not committed is not there
  }
  for (const file of litter) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), planted)
  }
  execFileSync('chmod', ['-R', 'go=', folder])
}
