"""What this training is to do. scripts/make-training-script.ts writes it."""

from __future__ import annotations

import logging
from typing import Any

CONFIG: dict[str, Any] = {}
log = logging.getLogger("train")


class Refused(Exception):
    """This training cannot begin as it is configured; the message says what to change."""
