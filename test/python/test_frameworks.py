"""The callbacks in real trainers: python -m unittest test_frameworks (in test/python)"""

import contextlib
import importlib.util
import io
import logging
import os
import sys
import tempfile
import unittest
import warnings
from pathlib import Path
from unittest import mock

import torch
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "services" / "trainer" / "python")]

import podmate_metrics
from metrics_server import MetricsServer

STEPS = 40
AWAY = range(10, 25)  # the steps at which nobody takes numbers


class Line(nn.Module):
    """Learns that y is 2 x, with an interface that Hugging Face's Trainer takes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(1, 1)

    def forward(self, x: Tensor, labels: Tensor) -> dict[str, Tensor]:
        return {"loss": nn.functional.mse_loss(self.layer(x), labels)}


def samples(count: int) -> list[dict[str, Tensor]]:
    return [
        {"x": torch.tensor([i / count]), "labels": torch.tensor([2 * i / count])}
        for i in range(count)
    ]


class Frameworks(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.server = MetricsServer()
        self.addCleanup(self.server.go_away)
        self.enterContext(mock.patch.dict(os.environ, self.server.environment))
        quick = {"PAUSE_SECONDS": (0.05, 0.1), "GATHER_SECONDS": 0.02}
        self.enterContext(
            mock.patch.multiple(podmate_metrics, _reporter=None, _strange=set(), **quick)
        )
        self.enterContext(warnings.catch_warnings(action="ignore"))
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)

    def by_step(self) -> dict[int, dict]:
        """What is known of each step: points of the same step complete each other."""
        known: dict[int, dict] = {}
        for point in self.server.points:
            known.setdefault(point["step"], {}).update(point)
        return known


@unittest.skipUnless(importlib.util.find_spec("transformers"), "transformers is not installed")
class HuggingFace(Frameworks):
    def trainer(self, *callbacks: object) -> object:
        from transformers import Trainer, TrainingArguments

        arguments = TrainingArguments(
            output_dir=self.folder,
            max_steps=STEPS,
            per_device_train_batch_size=4,
            logging_steps=1,
            eval_strategy="steps",
            eval_steps=20,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
        )
        return Trainer(
            Line(),
            arguments,
            train_dataset=samples(80),
            eval_dataset=samples(8),
            callbacks=[*callbacks],
        )

    def test_a_trainer_reports_every_step_also_those_while_the_server_was_away(self) -> None:
        from transformers import TrainerCallback

        server = self.server

        class Absence(TrainerCallback):
            def on_step_begin(self, args, state, control, **_more):
                if state.global_step == AWAY.start:
                    server.go_away()
                elif state.global_step == AWAY.stop:
                    server.come()

        self.trainer(podmate_metrics.TrainingMetricsCallback(), Absence()).train()
        self.assertTrue(podmate_metrics.flush(30))
        self.assertEqual(server.steps, sorted(server.steps))
        known = self.by_step()
        self.assertEqual(list(known), list(range(1, STEPS + 1)))
        for name in ("loss", "learning_rate", "grad_norm", "epoch", "elapsed_seconds", "progress"):
            self.assertEqual([step for step, point in known.items() if name not in point], [], name)
        self.assertEqual([step for step, point in known.items() if "eval_loss" in point], [20, 40])
        self.assertEqual(known[STEPS]["progress"], 100)
        self.assertEqual(known[STEPS]["remaining_seconds"], 0)
        self.assertGreater(known[2]["samples_per_second"], 0)

    def test_a_trainer_without_a_job_trains_as_ever(self) -> None:
        with mock.patch.dict(os.environ, {"JOB_ID": ""}):
            result = self.trainer(podmate_metrics.trainer_callback()).train()
        self.assertEqual(result.global_step, STEPS)
        self.assertEqual(self.server.requests, [])


def lightning_is_there() -> bool:
    return any(map(importlib.util.find_spec, ("lightning", "pytorch_lightning")))


@unittest.skipUnless(lightning_is_there(), "PyTorch Lightning is not installed")
class Lightning(Frameworks):
    def test_a_trainer_reports_losses_rates_and_progress(self) -> None:
        import pytorch_lightning
        from torch.utils.data import DataLoader

        class Module(pytorch_lightning.LightningModule):
            def __init__(self) -> None:
                super().__init__()
                self.line = Line()

            def training_step(self, batch, _at):
                return self.line(**batch)["loss"]

            def validation_step(self, batch, _at):
                self.log("val_loss", self.line(**batch)["loss"])

            def configure_optimizers(self):
                return torch.optim.SGD(self.parameters(), lr=0.1)

        trainer = pytorch_lightning.Trainer(
            max_epochs=2,
            accelerator="cpu",
            devices=1,
            log_every_n_steps=2,
            default_root_dir=self.folder,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[podmate_metrics.LightningMetricsCallback()],
        )
        trainer.fit(Module(), DataLoader(samples(40), 4), DataLoader(samples(8), 4))
        self.assertTrue(podmate_metrics.flush(30))
        known = self.by_step()
        self.assertEqual(list(known), list(range(2, 21, 2)))
        self.assertTrue(
            all("loss" in point and point["learning_rate"] == 0.1 for point in known.values())
        )
        self.assertEqual([step for step, point in known.items() if "eval_loss" in point], [10, 20])
        self.assertEqual((known[20]["progress"], known[20]["epoch"]), (100, 2))


if __name__ == "__main__":
    unittest.main()
