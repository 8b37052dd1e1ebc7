"""Where a training puts its files, and what it goes on from: never from another training, never over one.

--resume is an order, RESUME_CHECKPOINT is what podmate has found.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkpoint import StateError, load_state, newest_state


@dataclass(frozen=True)
class Place:
    """The folder of a training, and the state in it or elsewhere that it goes on from."""

    out: Path
    found: Path | None = None
    state: dict[str, Any] | None = None


def choose_place(order: str | None, base: Path, identity: dict[str, Any]) -> Place:
    """Raises StateError when --resume cannot be followed; whatever else was found is passed over, and told."""
    if order == "":
        return Place(base)
    if order not in (None, "auto"):
        path = ordered_state(Path(order))
        state = state_of(path, identity)
        return Place(folder_of(base, identity), path, state)
    out = folder_of(base, identity)
    found = os.environ.get("RESUME_CHECKPOINT", "") if order is None else "auto"
    if found in ("", "none"):
        return Place(out)
    if found != "auto":
        try:
            return Place(out, Path(found), state_of(Path(found), identity))
        except StateError as error:
            print(f"RESUME_CHECKPOINT is passed over: {error}", file=sys.stderr)
    newest = newest_state(out)
    return Place(out, newest, state_of(newest, identity)) if newest else Place(out)


def ordered_state(path: Path) -> Path:
    state = newest_state(path) if path.is_dir() else path
    if state is None:
        raise StateError(f"cannot resume: there is no training state (*.ckpt) in {path}")
    return state


def folder_of(base: Path, identity: dict[str, Any]) -> Path:
    """`base`, or a folder in it where `base` holds another training; says so."""
    text = json.dumps(identity, sort_keys=True)
    own = base / f"training-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    newest = newest_state(base)
    if newest_state(own) is not None:
        return own
    if newest is None:
        return base
    try:
        state_of(newest, identity)
        return base
    except StateError as error:
        reason = str(error).removeprefix("cannot resume: ")
        print(f"{base} holds another training ({reason}): this one is in {own}", file=sys.stderr)
        return own


def state_of(path: Path, identity: dict[str, Any]) -> dict[str, Any]:
    """Raises StateError when it is unreadable, or of another training."""
    state = load_state(path)
    saved = state["identity"]
    for name, value in identity.items():
        # Older states do not tell all; none of them began with another model.
        before = saved.get(name, None if name == "start-from" else value)
        if before != value:
            raise StateError(f"cannot resume: {name} was {before}, now it is {value}")
    return state
