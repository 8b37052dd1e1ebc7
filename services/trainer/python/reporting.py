"""Reports a training to podmate; does nothing where no job is given (see podmate_metrics)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from podmate_metrics import report

if TYPE_CHECKING:
    from training import Training


class EpochReports:
    """The numbers of each step of one epoch, and those of its end."""

    def __init__(self, training: Training, steps: int) -> None:
        self.training, self.steps = training, steps
        self.last = time.monotonic()

    def step(self, loss: float, gradient: float, rate: float) -> None:
        training, now = self.training, time.monotonic()
        progress = min(1.0, training.progress(self.steps))
        seconds = training.seconds()
        report(
            step=training.step,
            epoch=round(training.epoch + training.batch / self.steps, 4),
            loss=loss,
            grad_norm=gradient,
            learning_rate=rate,
            samples_per_second=round(training.plan.batch_games / max(1e-9, now - self.last), 1),
            elapsed_seconds=int(seconds),
            remaining_seconds=int(seconds * (1 - progress) / progress) if progress else None,
            progress=round(100 * progress, 2),
        )
        self.last = now


def report_epoch(training: Training, figures: dict[str, float]) -> None:
    """What the evaluation at the end of an epoch found."""
    others = {name: value for name, value in figures.items() if name != "val_loss"}
    report(step=training.step, epoch=training.epoch, eval_loss=figures["val_loss"], **others)
