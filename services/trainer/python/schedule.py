"""The learning rate, and when to give up waiting for a better validation loss."""

from __future__ import annotations

import math
from dataclasses import dataclass

PLATEAU_FACTOR = 0.5
PLATEAU_EPOCHS = 2  # epochs without improvement before the rate is cut
COSINE_FLOOR = 0.01  # of the peak rate


@dataclass
class Schedule:
    kind: str  # "cosine" or "plateau"
    peak: float  # highest learning rate
    warmup: int  # steps of linear rise from zero
    patience: int  # epochs without improvement before stopping; 0 never stops
    scale: float = 1.0  # what plateaus have left of the peak
    best_loss: float = math.inf
    best_epoch: int = 0
    stale_epochs: int = 0

    def rate(self, step: int, progress: float) -> float:
        """The rate for step 0, 1, ...; `progress` is the share of the run behind us, 0 to 1."""
        rise = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        if self.kind == "plateau":
            return self.peak * self.scale * rise
        fall = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
        return self.peak * rise * (COSINE_FLOOR + (1 - COSINE_FLOOR) * fall)

    def observe(self, epoch: int, loss: float) -> bool:
        """Notes an epoch's validation loss; true when it is the best so far."""
        if loss < self.best_loss:
            self.best_loss, self.best_epoch, self.stale_epochs = loss, epoch, 0
            return True
        self.stale_epochs += 1
        if self.kind == "plateau" and self.stale_epochs % PLATEAU_EPOCHS == 0:
            self.scale *= PLATEAU_FACTOR
        return False

    @property
    def exhausted(self) -> bool:
        return 0 < self.patience <= self.stale_epochs
