import type { Finding, Line } from '../line.ts'
import { runTests } from '../run-tests.ts'
import { accepting } from './tests-of.ts'

/** A bug of the set-up that podmate replaces, and the tests (file: parts of names) that show that it is not here. */
export interface UpstreamBug {
  readonly bug: string
  readonly tests: Readonly<Record<string, readonly string[]>>
}

const here = 'test/integration'

export const upstreamBugs: readonly UpstreamBug[] = [
  {
    bug: '1 exit codes lost',
    tests: {
      [`${here}/pod/upstream-bugs.test.ts`]: [
        '1: the exit code of a phase that failed is lost',
        '1: a training that failed is a success',
      ],
      [`${here}/boot/train-command.test.ts`]: ['keeps and shows '],
    },
  },
  {
    bug: '2 a failed install is stamped as done, a failed clone passed over',
    tests: {
      [`${here}/bootstrap/requirements.test.ts`]: [
        'stamps nothing after a build that failed once',
        'stamps nothing, and blocks who needs it',
      ],
      [`${here}/bootstrap/repo-failures.test.ts`]: ['REPO_URL cannot be reached'],
    },
  },
  {
    bug: '3 git of root in a tree of runner: pulls once',
    tests: { [`${here}/bootstrap/repo.test.ts`]: ['pulls at the second boot and at the third'] },
  },
  {
    bug: '4 any child that exits ends everything',
    tests: {
      [`${here}/pod/upstream-bugs.test.ts`]: ['4: a child that exits takes the pod with it'],
      [`${here}/pod/isolation.test.ts`]: ['keeps both doors open'],
    },
  },
  {
    bug: '10 secrets and keys in argv, logs, images; foreign keys overwritten; sessions without environment',
    tests: {
      [`${here}/pod/upstream-bugs.test.ts`]: ['10: every pod of an image has the same private host key'],
      [`${here}/pod/secrets.test.ts`]: ['reach the programs that they were passed to, and appear nowhere'],
      [`${here}/jupyter/lab.test.ts`]: [
        'jupyter-url waits until it is ready', // the tests of that file share one JupyterLab
        'shows its token nowhere',
      ],
      [`${here}/sshd/environment.test.ts`]: ['gives every session the environment of the container'],
      [`${here}/sshd/keys.test.ts`]: ['keeps the lines of the user'],
    },
  },
  {
    bug: '12 TERM without a deadline, to a su',
    tests: {
      [`${here}/pod/shutdown.test.ts`]: ['ends work, save, tools, access in this order within its budget'],
      [`${here}/boot/shutdown.test.ts`]: ['within its budget, although the trainer ignores TERM'],
      [`${here}/boot/train-command.test.ts`]: ['runs as RUNNER_USER itself, without a su'],
    },
  },
]

/** Each bug with the number of tests that passed; they are named in this file. */
export const upstreamBugsLine: Line = {
  title: 'bugs of upstream',
  async check() {
    const findings: Finding[] = []
    for (const { bug, tests } of upstreamBugs) {
      const names = Object.values(tests).flat().join('|')
      const [count, ...rest] = await runTests({ files: Object.keys(tests), names, env: accepting })
      if (count) findings.push({ fact: `${bug}: ${count.fact}`, holds: count.holds })
      findings.push(...rest.filter(({ holds }) => !holds))
    }
    return findings
  },
}
