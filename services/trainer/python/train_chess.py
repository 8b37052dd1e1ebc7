"""Trains a next-move model on chess games and keeps its checkpoints safe to read at any time."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from chess_data import build_vocab, load_games, split_games
from checkpoint import StateError, find_state, load_state
from evaluation import bigram_table
from losses import LossWeights
from next_move_lstm import ModelConfig, NextMoveLSTM, TrainingNet
from positions import DataError
from schedule import Schedule
from training import Corpus, Plan, Training

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample-games.jsonl.gz"
DEFAULT_OUT = "artifacts/chess-lstm"
DEFAULT_EPOCHS = 30
EXIT_USAGE = 2
EXIT_SIGNAL = 128  # plus the signal's number


class OptionError(Exception):
    """An option cannot be met; the message names it."""


def at_least(convert: type, low: float) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            value = convert(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number") from None
        if not low <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is out of range, at least {low:g} is needed")
        return value

    return parse


def share(text: str) -> float:
    value = at_least(float, 0)(text)
    if value >= 1:
        raise argparse.ArgumentTypeError(f"{text} is out of range, below 1 is needed")
    return value


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    out = os.environ.get("CHECKPOINT_DIR") or DEFAULT_OUT
    count, positive = at_least(int, 0), at_least(int, 1)
    cli = Parser("train_chess.py", description=__doc__, allow_abbrev=False)
    add = cli.add_argument
    add("--data", nargs="+", type=Path, default=[SAMPLE], help="games, .jsonl or .jsonl.gz")
    add("--out", type=Path, default=Path(out), help=f"checkpoints (CHECKPOINT_DIR; {out})")
    add("--cache", type=Path, help="replayed positions (default: cache/ under --out)")
    add("--resume", default=os.environ.get("RESUME_CHECKPOINT", ""), metavar="PATH|auto",
        help="go on from this state, or the newest in --out (RESUME_CHECKPOINT)")
    add("--epochs", type=positive, help=f"default {DEFAULT_EPOCHS}, or as --max-minutes allows")
    add("--max-minutes", type=at_least(float, 0.001), help="end the schedule within this time")
    add("--batch-games", type=positive, default=64)
    add("--lr", type=at_least(float, 1e-9), default=2e-3, help="highest learning rate")
    add("--schedule", choices=("cosine", "plateau"), default="cosine")
    add("--warmup", type=count, default=100, help="steps of rising learning rate")
    add("--patience", type=count, default=5, help="epochs without a better loss; 0: no limit")
    add("--embed-dim", type=positive, default=96)
    add("--hidden-dim", type=positive, default=288)
    add("--layers", type=positive, default=2)
    add("--dropout", type=share, default=0.1)
    add("--legal-weight", type=at_least(float, 0), default=1.0, help="loss on illegal moves")
    add("--board-weight", type=at_least(float, 0), default=1.0, help="loss on unknown squares")
    add("--no-winner", action="store_true", help="do not condition on who won")
    add("--no-phase", action="store_true")
    add("--no-side", action="store_true")
    add("--val-games", type=positive, help="held out (default: 1000, at most a tenth)")
    add("--seed", type=count, default=1)
    add("--threads", type=positive, default=os.cpu_count() or 1)
    add("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add("--bfloat16", action="store_true", help="compute in bfloat16, keep float32 weights")
    add("--save-minutes", type=at_least(float, 0), default=5.0, help="between saves in an epoch")
    add("--log-steps", type=count, default=50, help="between lines when there is no bar")
    add("--no-progress", action="store_true", help="lines instead of a progress bar")
    return cli


def pick_device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise OptionError("--device cuda: this machine has no usable CUDA device")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def model_config(options: argparse.Namespace) -> ModelConfig:
    return ModelConfig(
        embed_dim=options.embed_dim,
        hidden_dim=options.hidden_dim,
        num_layers=options.layers,
        dropout=options.dropout,
        use_winner=not options.no_winner,
        use_phase=not options.no_phase,
        use_side_to_move=not options.no_side,
    )


def prepare(options: argparse.Namespace, command: str, started: float) -> Training:
    """Loads the data and builds everything the loop needs."""
    device = pick_device(options.device)
    torch.set_num_threads(options.threads)
    cache = options.cache or options.out / "cache"
    games, digest = load_games(options.data, cache, options.threads)
    count = len(games.lengths)
    held_out = options.val_games or min(1000, count // 10)
    if not 0 < held_out < count:
        raise OptionError(f"--val-games: {count} games leave no {max(held_out, 1)} to hold out")
    train, validation = split_games(count, held_out, options.seed)
    vocab = build_vocab(games, train)
    corpus = Corpus(games, train, validation, vocab, bigram_table(games, train, vocab))
    torch.manual_seed(options.seed)
    config = model_config(options)
    model = NextMoveLSTM(len(vocab), config)
    parameters = sum(p.numel() for p in model.parameters())
    net = TrainingNet(model, vocab)
    report = {
        "command": command,
        "data_sha256": digest,
        "train_games": len(train),
        "val_games": len(validation),
        "train_positions": int(games.lengths[train].sum()),
        "val_positions": int(games.lengths[validation].sum()),
        "vocab": len(vocab),
        "parameters": parameters,
        "config": asdict(config),
        "torch": str(torch.__version__),
    }
    schedule = Schedule(options.schedule, options.lr, options.warmup, options.patience)
    weights = LossWeights(options.legal_weight, options.board_weight)
    plan = make_plan(options, device, {"data": digest, "held-out games": held_out, **asdict(config)})
    return Training(plan, corpus, net, schedule, weights, report, started)


def make_plan(options: argparse.Namespace, device: torch.device, identity: dict) -> Plan:
    endless = options.max_minutes is not None
    return Plan(
        out=options.out,
        identity={**identity, "seed": options.seed, "batch-games": options.batch_games},
        epochs=options.epochs or (None if endless else DEFAULT_EPOCHS),
        max_seconds=options.max_minutes * 60 if endless else None,
        batch_games=options.batch_games,
        seed=options.seed,
        device=device,
        bfloat16=options.bfloat16,
        save_seconds=options.save_minutes * 60,
        log_steps=options.log_steps,
        progress_bar=sys.stderr.isatty() and not options.no_progress,
    )


def announce(training: Training, resumed: Path | None) -> None:
    plan, report = training.plan, training.report
    length = f"{plan.epochs} epochs" if plan.epochs else ""
    budget = f"{plan.max_seconds / 60:g} minutes" if plan.max_seconds else ""
    since = f", going on from {resumed} at epoch {training.epoch + 1}" if resumed else ""
    print(
        f"training on {report['train_games']} games, {report['val_games']} held out, "
        f"{report['parameters']:,} parameters, at most "
        f"{' and '.join(filter(None, (length, budget)))}, on {plan.device}, into {plan.out}{since}",
        flush=True,
    )


def train(options: argparse.Namespace, command: str) -> int:
    started = time.monotonic()
    received: list[int] = []
    loading = True

    def on_signal(number: int, _frame: Any) -> None:
        if loading:
            sys.exit(EXIT_SIGNAL + number)
        received.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    state_file = find_state(options.resume, options.out)
    state = load_state(state_file) if state_file else None
    training = prepare(options, command, started)
    if state:
        training.restore(state)
    announce(training, state_file)
    loading = False
    reason = training.run(lambda: bool(received))
    training.write_metrics(reason)
    best = training.schedule
    print(
        f"{reason}: {training.epoch} epochs and {training.step} steps in "
        f"{training.seconds() / 60:.1f} minutes; best validation loss {best.best_loss:.3f} "
        f"at epoch {best.best_epoch}; files in {training.plan.out}",
        flush=True,
    )
    return EXIT_SIGNAL + received[0] if reason == "stopped" else 0


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    try:
        return train(options, shlex.join(["train_chess.py", *arguments]))
    except (DataError, OptionError, StateError, OSError) as error:
        print(f"train_chess.py: {error}", file=sys.stderr)
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
