"""What tells one training from another: all that decides its result, and nothing that may change while it goes on."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import CONFIG, log

IDENTITY_FILE = "training.json"
DECIDING = (
    *("model", "model_revision", "architecture", "target_modules", "quantization", "precision"),
    *("lora_r", "lora_alpha", "lora_dropout", "lora_bias"),
    *("optimizer", "lr_scheduler", "weight_decay", "max_grad_norm", "seed", "eval_share"),
)
DECIDING_IN_STAGE = ("name", "learning_rate", "warmup_steps", "max_length")
SMALL_FILE = 1 << 20


@dataclass(frozen=True)
class Run:
    """A training: where its checkpoints are, and what it is."""

    root: Path
    facts: dict[str, Any]

    @property
    def digest(self) -> str:
        return digest_of(self.facts)

    def owns(self, folder: Path) -> bool:
        return read_facts(folder) == self.facts

    def sign(self, folder: Path) -> None:
        """Says whose the folder is; the last writer of several says the same."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / IDENTITY_FILE).write_text(json.dumps(self.facts, indent=2) + "\n")


def digest_of(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def read_facts(folder: Path) -> dict[str, Any] | None:
    """What a folder says of its training; None when it says nothing."""
    try:
        facts = json.loads((folder / IDENTITY_FILE).read_text())
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def facts_of(stages: list[dict[str, Any]], datasets: list[Path]) -> dict[str, Any]:
    """All that decides the result. `datasets` are the files of the stages."""
    facts = {name: CONFIG[name] for name in DECIDING}
    if Path(CONFIG["model"]).is_dir():
        facts["model_files"] = folder_digest(Path(CONFIG["model"]))
    facts["stages"] = [
        {**{name: stage[name] for name in DECIDING_IN_STAGE}, "dataset": file_digest(path)}
        for stage, path in zip(stages, datasets)
    ]
    return facts


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """Of the names and sizes of a model's files, and of what is in the small ones."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    rows = [
        [path.name, path.stat().st_size, file_digest(path) if path.stat().st_size < SMALL_FILE else ""]
        for path in files
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def choose_run(base: Path, facts: dict[str, Any]) -> Run:
    """The training in `base`, or in a folder of its own there when `base` holds another one's checkpoints."""
    name = re.sub(r"[^\w.-]+", "-", Path(facts["model"]).name).strip("-.") or "training"
    own = Run(base / f"{name}-{digest_of(facts)[:8]}", facts)
    if own.owns(own.root):
        return own
    other = read_facts(base)
    if other == facts or (other is None and not holds_checkpoints(base)):
        return Run(base, facts)
    why = "of which training they are is not known" if other is None else difference(other, facts)
    log.info("[Checkpoint] %s holds another training's checkpoints: %s", base, why)
    log.info("[Checkpoint] those of this one go to %s", own.root)
    return own


def holds_checkpoints(base: Path) -> bool:
    return any(base.glob("checkpoint-*")) or any(base.glob("*/checkpoint-*/trainer_state.json"))


def difference(before: dict[str, Any], now: dict[str, Any]) -> str:
    """The first fact that differs, as a sentence."""
    for name, value in now.items():
        old = before.get(name)
        if isinstance(value, list) and isinstance(old, list) and name == "stages":
            if len(old) != len(value):
                return f"it has {len(old)} stages, this one {len(value)}"
            for one, other in zip(old, value):
                if one != other:
                    stage = f" of stage {other['name']}" if other.get("name") else ""
                    return f"{difference(one, other)}{stage}"
        elif old != value:
            changed = {"dataset": "the dataset has changed", "model_files": "the model has changed"}
            return changed.get(name, f"{name} was {old}, now it is {value}")
    return "it was configured otherwise"
