"""Reporting metrics: python -m unittest test_podmate_metrics (in test/python)"""

import os
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from metrics_case import Reports, podmate_metrics
from metrics_server import TOKEN


class Report(Reports):
    def test_report_sends_every_point_once_and_in_order(self) -> None:
        for step in range(2500):
            podmate_metrics.report(step=step, loss=1 / (step + 1), accuracy=0.5)
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, list(range(2500)))
        point = self.server.points[1]
        self.assertEqual(
            {**point, "timestamp": 0}, {"step": 1, "loss": 0.5, "accuracy": 0.5, "timestamp": 0}
        )
        self.assertGreater(point["timestamp"], 1.7e12)
        path, authorization, _body = self.server.requests[0]
        self.assertEqual(
            (path, authorization), ("/api/training/jobs/a%20job/metrics", f"Bearer {TOKEN}")
        )

    def test_report_sends_a_lone_point_as_an_object(self) -> None:
        podmate_metrics.report(7, 0.25)
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual([type(body) for _path, _token, body in self.server.requests], [dict])

    def test_report_sends_no_body_that_a_server_would_not_read_to_its_end(self) -> None:
        numbers = {f"{'a long name ' * 15}{number}": number for number in range(90)}
        for step in range(800):  # 14 MB
            podmate_metrics.report(step=step, loss=1, **numbers)
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, list(range(800)))

    def test_report_does_nothing_without_a_job_or_for_other_ranks(self) -> None:
        for change in ({"JOB_ID": ""}, {"JOB_TOKEN": ""}, {"METRICS_API_URL": ""}, {"RANK": "1"}):
            with mock.patch.dict(os.environ, change):
                podmate_metrics.report(step=1, loss=1)
                self.assertIsNone(podmate_metrics._reporter)
                self.assertTrue(podmate_metrics.flush(0))
        with mock.patch.dict(os.environ, {"RANK": "0"}):
            self.assertTrue(podmate_metrics.enabled())

    def test_report_takes_numbers_as_frameworks_have_them(self) -> None:
        import numpy
        import torch

        values = {
            "a": numpy.float32(0.5),
            "b": torch.tensor(2.5, requires_grad=True),
            "c": numpy.int64(3),
            "d": True,
        }
        strange = {
            "e": float("nan"),
            "f": float("inf"),
            "g": torch.tensor(-float("inf")),
            "h": None,
        }
        wrong = {"i": "0.5", "j": [1], "k": torch.ones(2), "l": object()}
        with self.assertLogs("podmate_metrics", "WARNING") as logs:
            podmate_metrics.report(
                step=torch.tensor(4), loss=numpy.float64(1.5), **values, **strange, **wrong
            )
            podmate_metrics.report(step=numpy.int32(5), i="0.5")
            podmate_metrics.report(step="six", loss=1)
            podmate_metrics.report(step=float("nan"), loss=1)
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, [4, 5])
        del self.server.points[0]["timestamp"]
        expected = {"step": 4, "loss": 1.5, "a": 0.5, "b": 2.5, "c": 3, "d": 1}
        self.assertEqual(
            self.server.points[0], {**expected, "e": "NaN", "f": "Infinity", "g": "-Infinity"}
        )
        self.assertEqual(len(logs.output), 5)  # one for each name, and one for all wrong steps

    def test_report_goes_on_while_the_server_is_away(self) -> None:
        podmate_metrics.report(step=0, loss=1)
        self.assertTrue(self.server.wait_for(lambda: self.server.steps == [0]))
        self.server.go_away()
        with self.assertLogs("podmate_metrics", "WARNING") as logs:
            for step in range(1, 3000):
                podmate_metrics.report(step=step, loss=1)
            self.assertFalse(podmate_metrics.flush(0.3))
        self.assertEqual(len(logs.output), 1)
        self.server.come()
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, list(range(3000)))

    def test_report_tries_again_when_the_server_cannot_or_redirects(self) -> None:
        answers = [503, 401, 500, 302]
        self.server.judge = lambda _body: answers.pop(0) if answers else 200
        for step in range(10):
            podmate_metrics.report(step=step, loss=1)
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, list(range(10)))
        self.assertEqual(
            {path for path, _token, _body in self.server.requests},
            {"/api/training/jobs/a%20job/metrics"},
        )

    def test_report_gives_up_only_the_point_that_is_refused(self) -> None:
        def judge(body: dict | list) -> int:
            points = body if isinstance(body, list) else [body]
            return 422 if any(point["step"] == 60 for point in points) else 200

        self.server.judge = judge
        with self.assertLogs("podmate_metrics", "WARNING") as logs:
            for step in range(200):
                podmate_metrics.report(step=step, loss=1)
            self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, [step for step in range(200) if step != 60])
        self.assertIn("step 60 were refused: 422", logs.output[0])

    def test_report_leaves_out_numbers_that_are_too_many_for_a_job(self) -> None:
        with self.assertLogs("podmate_metrics", "WARNING") as logs:
            for step in (1, 2):
                podmate_metrics.report(step, 0.5, **{f"layer_{n}": n for n in range(150)})
            self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(len(logs.output), 1)
        for point in self.server.points:
            self.assertEqual((point["loss"], point["layer_0"]), (0.5, 0))
            self.assertLessEqual(len(point.keys() - {"step", "timestamp"}), 100)

    def test_report_keeps_a_thinner_curve_when_too_much_waits(self) -> None:
        self.server.go_away()
        small = mock.patch.object(podmate_metrics, "MOST_WAITING", 100)
        with small, self.assertLogs("podmate_metrics", "WARNING"):
            for step in range(5000):
                podmate_metrics.report(step=step, loss=1)
                waiting = podmate_metrics._reporter.waiting
                self.assertLessEqual(len(waiting), 102)
            self.server.come()
            self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(self.server.steps, sorted(set(self.server.steps)))
        self.assertEqual(self.server.steps[0], 0)
        self.assertLess(len(self.server.steps), 300)

    def test_report_adds_the_memory_of_a_gpu_that_torch_uses(self) -> None:
        def torch_with(used: bool) -> SimpleNamespace:
            return SimpleNamespace(
                cuda=SimpleNamespace(
                    is_initialized=lambda: used,
                    is_available=lambda: True,
                    memory_allocated=lambda: 12_345_678_901,
                    memory_reserved=lambda: 15_000_000_000,
                )
            )

        for step, used in enumerate((False, True)):
            with mock.patch.dict(sys.modules, {"torch": torch_with(used)}):
                podmate_metrics.report(step=step, loss=1)
        self.assertTrue(podmate_metrics.flush(30))
        without, with_memory = self.server.points
        self.assertEqual(set(without), {"step", "loss", "timestamp"})
        self.assertEqual(with_memory["gpu_memory_allocated_gb"], 12.35)
        self.assertEqual(with_memory["gpu_memory_reserved_gb"], 15.0)

    def test_report_says_which_step_was_taken(self) -> None:
        with self.assertLogs("podmate_metrics", "INFO") as logs:
            podmate_metrics.report(step=12, loss=1)
            podmate_metrics.flush(30)
        self.assertIn("INFO:podmate_metrics:[Metrics] Posted step 12", logs.output)
        self.assertNotIn(TOKEN, str(logs.output))


