import type { Finding, Line } from '../line.ts'
import { runTests } from '../run-tests.ts'

/** Bugs of the set-ups that podmate replaces, and the tests that show that it does not have them. */
const bugs = [
  {
    bug: 'code in a model file is run, and every failure is a 400 with the text of an exception',
    files: [
      'test/integration/inference/service.test.ts',
      'test/unit/inference/unpickle.test.ts',
      'test/integration/http/errors.test.ts',
      'test/integration/inference/routes.test.ts',
    ],
    names: 'refuses code by name|runs nothing of them|with problem.json|keeps our own faults|host is killed',
  },
  {
    bug: 'TERM has no deadline, and goes to a su instead of the program',
    files: ['test/integration/boot/shutdown.test.ts', 'test/integration/boot/train-command.test.ts'],
    names: 'within its budget|RUNNER_USER itself|its whole time',
  },
] as const

/** Bugs 11 and 12 of the upstream project. */
export const inheritedBugs: Line = {
  title: 'bugs that must not come back',
  async check() {
    const findings: Finding[] = []
    for (const { bug, files, names } of bugs) {
      const [count, ...failed] = await runTests({ files, names })
      if (count) findings.push({ fact: `${bug}: ${count.fact} (-t "${names}")`, holds: count.holds })
      findings.push(...failed.filter(({ holds }) => !holds))
    }
    return findings
  },
}
