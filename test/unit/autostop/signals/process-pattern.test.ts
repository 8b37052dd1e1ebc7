import { expect, test } from 'vitest'
import { parsePattern } from '../../../../services/autostop/signals/process-pattern.ts'

const cases: readonly (readonly [pattern: string, commandLine: string, matches: boolean])[] = [
  ['train.py', 'python -u /workspace/train.py --lr 1', true],
  ['train.py', '/opt/venv/bin/python3.11 train.py', true],
  ['train.py', './train.py', true],
  ['train.py', 'bash train.py', true],
  ['/workspace/train.py', 'python /workspace/train.py', true],
  ['torch.distributed.run', 'python -m torch.distributed.run train.py', true],
  ['rsync', '/usr/bin/rsync --server -vlogDtpre.iLsfxCIvu . /workspace', true],
  ['prep*.py', 'python prepare_data.py', true],
  ['python* train.py', 'python3 -u train.py', true],
  ['dd of=*', 'dd if=/dev/zero of=/workspace/big', true],
  ['bash', '-bash', false],
  ['-bash', '-bash', true],
  ['train.py', 'tail -f train.py.log', false],
  ['train.py', 'tail -f train.py', false],
  ['train.py', 'vim train.py', false],
  ['train.py', 'less /workspace/train.py', false],
  ['train.py', 'python train.py.bak', false],
  ['train.py', 'python my_train.py', false],
  ['train.py', 'bash -c tail\u00a0-f\u00a0train.py', false],
  ['train*py', 'python trainxpy.log', false],
  ['train.py', 'python trainxpy', false],
  ['train.py python', 'python train.py', false],
  ['rsync', 'rsyncd', false],
  ['rsync', '', false],
]

test.each(cases)('parsePattern(%j) on %j is %j', (pattern, commandLine, matches) => {
  const words = commandLine === '' ? [] : commandLine.split(' ')
  expect(parsePattern(pattern).matches(words)).toBe(matches)
})
