"""What a training begins with: weights that exist (--start-from) instead of random ones."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from chess_data import sha256_of
from next_move_lstm import ModelConfig
from options import OptionError

BUNDLED = Path(__file__).resolve().parents[2] / "inference" / "demo" / "model.pt"


@dataclass(frozen=True)
class StartModel:
    path: Path
    sha256: str
    vocab: dict[str, int]
    config: ModelConfig
    weights: dict[str, Tensor]  # under the names of an exported model


def load_start(source: str | None) -> StartModel | None:
    """The model of --start-from: `bundled`, or a .pt that this trainer wrote. Raises OptionError."""
    if source is None:
        return None
    path = BUNDLED if source == "bundled" else Path(source)
    if not path.is_file():
        raise OptionError(f"--start-from: there is no file {path}")
    try:
        model = torch.load(path, map_location="cpu", weights_only=True)
        config = {name.name: model["config"][name.name] for name in fields(ModelConfig)}
        vocab, weights = dict(model["vocab"]), dict(model["state_dict"])
    except Exception:
        raise OptionError(
            f"--start-from: {path} is no model of this trainer; give its best.pt or last.pt"
        ) from None
    return StartModel(path, sha256_of([path]), vocab, ModelConfig(**config), weights)


def shape_of(options: argparse.Namespace, start: StartModel | None) -> ModelConfig:
    """The model's shape: that of the start, or as the options say. Raises OptionError when both differ."""
    asked = {
        "embed_dim": options.embed_dim,
        "hidden_dim": options.hidden_dim,
        "num_layers": options.layers,
        "dropout": options.dropout,
        "use_winner": False if options.no_winner else None,
        "use_phase": False if options.no_phase else None,
        "use_side_to_move": False if options.no_side else None,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    if start is None:
        return ModelConfig(**{**DEFAULT_SHAPE, **given})
    flags = {"num_layers": "--layers", "use_winner": "--no-winner", "use_phase": "--no-phase"}
    for name, value in given.items():
        own = getattr(start.config, name)
        if name != "dropout" and value != own:
            flag = flags.get(name, f"--{name.replace('_', '-')}")
            flag = "--no-side" if name == "use_side_to_move" else flag
            raise OptionError(f"{flag}: the model of --start-from has {own}; leave {flag} out")
    return ModelConfig(**{**vars(start.config), **given})


DEFAULT_SHAPE = {"embed_dim": 64, "hidden_dim": 448, "num_layers": 1, "dropout": 0.1}
