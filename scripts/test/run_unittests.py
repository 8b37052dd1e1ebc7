"""Runs the unittests of a folder and writes what came of them, as JSON, to a file: FOLDER REPORT"""

import json
import sys
import unittest


class CountingResult(unittest.TextTestResult):
    """unittest counts what ran and what failed; this one also counts what passed."""

    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.passed += 1


def main(folder: str, report: str) -> None:
    suite = unittest.defaultTestLoader.discover(folder)
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=CountingResult)
    result = runner.run(suite)
    failed = [*result.failures, *result.errors]
    outcome = {
        "passed": result.passed,
        "failed": [str(test) for test, _ in failed] + [str(test) for test in result.unexpectedSuccesses],
        "skipped": [{"name": str(test), "reason": reason} for test, reason in result.skipped],
        "flaky": [],
    }
    with open(report, "w", encoding="utf-8") as file:
        json.dump(outcome, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
