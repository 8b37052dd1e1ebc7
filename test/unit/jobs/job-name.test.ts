import { expect, test } from 'vitest'
import { jobName } from '../../../services/jobs/job-name.ts'

test.each([
  ['python train.py --lr 1/2', 'python train.py --lr 1/2'],
  ['/venv/bin/python /workspace/repo/train.py --data=/data/games.gz', 'python train.py --data=games.gz'],
  [`'/venv/bin/python' "/workspace/a repo/train.py"`, `'python' "a repo/train.py"`],
  [
    'torchrun --out /workspace/out/\n  https://example.com/a/b',
    'torchrun --out out/ https://example.com/a/b',
  ],
  [`/venv/bin/python ${'/deep'.repeat(40)}/train.py ${'x'.repeat(80)}`, `python train.py ${'x'.repeat(63)}…`],
])('jobName() of %j is %j', (command, name) => {
  expect(jobName(command)).toBe(name)
})
