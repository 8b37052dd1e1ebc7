"""What a training is asked to do, and with which games."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from chess_data import Games


@dataclass(frozen=True)
class Plan:
    """What is asked for; `identity` must not change when a run is resumed."""

    out: Path
    identity: dict[str, Any]  # data sha256, split, seed, batch size, model
    epochs: int | None
    max_seconds: float | None
    batch_games: int
    seed: int
    device: torch.device
    bfloat16: bool
    save_seconds: float
    log_steps: int
    progress_bar: bool


@dataclass(frozen=True)
class Corpus:
    games: Games
    train: list[int]
    held_out: list[int]
    vocab: dict[str, int]
    bigram: Tensor
