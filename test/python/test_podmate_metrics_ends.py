"""Reporting metrics from programs that end: python -m unittest test_podmate_metrics_ends (in test/python)"""

import ast
import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from metrics_case import TRAINER, Reports
from metrics_server import TOKEN


class Ends(Reports):
    FIFTY = "for step in range(50): metrics.report(step=step, loss=1)\n"

    def program(self, lines: str, **environment: str) -> subprocess.Popen:
        """A Python program that has imported podmate_metrics."""
        head = (
            f"import sys; sys.path.insert(0, {str(TRAINER)!r}); import podmate_metrics as metrics\n"
        )
        return subprocess.Popen(
            [sys.executable, "-c", head + lines],
            env={**os.environ, **environment},
            **dict.fromkeys(("stdout", "stderr"), subprocess.PIPE),
            text=True,
        )

    def run_program(self, lines: str, **environment: str) -> tuple[int, str, str]:
        process = self.program(lines, **environment)
        output, errors = process.communicate(timeout=60)
        return process.returncode, output, errors

    def test_whatever_ends_a_program_the_last_points_arrive(self) -> None:
        ends = {
            "pass": 0,
            "sys.exit(3)": 3,
            "raise ValueError": 1,
            "raise KeyboardInterrupt": -signal.SIGINT,
        }
        for end, code in ends.items():
            with self.subTest(end):
                self.server.points.clear()
                returned, _output, _errors = self.run_program(self.FIFTY + end)
                self.assertEqual(returned, code)
                self.assertEqual(self.server.steps, list(range(50)))

    def test_sigterm_ends_a_program_as_before_but_after_its_points(self) -> None:
        self.server.judge = lambda _body: 503
        process = self.program(
            self.FIFTY + "print('up', flush=True)\nimport time\nwhile True: time.sleep(0.01)"
        )
        self.assertEqual(process.stdout.readline(), "up\n")
        self.server.judge = lambda _body: 200
        process.terminate()
        _output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.assertEqual(self.server.steps, list(range(50)))

    def test_a_program_keeps_its_own_sigterm_handler(self) -> None:
        own = "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
        process = self.program(own + self.FIFTY + "print('up', flush=True)\nsignal.pause()")
        self.assertEqual(process.stdout.readline(), "up\n")
        process.terminate()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 9)
        self.assertEqual(self.server.steps, list(range(50)))

    def test_a_program_ends_although_nobody_takes_its_points(self) -> None:
        self.server.go_away()
        code, _output, errors = self.run_program("metrics.EXIT_SECONDS = 0.2\n" + self.FIFTY)
        self.assertEqual(code, 0)
        self.assertIn("ends before its last numbers could be delivered", errors)
        self.assertNotIn(TOKEN, errors)

    def test_children_report_for_themselves_and_nothing_twice(self) -> None:
        lines = """
import multiprocessing, os
def work(first):
    for step in range(first, first + 20): metrics.report(step=step, loss=1)
if __name__ == '__main__':
    work(0)
    for first in (100, 200):
        child = multiprocessing.get_context('fork').Process(target=work, args=(first,))
        child.start(); child.join()
    if os.fork() == 0:
        work(300); metrics.flush(); os._exit(0)
    os.wait()
    work(400)
"""
        code, _output, errors = self.run_program(lines)
        self.assertEqual((code, errors), (0, ""))
        expected = [step for first in (0, 100, 200, 300, 400) for step in range(first, first + 20)]
        self.assertEqual(sorted(self.server.steps), expected)

    def test_what_a_name_is_looked_up_with_is_there_before_a_program_ends(self) -> None:
        # At the end of a program nothing is imported any more: the last points were lost to "unknown encoding: idna".
        code, output, _errors = self.run_program("print('encodings.idna' in sys.modules)")
        self.assertEqual((code, output), (0, "True\n"))

    def test_importing_it_imports_no_framework(self) -> None:
        lines = (
            self.FIFTY
            + "print([name for name in ('torch', 'transformers', 'lightning') if name in sys.modules])"
        )
        _code, output, _errors = self.run_program(lines)
        self.assertEqual(output, "[]\n")

    def test_callbacks_are_there_only_with_their_framework(self) -> None:
        lines = """
for name in ('transformers', 'lightning', 'pytorch_lightning'): sys.modules[name] = None
names = ('TrainingMetricsCallback', 'LightningMetricsCallback', 'report')
print([name for name in names if hasattr(metrics, name)])
"""
        _code, output, _errors = self.run_program(lines)
        self.assertEqual(output, "['report']\n")

    def test_it_is_python_3_9(self) -> None:
        source = (TRAINER / "podmate_metrics.py").read_text()
        tree = ast.parse(source, feature_version=(3, 9))
        imported = {
            name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in (
                [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            )
        }
        frameworks = {"transformers", "lightning", "pytorch_lightning"}
        self.assertEqual(imported - frameworks - set(sys.stdlib_module_names), set())


if __name__ == "__main__":
    unittest.main()
