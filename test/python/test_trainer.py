"""The chess trainer: python -m unittest test/python/test_trainer.py"""

import contextlib
import gzip
import io
import json
import pickletools
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import torch

TRAINER = Path(__file__).resolve().parents[2] / "services" / "trainer"
sys.path.insert(0, str(TRAINER / "python"))

import train_chess
import training as training_module
from chess_data import PAD, UNK
from checkpoint import load_state
from evaluation import Tally
from next_move_lstm import ModelConfig, NextMoveLSTM

GAMES = 60
SMALL = "--embed-dim 12 --hidden-dim 24 --layers 2 --batch-games 8 --val-games 10 --threads 1"
KEYS = {"vocab", "config", "state_dict", "model_family", "training_objective", "runtime"}
GLOBALS = {"torch._utils _rebuild_tensor_v2", "torch FloatStorage", "collections OrderedDict"}


def setUpModule() -> None:
    global work, data
    work = Path(unittest.enterModuleContext(tempfile.TemporaryDirectory()))
    data = work / "games.jsonl.gz"
    with gzip.open(TRAINER / "data" / "sample-games.jsonl.gz", "rt") as sample:
        lines = [line for line, _ in zip(sample, range(GAMES))]
    with gzip.open(data, "wt") as stream:
        stream.writelines(lines)


def arguments(out: str, extra: str) -> list[str]:
    common = f"--data {data} --cache {work / 'cache'} --out {work / out} --log-steps 1"
    return f"{common} --no-progress {SMALL} {extra}".split()


