"""Ends a training in order when it is told to: with a checkpoint to go on from."""

from __future__ import annotations

import signal
import sys
from typing import Any

import torch
from transformers import TrainerCallback

from config import log

EXIT_SIGNAL = 128  # plus the signal's number


class StopOnSignal(TrainerCallback):
    """After SIGTERM or SIGINT the step is ended and saved; a second one ends the program at once."""

    def __init__(self) -> None:
        self.received = 0
        self.is_training = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.receive)

    def receive(self, number: int, _frame: Any) -> None:
        if not self.is_training:
            sys.exit(EXIT_SIGNAL + number)
        self.received = number
        signal.signal(number, signal.SIG_DFL)
        log.info("told to stop: saving a checkpoint after this step")

    def on_train_begin(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        self.is_training = True

    def on_train_end(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        self.is_training = False

    def on_step_end(self, args: Any, state: Any, control: Any, **_more: Any) -> Any:
        if args.world_size > 1:
            self.agree(args.device)
        if self.received:
            control.should_save = control.should_training_stop = True
        return control

    def agree(self, device: torch.device) -> None:
        """All processes stop after the same step."""
        received = torch.tensor(self.received, device=device)
        torch.distributed.all_reduce(received, op=torch.distributed.ReduceOp.MAX)
        self.received = int(received)