class TrainingMetricsCallback(Reports):
    """Its fields; test_frameworks.py has it in a real Trainer."""

    def logged(self, logs: dict | None, **state: object) -> dict:
        reports = podmate_metrics._TrainerReports()
        arguments = SimpleNamespace(train_batch_size=4, gradient_accumulation_steps=2, world_size=1)
        known = {"global_step": 50, "max_steps": 200, "epoch": 0.5, "is_world_process_zero": True}
        now = SimpleNamespace(**{**known, **state})
        clock = mock.patch.object(podmate_metrics.time, "monotonic", return_value=1000.0)
        with clock as monotonic:
            reports.on_train_begin(arguments, SimpleNamespace(global_step=0), None)
            monotonic.return_value = 1300.5
            with mock.patch.object(podmate_metrics, "report") as report:
                reports.on_log(arguments, now, None, logs=logs)
        return report.call_args.kwargs if report.called else {}

    def test_on_log_has_every_field(self) -> None:
        logs = {"loss": 2.34, "learning_rate": 2e-4, "grad_norm": 1.5, "epoch": 0.5, "reward": 3.0}
        expected = {
            **{"step": 50, "epoch": 0.5, "loss": 2.34, "learning_rate": 2e-4, "grad_norm": 1.5},
            **{"elapsed_seconds": 300, "remaining_seconds": 901, "progress": 25.0},
            **{"samples_per_second": 1.33, "reward": 3.0},
        }
        self.assertEqual(self.logged(logs), expected)
        given = self.logged({"eval_loss": 2.5, "samples_per_second": 9.5})
        self.assertEqual((given["eval_loss"], given["samples_per_second"]), (2.5, 9.5))
        self.assertNotIn("loss", given)

    def test_on_log_guards_against_the_first_step_and_an_unknown_end(self) -> None:
        first = self.logged({"loss": 1.0}, global_step=0)
        self.assertEqual((first["remaining_seconds"], first["progress"]), (None, 0.0))
        endless = self.logged({"loss": 1.0}, max_steps=0)
        self.assertEqual((endless["remaining_seconds"], endless["progress"]), (None, None))

    def test_progress_runs_over_all_stages_and_never_back(self) -> None:
        reports = podmate_metrics._TrainerReports()
        shown = []
        for first, later, most, steps in ((0, 90, 10, (5, 10)), (10, 0, 190, (1, 95, 190))):
            reports.enter(first, later)
            reports.on_train_begin(None, SimpleNamespace(global_step=0), None)
            for step in steps:
                now = SimpleNamespace(global_step=step, max_steps=most)
                shown.append(reports._fields(now)["progress"])
        self.assertEqual(shown, [5, 10, 10, 52.5, 100])  # 11 of 200 would be 5.5

    def test_only_the_end_of_an_epoch_completes_it(self) -> None:
        reports = podmate_metrics._TrainerReports()
        state = {"global_step": 5, "max_steps": 9, "is_world_process_zero": True}
        with (
            mock.patch.object(podmate_metrics, "report"),
            self.assertLogs("podmate_metrics", "INFO") as logs,
        ):
            for epoch in (0.0, 1.0, 1.3, 2.0):
                reports.on_epoch_end(None, SimpleNamespace(**state, epoch=epoch), None)
        said = [line.split("] ")[1] for line in logs.output]
        self.assertEqual(said, ["Epoch 1 is complete", "Epoch 2 is complete"])

    def test_on_log_does_nothing_without_logs_or_a_job_or_on_other_ranks(self) -> None:
        self.assertEqual(self.logged(None), {})
        self.assertEqual(self.logged({}), {})
        self.assertEqual(self.logged({"loss": 1.0}, is_world_process_zero=False), {})
        with mock.patch.dict(os.environ, {"JOB_ID": ""}):
            self.assertEqual(self.logged({"loss": 1.0}), {})


if __name__ == "__main__":
    unittest.main()
