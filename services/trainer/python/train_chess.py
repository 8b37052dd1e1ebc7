"""Trains a next-move model on chess games and keeps its checkpoints safe to read at any time."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from chess_data import Games, build_vocab, load_games, split_games
from checkpoint import StateError
from evaluation import bigram_table
from expectation import expectation
from losses import LossWeights
from next_move_lstm import NextMoveLSTM, TrainingNet
from options import (
    DEFAULT_EPOCHS,
    EXIT_USAGE,
    SAMPLE,
    SAMPLE_HELD_OUT,
    OptionError,
    fill_in,
    parser,
)
from plan import Corpus, Plan
from positions import DataError
from resuming import choose_place
from schedule import Schedule
from starting import StartModel, load_start, shape_of
from training import DivergedError, Training

EXIT_FAILURE = 1
EXIT_SIGNAL = 128  # plus the signal's number


def pick_device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise OptionError("--device cuda: this machine has no usable CUDA device")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def prepare(
    options: argparse.Namespace, command: str, started: float
) -> tuple[Training, Path | None]:
    """Loads the data and builds everything the loop needs; gives the state that it goes on from, too."""
    device = pick_device(options.device)
    torch.set_num_threads(options.threads)
    start = load_start(options.start_from)
    config = shape_of(options, start)
    cache = options.cache or options.out / "cache"
    games, digest = load_games(options.data, cache, options.threads)
    corpus = make_corpus(games, options, start)
    torch.manual_seed(options.seed)
    net = TrainingNet(NextMoveLSTM(len(corpus.vocab), config), corpus.vocab)
    if start is not None:
        net.start_with(start.weights)
    report = {
        "command": command,
        "data_sha256": digest,
        **corpus_figures(corpus),
        "parameters": sum(p.numel() for p in net.model.parameters()),
        "config": asdict(config),
        "torch": str(torch.__version__),
        **({} if start is None else {"start_sha256": start.sha256}),
    }
    identity = {
        "data": digest,
        "held-out games": len(corpus.held_out),
        **asdict(config),
        "seed": options.seed,
        "batch-games": options.batch_games,
        "start-from": None if start is None else start.sha256,
        "lr": options.lr,
        "schedule": options.schedule,
        "warmup": options.warmup,
        "legal-weight": options.legal_weight,
        "board-weight": options.board_weight,
    }
    place = choose_place(options.resume, options.out, identity)
    training = Training(
        make_plan(options, device, place.out, identity),
        corpus,
        net,
        Schedule(options.schedule, options.lr, options.warmup, options.patience),
        LossWeights(options.legal_weight, options.board_weight),
        report,
        started,
    )
    if place.state is not None:
        training.restore(place.state)
    elif start is not None:
        training.measure_start()
    return training, place.found


def make_corpus(games: Games, options: argparse.Namespace, start: StartModel | None) -> Corpus:
    count = len(games.lengths)
    if options.data == [SAMPLE] and options.val_games is None:
        held = json.loads(SAMPLE_HELD_OUT.read_text())
        train, validation = sorted(set(range(count)) - set(held)), held
    else:
        held_out = options.val_games or min(1000, count // 10)
        if not 0 < held_out < count:
            raise OptionError(
                f"--val-games: {count} games leave no {max(held_out, 1)} to hold out"
            )
        train, validation = split_games(count, held_out, options.seed)
    vocab = build_vocab(games, train) if start is None else start.vocab
    return Corpus(games, train, validation, vocab, bigram_table(games, train, vocab))


def corpus_figures(corpus: Corpus) -> dict[str, int]:
    lengths = corpus.games.lengths
    return {
        "train_games": len(corpus.train),
        "val_games": len(corpus.held_out),
        "train_positions": int(lengths[corpus.train].sum()),
        "val_positions": int(lengths[corpus.held_out].sum()),
        "vocab": len(corpus.vocab),
    }


def make_plan(
    options: argparse.Namespace, device: torch.device, out: Path, identity: dict
) -> Plan:
    endless = options.max_minutes is not None
    return Plan(
        out=out,
        identity=identity,
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
    if training.start is not None:
        figures = training.start
        print(
            f"it begins with a model of validation loss {figures['val_loss']:.3f} and top-1 "
            f"{figures['val_top1']:.1%}: what is no better does not become best.pt",
            flush=True,
        )
    elif expected := expectation(plan, report["train_games"]):
        print(expected, flush=True)


def conclude(training: Training, reason: str) -> None:
    epoch, loss = training.schedule.best_epoch, training.schedule.best_loss
    best = f"best validation loss {loss:.3f} at epoch {epoch}" if epoch else "no epoch finished"
    if not epoch and training.start is not None:
        best = f"no epoch was better than the start (validation loss {loss:.3f}), which is best.pt"
    print(
        f"{reason}: {training.epoch} epochs and {training.step} steps in "
        f"{training.seconds() / 60:.1f} minutes; {best}; files in {training.plan.out}",
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
    training, resumed = prepare(options, command, started)
    announce(training, resumed)
    loading = False
    reason = training.run(lambda: bool(received))
    training.write_metrics(reason)
    conclude(training, reason)
    return EXIT_SIGNAL + received[0] if reason == "stopped" else 0


def main(arguments: list[str]) -> int:
    options = parser(__doc__).parse_args(arguments)
    fill_in(options)
    try:
        return train(options, shlex.join(["train_chess.py", *arguments]))
    except (DataError, OptionError, StateError) as error:
        print(f"train_chess.py: {error}", file=sys.stderr)
        return EXIT_USAGE
    except (DivergedError, OSError) as error:
        print(f"train_chess.py: {error}", file=sys.stderr)
        return EXIT_FAILURE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
