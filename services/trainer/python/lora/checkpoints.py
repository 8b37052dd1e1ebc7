"""Where a training keeps its checkpoints, and which one it goes on from."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from config import CONFIG, log
from identity import Run, difference, read_facts

FINAL = "final"  # the adapter at the end of a stage


def checkpoint_root() -> Path:
    return Path(
        CONFIG["checkpoint_dir"] or os.environ.get("CHECKPOINT_DIR") or "/workspace/checkpoints"
    )


def stages_of(config: dict[str, Any]) -> list[dict[str, Any]]:
    """What each stage does; without `stages` there is one. What a stage does not say is as for all."""
    return [{**config, **stage} for stage in config["stages"]] or [{**config, "name": None}]


def folder_of(root: Path, stages: list[dict[str, Any]], at: int) -> Path:
    name = stages[at]["name"]
    return root if name is None else root / f"{at + 1}-{name}"


def steps_of(folder: Path) -> int:
    """How many steps were done when a stage, or a checkpoint, was saved."""
    return state_of(folder)["global_step"]


def state_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "trainer_state.json").read_text())


def is_complete(checkpoint: Path, stage: dict[str, Any]) -> bool:
    """Whether a stage was trained to its end: the Trainer would do one more step."""
    state = state_of(checkpoint)
    if stage["max_steps"]:
        return state["global_step"] >= stage["max_steps"]
    return (
        state["global_step"] >= state["max_steps"] > 0
        and state["num_train_epochs"] >= stage["epochs"]
    )


def best_of(checkpoint: Path) -> Path:
    """The checkpoint with the lowest loss, where that counts and it is still there."""
    best = Path(state_of(checkpoint).get("best_model_checkpoint") or "")
    return best if CONFIG["early_stopping_patience"] and is_whole(best) else checkpoint


def is_whole(checkpoint: Path) -> bool:
    """trainer_state.json is the last file that is written into a checkpoint."""
    try:
        return isinstance(json.loads((checkpoint / "trainer_state.json").read_text()), dict)
    except (OSError, ValueError):
        return False


def newest_checkpoint(folder: Path) -> Path | None:
    named = [
        path for path in folder.glob("checkpoint-*") if re.fullmatch(r"checkpoint-\d+", path.name)
    ]
    newest_first = sorted(named, key=lambda path: int(path.name.split("-")[1]), reverse=True)
    return next(filter(is_whole, newest_first), None)


def checkpoint_to_resume(folder: Path, run: Run) -> Path | None:
    """RESUME_CHECKPOINT, when it is one of this stage of this training, or else the newest of this stage."""
    given = os.environ.get("RESUME_CHECKPOINT", "")
    if given == "none":
        return None
    if given not in ("", "auto"):
        problem = resume_problem(Path(given), folder, run)
        if problem is None:
            return told(Path(given))
        log.info("[Checkpoint] RESUME_CHECKPOINT (%s) is passed over: %s", given, problem)
    newest = newest_checkpoint(folder)
    return told(newest) if newest else None


def resume_problem(path: Path, folder: Path, run: Run) -> str | None:
    """Why a stage does not go on from a checkpoint."""
    if not is_whole(path):
        return "it is no whole checkpoint"
    is_ours = path.parent.resolve() == folder.resolve()
    if not is_ours and path.resolve().is_relative_to(run.root.resolve()) and folder != run.root:
        return "it is of another stage"
    facts = read_facts(path) or read_facts(path.parent)
    if is_ours or facts == run.facts:
        return None
    if facts is None:
        return "of which training it is is not known"
    return f"it is of another training: {difference(facts, run.facts)}"


def told(path: Path) -> Path:
    log.info("[Checkpoint] Found existing checkpoint, resuming...")
    log.info("[Checkpoint] %s", path)
    return path
