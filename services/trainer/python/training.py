"""The training loop: one object holds all that a resumed run needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from chess_data import Batch, collate, epoch_batches, token_table
from checkpoint import STATE_FORMAT, atomic_json, atomic_save, export_artifact, renew
from evaluation import describe, evaluate
from losses import LossWeights, training_loss
from next_move_lstm import TrainingNet
from plan import Corpus, Plan
from podmate_metrics import report
from positions import WINNER_UNKNOWN
from progress import Progress
from reporting import EpochReports, report_epoch
from schedule import Schedule

CLIP_NORM = 1.0
WEIGHT_DECAY = 0.01
HIDDEN_WINNERS = 0.1  # share of positions trained without knowing who won


class DivergedError(Exception):
    """Training cannot go on; what was saved before is still good."""


class Training:
    def __init__(
        self,
        plan: Plan,
        corpus: Corpus,
        net: TrainingNet,
        schedule: Schedule,
        weights: LossWeights,
        report: dict[str, Any],
        started: float,
    ) -> None:
        """`report` heads metrics.json; `started` is the monotonic time the budget runs from."""
        self.plan, self.corpus, self.schedule, self.weights = plan, corpus, schedule, weights
        self.net = net.to(plan.device)
        self.report, self.started = report, started
        self.optimizer = torch.optim.AdamW(
            net.parameters(), lr=schedule.peak, weight_decay=WEIGHT_DECAY
        )
        self.table = token_table(corpus.vocab)
        self.bigram = corpus.bigram.to(plan.device)
        self.epoch = self.batch = self.step = 0  # epochs done, batches done in this one, in all
        self.loss_sum = 0.0
        self.seconds_before = 0.0  # spent by the runs this one resumes
        self.history: list[dict[str, float]] = []
        self.start: dict[str, float] | None = None  # figures of the model it began with

    def seconds(self) -> float:
        return self.seconds_before + time.monotonic() - self.started

    def time_is_up(self) -> bool:
        return self.plan.max_seconds is not None and self.seconds() >= self.plan.max_seconds

    def progress(self, steps_per_epoch: int) -> float:
        """The share of the run behind us, by steps or by time, whichever is further."""
        plan = self.plan
        by_steps = self.step / (plan.epochs * steps_per_epoch) if plan.epochs else 0.0
        by_time = self.seconds() / plan.max_seconds if plan.max_seconds else 0.0
        return max(by_steps, by_time)

    def measure_start(self) -> None:
        """Makes the model that it begins with the one to be better than."""
        self.start = evaluate(self.net, self.held_out_batches(), self.bigram, lambda: False)
        self.schedule.best_loss = self.start["val_loss"]
        self.export(self.plan.out / "best.pt", self.start)

    def run(self, stopped: Callable[[], bool]) -> str:
        """Trains to the end and says why it ended; `stopped` is asked after every step."""
        reason = self.reason_to_end()
        while not reason:
            if not self.train_epoch(stopped) or not self.finish_epoch(stopped):
                self.save()
                return "stopped"
            reason = self.reason_to_end()
        if self.schedule.best_epoch < self.epoch:
            renew(self.plan.out / "best.pt")  # what serves the newest model serves the best one
        return reason

    def reason_to_end(self) -> str:
        plan = self.plan
        if self.history and self.schedule.exhausted:
            return f"no better validation loss for {self.schedule.patience} epochs"
        if plan.epochs and self.epoch >= plan.epochs:
            return f"{plan.epochs} epochs done"
        if self.time_is_up():
            return f"{plan.max_seconds / 60:g} minutes are over"
        return ""

    def train_epoch(self, stopped: Callable[[], bool]) -> bool:
        """Trains what is left of the epoch; false when told to stop."""
        plan, corpus = self.plan, self.corpus
        seed = plan.seed + 1 + self.epoch
        batches = epoch_batches(corpus.games.lengths, corpus.train, plan.batch_games, seed)
        self.net.train()
        saved = time.monotonic()
        reports = EpochReports(self, len(batches))
        bar = Progress(self.epoch + 1, self.batch, len(batches), plan.log_steps, plan.progress_bar)
        with bar:
            while self.batch < len(batches) and not self.time_is_up():
                rate = self.schedule.rate(self.step, self.progress(len(batches)))
                batch = collate(corpus.games, batches[self.batch], self.table)
                loss, gradient = self.train_step(batch, rate)
                reports.step(loss, gradient, rate)
                bar.advance(self.loss_sum / self.batch, rate)
                if stopped():
                    return False
                if time.monotonic() - saved > plan.save_seconds:
                    self.save()
                    saved = time.monotonic()
        return True

    def train_step(self, batch: Batch, rate: float) -> tuple[float, float]:
        """Gives the loss on the moves played and the norm of the gradient."""
        batch = batch.to(self.plan.device)
        hidden = torch.rand(batch.winner.shape, device=batch.winner.device) < HIDDEN_WINNERS
        batch.winner[hidden] = WINNER_UNKNOWN
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast():
            loss, played = training_loss(self.net, batch, self.weights)
        if not loss.isfinite():
            report(step=self.step + 1, loss=loss)
            raise DivergedError(f"the loss became {loss.item()} at step {self.step + 1}")
        loss.backward()
        gradient = nn.utils.clip_grad_norm_(self.net.parameters(), CLIP_NORM)
        self.optimizer.step()
        value = played.item()
        self.loss_sum += value
        self.batch += 1
        self.step += 1
        return value, gradient.item()

    def autocast(self) -> AbstractContextManager:
        return torch.autocast(self.plan.device.type, torch.bfloat16, enabled=self.plan.bfloat16)

    def held_out_batches(self) -> Iterator[Batch]:
        corpus = self.corpus
        size = self.plan.batch_games
        for chosen in epoch_batches(corpus.games.lengths, corpus.held_out, size, seed=0):
            yield collate(corpus.games, chosen, self.table).to(self.plan.device)

    def finish_epoch(self, stopped: Callable[[], bool]) -> bool:
        """Evaluates, records and saves; false when told to stop first."""
        figures = evaluate(self.net, self.held_out_batches(), self.bigram, stopped)
        if figures is None:
            return False
        self.epoch += 1
        report_epoch(self, figures)
        row = {
            "epoch": self.epoch,
            "train_loss": self.loss_sum / max(1, self.batch),
            **figures,
            "lr": self.optimizer.param_groups[0]["lr"],
            "seconds": round(self.seconds(), 1),
        }
        self.history.append(row)
        self.batch, self.loss_sum = 0, 0.0
        best = self.schedule.observe(self.epoch, row["val_loss"])
        self.save(best)
        self.write_metrics("running")
        print(describe(row, best), flush=True)
        return True

    def save(self, best: bool = False) -> None:
        """Writes the models, then the state: a run killed between the two redoes the step."""
        latest = self.history[-1] if self.history else {}
        self.export(self.plan.out / "last.pt", latest)
        if best:
            self.export(self.plan.out / "best.pt", latest)
        elif self.start is not None:
            renew(self.plan.out / "best.pt")  # what serves the newest model serves none that is worse than the start
        atomic_save(self.state(), self.plan.out / "train_state.ckpt")

    def state(self) -> dict[str, Any]:
        cuda = self.plan.device.type == "cuda"
        return {
            "format": STATE_FORMAT,
            "identity": self.plan.identity,
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": asdict(self.schedule),
            "counters": [self.epoch, self.batch, self.step],
            "loss_sum": self.loss_sum,
            "seconds": self.seconds(),
            "history": self.history,
            "start": self.start,
            "rng": torch.get_rng_state(),
            "cuda_rng": torch.cuda.get_rng_state_all() if cuda else [],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule = Schedule(**{**state["schedule"], "patience": self.schedule.patience})
        self.epoch, self.batch, self.step = state["counters"]
        self.loss_sum, self.seconds_before = state["loss_sum"], state["seconds"]
        self.history, self.start = state["history"], state.get("start")
        torch.set_rng_state(state["rng"])
        if state["cuda_rng"] and self.plan.device.type == "cuda":
            torch.cuda.set_rng_state_all(state["cuda_rng"])

    def export(self, path: Path, figures: dict[str, float]) -> None:
        runtime = {
            "training_objective": "single_step_next_move",
            "torch": str(torch.__version__),
            "epochs": self.epoch,
            "steps": self.step,
            "seed": self.plan.seed,
            **{key: self.report[key] for key in ("command", "data_sha256", "train_games")},
            "metrics": figures,
        }
        config = asdict(self.net.model.config)
        export_artifact(path, self.corpus.vocab, config, self.net.artifact_state(), runtime)

    def write_metrics(self, status: str) -> None:
        best = self.schedule.best_epoch
        metrics = {
            **self.report,
            "status": status,
            "hours": round(self.seconds() / 3600, 3),
            "steps": self.step,
            "start": self.start,
            "best": self.history[best - 1] if best else self.start,
            "epochs": self.history,
        }
        atomic_json(metrics, self.plan.out / "metrics.json")
