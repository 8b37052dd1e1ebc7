"""What can be expected of a training, told before it begins: by how the bundled model was trained."""

from __future__ import annotations

import json

from plan import Plan
from starting import BUNDLED


def expectation(plan: Plan, games: int) -> str:
    """A sentence when a training from nothing is shorter than the bundled model's was; else empty.

    `games` are those of an epoch.
    """
    try:
        record = json.loads(BUNDLED.with_name("metrics.json").read_text())
    except OSError:
        return ""  # the trainer was copied without the model
    best, first = record["best"], record["epochs"][0]
    needed = best["epoch"] * record["train_games"]
    asked = plan.epochs * games if plan.epochs else None
    is_short = asked is not None and asked < needed
    is_hasty = (
        plan.device.type == "cpu"
        and plan.max_seconds is not None
        and plan.max_seconds < best["seconds"]
    )
    if not is_short and not is_hasty:
        return ""
    length = f"{asked:,} games" if is_short else f"{plan.max_seconds / 60:g} minutes"
    other = f"{needed:,} games" if is_short else f"{best['seconds'] / 60:.0f} minutes on 2 cores"
    return (
        f"expect a worse model than the bundled one (top-1 {best['val_top1']:.1%}): this training has "
        f"{length}, that one had {other}, and top-1 {first['val_top1']:.1%} after its first "
        f"{record['train_games']:,} games; --start-from bundled begins where that one ended"
    )
