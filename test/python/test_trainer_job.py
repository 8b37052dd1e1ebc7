"""The chess trainer as a job of podmate: python -m unittest test_trainer_job (in test/python)"""

import os
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import test_trainer
from metrics_case import podmate_metrics
from metrics_server import MetricsServer
from test_trainer import run

setUpModule = test_trainer.setUpModule  # games, and a folder to train in


class Job(unittest.TestCase):
    def test_a_checkpoint_that_was_only_found_is_taken_when_it_fits(self) -> None:
        run("found", "--epochs 1")
        state = test_trainer.work / "found" / "train_state.ckpt"
        model = test_trainer.work / "found" / "best.pt"
        with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": str(state)}):
            _, out, _ = run("found", "--epochs 2")
            self.assertIn("train_state.ckpt at epoch 2", out)
            code, out, errors = run("other", "--epochs 1 --seed 9")
            self.assertEqual(code, 0)
            self.assertIn("is passed over: cannot resume: seed was 1, now it is 9", errors)
        for path in (model, "/no/such.ckpt"):
            with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": str(path)}):
                code, _, errors = run(f"beside {Path(path).name}".replace(" ", "-"), "--epochs 1")
                self.assertEqual(code, 0)
                self.assertIn("RESUME_CHECKPOINT is passed over", errors)

    def test_another_training_in_the_same_folder_is_neither_resumed_nor_written_over(self) -> None:
        base = test_trainer.work / "shared"
        run("shared", "--epochs 1")
        files = {path: path.read_bytes() for path in base.iterdir() if path.is_file()}
        for found, changed in (
            (str(base / "train_state.ckpt"), "--seed 9"),
            ("none", "--hidden-dim 20"),
            ("", "--lr 1e-3"),
        ):
            with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": found}):
                code, out, errors = run("shared", f"--epochs 1 {changed}")
                self.assertEqual(code, 0, errors)
                self.assertIn(f"{base} holds another training (", errors)
                self.assertIn("epoch 1: train", out)
        own = sorted(base.glob("training-*/train_state.ckpt"))
        self.assertEqual(len(own), 3)
        self.assertEqual({path: path.read_bytes() for path in files}, files)
        with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": str(base / "train_state.ckpt")}):
            _, out, _ = run("shared", "--epochs 2 --seed 9")  # it finds its own
        self.assertRegex(out, r"going on from \S+/training-\w{8}/train_state.ckpt at epoch 2")
        with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": str(own[0])}):
            _, out, _ = run("shared", "--epochs 2 --patience 7")  # what does not decide the result
        self.assertIn(f"going on from {base}/train_state.ckpt at epoch 2", out)

    def test_every_step_is_reported(self) -> None:
        server = MetricsServer()
        self.addCleanup(server.go_away)
        fresh = mock.patch.object(podmate_metrics, "_reporter", None)
        with fresh, mock.patch.dict(os.environ, server.environment):
            self.assertEqual(run("reported", "--epochs 2")[0], 0)
            self.assertTrue(podmate_metrics.flush(30))
        known: dict[int, dict] = {}
        for point in server.points:
            known.setdefault(point["step"], {}).update(point)
        self.assertEqual(list(known), list(range(1, 15)))  # 50 games, 8 a batch
        self.assertEqual([step for step, point in known.items() if "eval_loss" in point], [7, 14])
        names = ("loss", "grad_norm", "learning_rate", "samples_per_second", "elapsed_seconds")
        self.assertTrue(all(name in point for point in known.values() for name in names))
        self.assertEqual((known[14]["progress"], known[14]["epoch"]), (100, 2))


if __name__ == "__main__":
    unittest.main()
