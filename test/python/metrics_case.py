"""What tests of podmate_metrics have in common."""

import os
import sys
import unittest
from pathlib import Path
from unittest import mock

TRAINER = Path(__file__).resolve().parents[2] / "services" / "trainer" / "python"
sys.path.insert(0, str(TRAINER))

import podmate_metrics
from metrics_server import MetricsServer

QUICK = {"PAUSE_SECONDS": (0.05, 0.1), "GATHER_SECONDS": 0.02}


class Reports(unittest.TestCase):
    """Each test with a server of its own, and the module as in a new process."""

    def setUp(self) -> None:
        self.server = MetricsServer()
        self.addCleanup(self.server.go_away)
        self.enterContext(mock.patch.dict(os.environ, self.server.environment))
        os.environ.pop("RANK", None)
        self.enterContext(
            mock.patch.multiple(podmate_metrics, _reporter=None, _strange=set(), **QUICK)
        )