def run(out: str, extra: str) -> tuple[int, str, str]:
    """The command line in this process: (exit code, stdout, stderr)."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = train_chess.main(arguments(out, extra))
        except SystemExit as exit:
            code = exit.code
    return code, stdout.getvalue(), stderr.getvalue()


def start(out: str, extra: str) -> subprocess.Popen:
    """The command line in its own process, returned once it has trained a few steps."""
    command = [sys.executable, str(TRAINER / "python" / "train_chess.py"), *arguments(out, extra)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if "step 3/" in line:
            return process
    raise AssertionError(f"ended early with {process.wait()}")


def load(path: Path) -> dict:
    return torch.load(path, weights_only=True)


def pickle_globals(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
        ops = list(pickletools.genops(archive.read(name)))
    return {arg for op, arg, _ in ops if op.name == "GLOBAL"} | {
        op.name for op, _, _ in ops if op.name == "STACK_GLOBAL"
    }


class TrainingRun(unittest.TestCase):
    def setUp(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            self.addCleanup(signal.signal, number, signal.getsignal(number))

    def test_loss_falls_and_the_artifact_keeps_its_contract(self) -> None:
        code, out, _ = run("plain", "--epochs 4 --lr 1e-2 --warmup 5")
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("training on 50 games, 10 held out"), out)
        metrics = json.loads((work / "plain" / "metrics.json").read_text())
        self.assertLess(metrics["epochs"][-1]["train_loss"], metrics["epochs"][0]["train_loss"])
        self.assertEqual(metrics["status"], "4 epochs done")
        self.assertLessEqual(
            {"val_loss", "val_top1", "val_top5", "bigram_top1", "legal_first_choice", "lr"},
            metrics["best"].keys(),
        )
        for name in ("best.pt", "last.pt"):
            artifact = load(work / "plain" / name)
            self.assertEqual(artifact.keys(), KEYS)
            self.assertLessEqual(pickle_globals(work / "plain" / name), GLOBALS)
            self.assertEqual((artifact["vocab"]["<PAD>"], artifact["vocab"]["<UNK>"]), (PAD, UNK))
            model = NextMoveLSTM(len(artifact["vocab"]), ModelConfig(**artifact["config"]))
            model.load_state_dict(artifact["state_dict"])  # names and shapes, no board head
            for tensor in artifact["state_dict"].values():
                self.assertTrue(tensor.dtype == torch.float32 and tensor.is_contiguous())
        files = {path.name for path in (work / "plain").iterdir()}
        self.assertEqual(files, {"best.pt", "last.pt", "metrics.json", "train_state.ckpt"})

    def test_features_left_out(self) -> None:
        run("bare", "--epochs 1 --no-winner --no-phase --no-side --legal-weight 0 --board-weight 0")
        artifact = load(work / "bare" / "best.pt")
        shapes = {name: tuple(t.shape) for name, t in artifact["state_dict"].items()}
        self.assertEqual(shapes["classifier.weight"], (len(artifact["vocab"]), 24))
        self.assertEqual(shapes["winner_embed.weight"][0], 4)
        self.assertNotIn("phase_embed.weight", shapes)
        self.assertNotIn("side_to_move_embed.weight", shapes)

    def test_killed_and_resumed_equals_never_killed(self) -> None:
        run("whole", "--epochs 3")
        process = start("killed", "--epochs 3 --save-minutes 0")
        process.kill()
        process.wait()
        process.stdout.close()
        epoch, batch, step = load_state(work / "killed" / "train_state.ckpt")["counters"]
        self.assertEqual(step, epoch * 7 + batch)  # 50 games, 8 a batch
        self.assertGreaterEqual(step, 2)
        code, out, _ = run("killed", "--epochs 3 --resume auto")
        self.assertEqual(code, 0)
        self.assertIn(f"train_state.ckpt at epoch {epoch + 1}", out)
        whole, resumed = (load_state(work / n / "train_state.ckpt") for n in ("whole", "killed"))
        self.assertEqual(resumed["counters"], [3, 0, 21])
        self.assertEqual(resumed["schedule"], whole["schedule"])
        for key in ("net", "optimizer", "rng"):
            torch.testing.assert_close(resumed[key], whole[key], rtol=0, atol=0)

    def test_term_saves_and_exits_143(self) -> None:
        process = start("term", "--epochs 1000")
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=20)[0]
        self.assertEqual(process.returncode, 143)
        self.assertLess(time.monotonic() - asked, 5)
        self.assertTrue(rest.splitlines()[-1].startswith("stopped: "), rest)
        state = load_state(work / "term" / "train_state.ckpt")
        self.assertEqual(load(work / "term" / "last.pt")["runtime"]["steps"], state["counters"][2])

    def test_early_stopping(self) -> None:
        losses = iter([3.0, 2.0, 2.5, 2.5, 1.0])

        def evaluate(*_: object) -> dict[str, float]:
            return {**Tally(positions=1, known=1, early=1).summary(), "val_loss": next(losses)}

        with mock.patch.object(training_module, "evaluate", evaluate):
            _, out, _ = run("early", "--epochs 9 --patience 2 --schedule plateau")
        self.assertIn("no better validation loss for 2 epochs: 4 epochs", out)
        _, again, _ = run("early", "--epochs 9 --patience 2 --schedule plateau --resume auto")
        self.assertIn("no better validation loss for 2 epochs: 4 epochs", again)
        self.assertEqual(load(work / "early" / "best.pt")["runtime"]["epochs"], 2)
        self.assertEqual(load(work / "early" / "last.pt")["runtime"]["epochs"], 4)

    def test_a_time_budget_ends_the_schedule(self) -> None:
        code, out, _ = run("minutes", "--max-minutes 0.03 --patience 0")
        self.assertEqual(code, 0)
        self.assertIn("0.03 minutes are over", out)
        last = json.loads((work / "minutes" / "metrics.json").read_text())["epochs"][-1]
        self.assertLess(last["lr"], 0.2 * 1e-2)


    def test_divergence_ends_in_one_line(self) -> None:
        code, _, err = run("diverged", "--epochs 2 --lr 1e30 --warmup 0")
        self.assertEqual((code, err.count("\n")), (1, 1), err)
        self.assertIn("the loss became nan at step", err)
        self.assertEqual(run("diverged", "--epochs 2 --val-games 59")[0], 0)  # tiny, but trains


    def test_a_start_is_measured_and_only_what_is_better_becomes_best(self) -> None:
        run("begin", "--epochs 3 --warmup 5")
        start = work / "begin" / "last.pt"
        before = json.loads((work / "begin" / "metrics.json").read_text())["epochs"][-1]
        common = f"--epochs 1 --start-from {start} --warmup 0 --lr"
        code, out, _ = run("worse", f"{common} 0.3")
        self.assertEqual(code, 0)
        self.assertIn(f"it begins with a model of validation loss {before['val_loss']:.3f}", out)
        self.assertIn("no epoch was better than the start", out)
        self.assertNotIn("expect a worse model", out)
        best = load(work / "worse" / "best.pt")
        for name, tensor in load(start)["state_dict"].items():
            torch.testing.assert_close(best["state_dict"][name], tensor, rtol=0, atol=1e-6)
        self.assertAlmostEqual(best["runtime"]["metrics"]["val_loss"], before["val_loss"], 4)
        newest = max((work / "worse").glob("*.pt"), key=lambda path: path.stat().st_mtime_ns)
        self.assertEqual(newest.name, "best.pt")
        _, out, _ = run("better", f"{common} 1e-3")
        self.assertIn("best so far", out)
        _, out, err = run("better", f"{common} 1e-3 --resume auto")
        self.assertIn("train_state.ckpt at epoch 2", out)
        _, _, err = run("better", "--epochs 1")
        self.assertIn("holds another training (start-from was ", err)

    def test_a_training_that_is_too_short_is_told_before_it_begins(self) -> None:
        self.assertIn(
            "expect a worse model than the bundled one (top-1 15.8%): this training has 50 games",
            run("short", "--epochs 1")[1],
        )
        self.assertIn("this training has 0.001 minutes", run("brief", "--max-minutes 0.001")[1])


class Errors(unittest.TestCase):
    def refused(self, extra: str, *expected: str) -> None:
        code, _, err = run("errors", extra)
        self.assertEqual(code, 2, err)
        self.assertEqual(err.count("\n"), 1, err)
        for part in ("train_chess.py: ", *expected):
            self.assertIn(part, err)

    def test_bad_lines_name_their_place(self) -> None:
        good = '{"winner":"W","moves":["e2e4","e7e5"]}\n'
        for bad, reason in (
            ("{", "not JSON"),
            ("[]", "expected an object"),
            ('{"winner":"W","moves":[]}', "non-empty list"),
            ('{"moves":["e2e4"]}', "'winner' must be a string"),
            ('{"winner":"W","moves":["e2e4","zz"]}', "move 2 ('zz') is not UCI notation"),
            ('{"winner":"W","moves":["e2e5"]}', "move 1 ('e2e5') is illegal"),
        ):
            path = work / "bad.jsonl"
            path.write_text(good + "\n" + bad + "\n")
            with self.subTest(reason):
                self.refused(f"--data {path}", f"{path}:3: ", reason)

    def test_files_and_options(self) -> None:
        cut = work / "cut.jsonl.gz"
        cut.write_bytes(data.read_bytes()[:2000])
        model = work / "model.ckpt"
        torch.save({}, model)
        for extra, *expected in (
            ("--data /no/such.jsonl", "cannot read /no/such.jsonl", "No such file"),
            (f"--data {cut}", f"cannot read {cut}"),
            (f"--resume {model}", f"{model} is not a training state"),
            (f"--resume {cut}", f"{cut} is unreadable"),
            ("--resume /no/such.ckpt", "/no/such.ckpt does not exist"),
            ("--lr fast", "--lr", "'fast' is not a number"),
            ("--dropout 1", "--dropout", "below 1"),
            ("--epochs 0", "--epochs", "at least 1"),
            ("--speed 3", "--speed"),
            ("--start-from /no/such.pt", "--start-from: there is no file /no/such.pt"),
            (f"--start-from {model}", "is no model of this trainer", "best.pt"),
            ("--start-from bundled", "--embed-dim", "has 64; leave --embed-dim out"),
            ("--val-games 60", "--val-games", "60 games"),
        ):
            with self.subTest(extra):
                self.refused(extra, *expected)

    def test_resuming_another_run_is_refused(self) -> None:
        run("first", "--epochs 1")
        state = work / "first" / "train_state.ckpt"
        self.refused(f"--seed 9 --resume {state}", "cannot resume: seed was 1, now it is 9")


if __name__ == "__main__":
    unittest.main()
