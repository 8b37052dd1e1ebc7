"""What tests of the parts of generated fine-tuning scripts have in common."""

import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
TRAINER = HERE.parents[1] / "services" / "trainer" / "python"
LORA = TRAINER / "lora"

IS_READY = all(map(importlib.util.find_spec, ("transformers", "peft", "tokenizers")))
if IS_READY:
    sys.path[:0] = [str(HERE.parent / "fixtures" / "lora"), str(LORA), str(TRAINER)]
    from config import CONFIG, Refused


@unittest.skipUnless(IS_READY, "transformers and peft are not installed")
class Parts(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def refused(self, call: object, *arguments: object) -> str:
        with self.assertRaises(Refused) as raised:
            call(*arguments)
        return str(raised.exception)

    def configured(self, **values: object) -> None:
        self.enterContext(mock.patch.dict(CONFIG, values))
