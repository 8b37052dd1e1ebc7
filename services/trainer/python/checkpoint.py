"""What training leaves on disk. Every file appears under its name whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import torch

STATE_SUFFIX = ".ckpt"  # not .pt, which servers take for a model
STATE_FORMAT = 1


class StateError(Exception):
    """There is nothing to resume from; the message says why."""


def atomic_write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Writes beside `path` and renames: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Makes a rename survive a power cut; some volumes refuse, which costs only that."""
    try:
        handle = os.open(directory, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def atomic_save(value: Any, path: Path) -> None:
    atomic_write(path, lambda stream: torch.save(value, stream))


def atomic_json(value: Any, path: Path) -> None:
    text = json.dumps(value, indent=2) + "\n"
    atomic_write(path, lambda stream: stream.write(text.encode()))


def renew(path: Path) -> None:
    """Makes a file the newest one."""
    if path.exists():
        os.utime(path)


def export_artifact(
    path: Path,
    vocab: dict[str, int],
    config: dict[str, Any],
    state_dict: dict[str, torch.Tensor],
    runtime: dict[str, Any],
) -> None:
    """Writes the model as inference services read it: plain values and float32 CPU tensors."""
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous().clone()
        for name, tensor in state_dict.items()
    }
    artifact = {
        "vocab": vocab,
        "config": config,
        "state_dict": tensors,
        "model_family": "next_move_lstm",
        "training_objective": "single_step_next_move",
        "runtime": runtime,
    }
    atomic_save(artifact, path)


def newest_state(folder: Path) -> Path | None:
    states = sorted(folder.glob("*" + STATE_SUFFIX), key=lambda path: path.stat().st_mtime_ns)
    return states[-1] if states else None


def load_state(path: Path) -> dict[str, Any]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise StateError(f"cannot resume: {path} does not exist") from None
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StateError(f"cannot resume: {path} is unreadable ({reason})") from None
    if not isinstance(state, dict) or state.get("format") != STATE_FORMAT:
        raise StateError(f"cannot resume: {path} is not a training state (train_state.ckpt)")
    return state
