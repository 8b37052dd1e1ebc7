"""The command line of train_chess.py: every option, its default and what it may be."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample-games.jsonl.gz"
SAMPLE_HELD_OUT = SAMPLE.with_name("sample-held-out.json")
DEFAULT_OUT = "artifacts/chess-lstm"
DEFAULT_EPOCHS = 30
# What a training does that begins with random weights, and one that begins with a model.
FROM_NOTHING = {"lr": 1e-2, "warmup": 100, "legal_weight": 1.0, "board_weight": 1.0}
FROM_MODEL = {"lr": 1e-3, "warmup": 10, "legal_weight": 0.0, "board_weight": 0.0}
EXIT_USAGE = 2


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


def defaults(name: str) -> str:
    return f" (default: {FROM_NOTHING[name]:g}, or {FROM_MODEL[name]:g} with --start-from)"


def fill_in(options: argparse.Namespace) -> None:
    """Gives what was not said, and depends on how the training begins."""
    for name, value in (FROM_MODEL if options.start_from else FROM_NOTHING).items():
        if getattr(options, name) is None:
            setattr(options, name, value)


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def parser(description: str) -> Parser:
    out = os.environ.get("CHECKPOINT_DIR") or DEFAULT_OUT
    count, positive = at_least(int, 0), at_least(int, 1)
    cli = Parser("train_chess.py", description=description, allow_abbrev=False)
    add = cli.add_argument
    add("--data", nargs="+", type=Path, default=[SAMPLE], help="games, .jsonl or .jsonl.gz")
    add("--out", type=Path, default=Path(out), help=f"checkpoints (CHECKPOINT_DIR; {out})")
    add("--cache", type=Path, help="replayed positions (default: cache/ under --out)")
    add("--resume", metavar="PATH|auto", help="go on from this state, or the newest in --out; "
        "'' begins anew (default: RESUME_CHECKPOINT, when it is a state that fits)")
    add("--epochs", type=positive, help=f"default {DEFAULT_EPOCHS}, or as --max-minutes allows")
    add("--max-minutes", type=at_least(float, 0.001), help="end the schedule within this time")
    add("--batch-games", type=positive, default=64)
    add("--lr", type=at_least(float, 1e-9), help="highest learning rate" + defaults("lr"))
    add("--schedule", choices=("cosine", "plateau"), default="cosine")
    add("--warmup", type=count, help="steps of rising learning rate" + defaults("warmup"))
    add("--patience", type=count, default=5, help="epochs without a better loss; 0: no limit")
    add("--start-from", metavar="bundled|PATH", help="begin with the weights of the bundled model, "
        "or of a .pt of this trainer; its shape and moves are kept")
    add("--embed-dim", type=positive, help="default 64, or as --start-from")
    add("--hidden-dim", type=positive, help="default 448, or as --start-from")
    add("--layers", type=positive, help="default 1, or as --start-from")
    add("--dropout", type=share, help="default 0.1, or as --start-from")
    weight = at_least(float, 0)
    add("--legal-weight", type=weight, help="loss on illegal moves" + defaults("legal_weight"))
    add("--board-weight", type=weight, help="loss on unknown squares" + defaults("board_weight"))
    add("--no-winner", action="store_true", help="do not condition on who won")
    add("--no-phase", action="store_true")
    add("--no-side", action="store_true")
    add("--val-games", type=positive, help="held out (default: 1000, at most a tenth; "
        "of the sample those that the bundled model has not seen)")
    add("--seed", type=count, default=1)
    add("--threads", type=positive, default=os.cpu_count() or 1)
    add("--device", choices=("auto", "cpu", "cuda"), default="auto")
    add("--bfloat16", action="store_true", help="compute in bfloat16, keep float32 weights")
    add("--save-minutes", type=at_least(float, 0), default=5.0, help="between saves in an epoch")
    add("--log-steps", type=count, default=50, help="between lines when there is no bar")
    add("--no-progress", action="store_true", help="lines instead of a progress bar")
    return cli
