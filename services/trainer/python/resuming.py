"""What a run goes on from: --resume is an order, RESUME_CHECKPOINT is what podmate has found."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkpoint import STATE_SUFFIX, StateError, find_state, load_state
from training import Training


@dataclass(frozen=True)
class Resume:
    path: Path
    state: dict[str, Any]
    is_order: bool


def state_to_resume(order: str | None, out: Path) -> Resume | None:
    """Reads the state that --resume, or else RESUME_CHECKPOINT, asks for. Raises StateError."""
    found = os.environ.get("RESUME_CHECKPOINT", "")
    wanted = order if order is not None else "" if found == "none" else found
    try:
        path = find_state(wanted, out)
        return Resume(path, load_state(path), order is not None) if path else None
    except StateError as error:
        return refuse(error, out, order is not None)


def resume(training: Training, wanted: Resume | None, out: Path) -> Path | None:
    """Puts the training where the state was; gives the file. Raises StateError."""
    if wanted is None:
        return None
    try:
        training.restore(wanted.state)
        return wanted.path
    except StateError as error:
        return refuse(error, out, wanted.is_order)


def refuse(error: StateError, out: Path, is_order: bool) -> None:
    """Lets a training begin anew whose checkpoint was only found, unless it would write over another one."""
    if is_order:
        raise error
    if any(out.glob("*" + STATE_SUFFIX)):
        raise StateError(
            f"RESUME_CHECKPOINT: {error}; with --resume '' it begins anew, over what is in {out}"
        )
    print(f"RESUME_CHECKPOINT is passed over, training begins anew: {error}", file=sys.stderr)
