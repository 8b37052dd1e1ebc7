"""What a generated fine-tuning script is made of: python -m unittest test_lora_parts (in test/python)"""

import ast
import json
import math
import os
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lora_case import IS_READY, LORA, TRAINER, Parts

if IS_READY:
    import architectures
    import checkpoints
    import deliver
    import identity
    import model
    import scores
    import train
    from tiny_models import KINDS


class Pieces(unittest.TestCase):
    def test_pieces_share_no_names_and_import_only_what_is_there(self) -> None:
        files = [TRAINER / "podmate_metrics.py", *LORA.glob("*.py")]
        names: dict[str, str] = {}
        trees = {path.stem: ast.parse(path.read_text()) for path in files}
        for piece, tree in trees.items():
            for node in tree.body:
                for name in defined_by(node):
                    self.assertNotIn(name, names, f"{piece} and {names.get(name)} both have {name}")
                    names[name] = piece
        for piece, tree in trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module in trees:
                    self.assertEqual(
                        {names.get(one.name) for one in node.names}, {node.module}, piece
                    )


def defined_by(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [
        name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
    ]


class Architectures(Parts):
    def test_every_architecture_is_told_from_the_type_of_a_model(self) -> None:
        told = {kind: architectures.detect_architecture_params(kind).modules for kind in KINDS}
        for kind, name in {
            "phi3": "phi",
            "gpt2": "gpt",
            "gpt_neox": "gpt",
            "gemma": "gemma",
            "t5": "t5",
        }.items():
            self.assertEqual(told[kind], architectures.ARCHITECTURES[name].modules)
        self.assertIn(
            "set `architecture`", self.refused(architectures.detect_architecture_params, "mamba")
        )

    def test_targets_are_parts_that_the_model_has(self) -> None:
        import torch

        parts = torch.nn.ModuleDict(
            {
                "q_proj": torch.nn.Linear(1, 1),
                "odd": torch.nn.Linear(1, 1),
                "norm": torch.nn.LayerNorm(1),
            }
        )
        llama = architectures.ARCHITECTURES["llama"]
        self.assertEqual(architectures.lora_targets(parts, llama, []), ["q_proj"])
        self.assertEqual(architectures.lora_targets(parts, llama, ["odd"]), ["odd"])
        self.assertIn(
            "no norm: set `target_modules` to some of odd, q_proj",
            self.refused(architectures.lora_targets, parts, llama, ["odd", "norm"]),
        )
        bert = architectures.ARCHITECTURES["bert"]
        self.assertIn(
            "set `target_modules`", self.refused(architectures.lora_targets, parts, bert, [])
        )


class Scores(Parts):
    def test_bleu_and_rouge_are_as_they_are_defined(self) -> None:
        same = ["the cat is on the mat"]
        self.assertAlmostEqual(scores.bleu(same, same), 1)
        self.assertEqual(scores.rouge(same, same), {"rouge1": 1, "rouge2": 1, "rougeL": 1})
        self.assertEqual(scores.bleu(["dog"], same), 0)
        self.assertEqual(scores.rouge(["dog"], same), {"rouge1": 0, "rouge2": 0, "rougeL": 0})
        found = scores.rouge(["the cat sat"], ["the cat was here"])
        self.assertAlmostEqual(found["rouge1"], 4 / 7)
        self.assertAlmostEqual(found["rouge2"], 2 / 5)
        self.assertAlmostEqual(found["rougeL"], 4 / 7)
        # 2 of 3 words, (1+1)/(2+1), (0+1)/(1+1), (0+1)/(0+1); shorter by one word
        expected = math.exp(1 - 4 / 3) * (2 / 3 * 2 / 3 * 1 / 2 * 1) ** 0.25
        self.assertAlmostEqual(scores.bleu(["the cat sat"], ["the cat was here"]), expected)
        self.assertEqual(scores.bleu([""], same), 0)

    def test_perplexity(self) -> None:
        self.assertAlmostEqual(scores.perplexity(0), 1)
        self.assertEqual(scores.perplexity(1e9), math.inf)


class Checkpoints(Parts):
    def checkpoint(self, path: str, **state: object) -> Path:
        folder = self.folder / path
        folder.mkdir(parents=True)
        (folder / "trainer_state.json").write_text(json.dumps({"global_step": 5, **state}))
        return folder

    FACTS = {"model": "tiny", "lora_r": 4}

    def resumed(self, given: str, folder: Path) -> Path | None:
        run = identity.Run(self.folder, self.FACTS)
        with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": given}):
            return checkpoints.checkpoint_to_resume(folder, run)

    def test_the_newest_whole_checkpoint_is_taken(self) -> None:
        self.assertIsNone(self.resumed("", self.folder))
        nine, ten = self.checkpoint("checkpoint-9"), self.checkpoint("checkpoint-10")
        (self.checkpoint("checkpoint-11") / "trainer_state.json").write_text("{")
        (self.folder / "checkpoint-12").mkdir()
        with self.assertLogs("train", "INFO") as logs:
            self.assertEqual(self.resumed("", self.folder), ten)
        self.assertIn("INFO:train:[Checkpoint] Found existing checkpoint, resuming...", logs.output)
        self.assertEqual(self.resumed("auto", self.folder), ten)
        self.assertEqual(self.resumed(str(nine), self.folder), nine)
        self.assertIsNone(self.resumed("none", self.folder))
        self.assertEqual(self.resumed("/no/such/state.ckpt", self.folder), ten)

    def test_a_stage_does_not_go_on_from_another_one(self) -> None:
        first = self.checkpoint("1-one/checkpoint-9")
        second = self.checkpoint("2-two/checkpoint-3")
        self.assertEqual(self.resumed(str(first), second.parent), second)
        self.assertEqual(self.resumed(str(second), second.parent), second)

    def test_a_checkpoint_from_elsewhere_has_to_be_of_this_training(self) -> None:
        outside = Path(self.enterContext(tempfile.TemporaryDirectory()))
        elsewhere = outside / "checkpoint-7"
        elsewhere.mkdir()
        (elsewhere / "trainer_state.json").write_text("{}")
        for facts, said in (
            (None, "of which training it is is not known"),
            ({**self.FACTS, "lora_r": 8}, "of another training: lora_r was 8, now it is 4"),
        ):
            if facts:
                identity.Run(outside, facts).sign(elsewhere)
            with self.assertLogs("train", "INFO") as logs:
                self.assertIsNone(self.resumed(str(elsewhere), self.folder))
            self.assertIn(said, str(logs.output))
        identity.Run(outside, self.FACTS).sign(elsewhere)
        self.assertEqual(self.resumed(str(elsewhere), self.folder), elsewhere)

    def test_a_training_has_a_folder_of_its_own_beside_another_one(self) -> None:
        one, other = self.FACTS, {**self.FACTS, "model": "user/other model"}
        first = identity.choose_run(self.folder, one)
        self.assertEqual(first.root, self.folder)
        first.sign(first.root)
        self.assertEqual(identity.choose_run(self.folder, one), first)
        with self.assertLogs("train", "INFO") as logs:
            second = identity.choose_run(self.folder, other)
        self.assertRegex(second.root.name, r"^other-model-[0-9a-f]{8}$")
        self.assertIn("model was tiny, now it is user/other model", logs.output[0])
        second.sign(second.root)
        (self.folder / "training.json").unlink()
        self.assertEqual(identity.choose_run(self.folder, other), second)
        self.checkpoint("checkpoint-3")
        with self.assertLogs("train", "INFO") as logs:
            self.assertNotEqual(identity.choose_run(self.folder, one).root, self.folder)
        self.assertIn("is not known", logs.output[0])

    def test_what_decides_the_result_tells_trainings_apart(self) -> None:
        rows = self.folder / "rows"
        rows.write_text("a")
        decides = {name: 1 for name in identity.DECIDING}
        stage = {**{name: 1 for name in identity.DECIDING_IN_STAGE}, "name": None}

        def facts(more: dict, in_stage: dict) -> dict:
            with mock.patch.dict(identity.CONFIG, {**decides, "model": "m", **more}):
                return identity.facts_of([{**stage, **in_stage}], [rows])

        first = facts({}, {})
        for same in (
            facts({"output_dir": "o", "logging_steps": 9, "save_steps": 9, "hf_repo": "a/b"}, {}),
            facts({}, {"batch_size": 1, "epochs": 9, "max_steps": 9}),
        ):
            self.assertEqual(same, first)
        for other in (facts({"lora_r": 2}, {}), facts({}, {"learning_rate": 2})):
            self.assertNotEqual(other, first)
        rows.write_text("b")
        changed = facts({}, {})
        self.assertEqual(identity.difference(first, changed), "the dataset has changed")

    def test_a_training_is_complete_when_all_its_steps_are_done(self) -> None:
        at = self.checkpoint("a", max_steps=5, num_train_epochs=3)
        for stage, expected in (
            ({"max_steps": 5, "epochs": 3}, True),
            ({"max_steps": 6, "epochs": 3}, False),
            ({"max_steps": None, "epochs": 3}, True),
            ({"max_steps": None, "epochs": 4}, False),
        ):
            self.assertEqual(checkpoints.is_complete(at, stage), expected)
        half = self.checkpoint("b", max_steps=10, num_train_epochs=3)
        self.assertFalse(checkpoints.is_complete(half, {"max_steps": None, "epochs": 3}))

    def test_stages_have_folders_of_their_own(self) -> None:
        stages = checkpoints.stages_of(
            {"epochs": 3, "stages": [{"name": "a"}, {"name": "b", "epochs": 1}]}
        )
        self.assertEqual([stage["epochs"] for stage in stages], [3, 1])
        self.assertEqual(checkpoints.folder_of(self.folder, stages, 1), self.folder / "2-b")
        alone = checkpoints.stages_of({"epochs": 3, "stages": []})
        self.assertEqual(checkpoints.folder_of(self.folder, alone, 0), self.folder)


class Machine(Parts):
    CALM = {
        "quantization": "none",
        "optimizer": "adamw_torch",
        "precision": "auto",
        "multi_gpu": "none",
    }

    def test_what_needs_a_gpu_is_refused_without_one(self) -> None:
        self.enterContext(mock.patch("torch.cuda.is_available", return_value=False))
        for name, value in (
            ("quantization", "4bit"),
            ("quantization", "8bit"),
            ("optimizer", "paged_adamw_8bit"),
            ("precision", "fp16"),
            ("multi_gpu", "deepspeed"),
        ):
            self.configured(**{**self.CALM, name: value})
            self.assertEqual(
                self.refused(model.check_machine),
                f"{name}: {value} needs an NVIDIA GPU that PyTorch can use, and there is none here",
            )
        self.configured(**self.CALM)
        model.check_machine()

    def test_what_cannot_be_delivered_is_refused_before_the_training(self) -> None:
        self.configured(hf_repo="user/model", rclone_remote=None)
        with mock.patch.object(deliver, "get_token", return_value=None):
            self.assertIn("set HF_TOKEN", self.refused(deliver.check_destinations))
        self.configured(hf_repo=None, rclone_remote="s3:bucket/runs/")
        with mock.patch.dict(os.environ, {"PATH": "/no/such"}):
            self.assertIn("rclone is not installed", self.refused(deliver.check_destinations))
        self.assertEqual(
            deliver.copy_command(Path("/a/b"), "b"),
            ["rclone", "copy", "--", "/a/b", "s3:bucket/runs/b"],
        )


RCLONE = """#!/bin/sh
# rclone for folders: a remote like here:/folder; refuses while /folder.closed is there
for last; do :; done
path=${last#here:}
echo "$*" >> "$CALLS"
case $1 in
  lsf) [ -d "$path" ] || exit 3 ;;
  rcat) [ ! -e "$ROOT.closed" ] || { echo 'NOTICE: x' >&2; echo 'AccessDenied: no' >&2; exit 1; }
    mkdir -p "$(dirname "$path")" && cat > "$path" ;;
  deletefile) rm "$path" ;;
  rmdir) rmdir "$path" ;;
  copy) [ ! -e "$ROOT.closed" ] || { rm "$ROOT.closed.once" 2>/dev/null && rm "$ROOT.closed"; echo 'AccessDenied: no' >&2; exit 1; }
    mkdir -p "$path" && cp -r "$3/." "$path" ;;
esac
"""


class Destinations(Parts):
    def setUp(self) -> None:
        super().setUp()
        program = self.folder / "bin" / "rclone"
        program.parent.mkdir()
        program.write_text(RCLONE)
        program.chmod(0o755)
        self.remote = self.folder / "bucket"
        self.closed = self.folder / "bucket.closed"
        self.out = self.folder / "model"
        self.out.mkdir()
        (self.out / "weights").write_text("w")
        self.enterContext(
            mock.patch.dict(
                os.environ,
                {
                    "PATH": f"{program.parent}:{os.environ['PATH']}",
                    "ROOT": str(self.remote),
                    "CALLS": str(self.folder / "calls"),
                },
            )
        )
        self.enterContext(mock.patch.object(deliver, "RETRY_PAUSES", (0, 0)))
        self.configured(hf_repo=None, rclone_remote=f"here:{self.remote}")

    def test_a_bucket_is_tried_before_training_and_left_as_it_was(self) -> None:
        deliver.check_destinations()
        self.assertFalse(self.remote.exists())
        self.remote.mkdir()
        (self.remote / "mine").write_text("")
        deliver.check_destinations()
        self.assertEqual([path.name for path in self.remote.iterdir()], ["mine"])
        self.closed.touch()
        said = self.refused(deliver.check_destinations)
        self.assertIn(f"rclone_remote: here:{self.remote} cannot be written to: AccessDenied", said)

    def test_a_copy_that_fails_is_tried_again_and_then_told(self) -> None:
        self.closed.touch()
        (self.folder / "bucket.closed.once").touch()
        with self.assertLogs("train", "WARNING") as logs:
            self.assertEqual(deliver.push(self.out), [])
        self.assertIn("it is tried again: AccessDenied: no", str(logs.output))
        self.assertEqual((self.remote / "model" / "weights").read_text(), "w")
        self.closed.touch()
        self.assertEqual(
            deliver.push(self.out),
            [f"delivery to here:{self.remote} failed: AccessDenied: no"],
        )

    def test_checkpoints_that_could_not_be_copied_are_copied_at_the_end(self) -> None:
        run = identity.Run(self.out, {"model": "m"})
        copies = deliver.CopyCheckpoints(run)
        state = mock.Mock(is_world_process_zero=True)
        self.assertEqual(copies.finish(), [])
        self.closed.touch()
        (self.folder / "bucket.closed.once").touch()
        copies.on_save(None, state, None)
        self.assertEqual(copies.finish(), [])
        there = self.remote / "checkpoints" / run.digest[:8] / "weights"
        self.assertEqual(there.read_text(), "w")
        self.closed.touch()
        copies.on_save(None, state, None)
        self.assertEqual(len(copies.finish()), 1)


class Hub(Parts):
    """A stand-in for the Hub's API: repositories, and who may write."""

    def setUp(self) -> None:
        super().setUp()
        asked, repos = self.asked, self.repos = [], {"me/there"}

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                path = self.path.removeprefix("/api/")
                repo = path.removeprefix("models/").split("/branch/")[0]
                asked.append(f"{self.command} {path.split('podmate-write-test')[0]}")
                status = 200
                if self.command == "GET":
                    status = 200 if repo in repos else 404
                elif "may-not" in f"{repo}{body.get('name')}":
                    status = 403
                elif path == "repos/create":
                    repos.add(f"{body.get('organization') or 'me'}/{body['name']}")
                elif path == "repos/delete":
                    repos.discard(f"{body.get('organization') or 'me'}/{body['name']}")
                said = json.dumps({"id": repo, "name": "me", "url": f"{url}/me/new"}).encode()
                self.send_response(status)
                if status == 404:
                    self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = do_DELETE = answer

            def log_message(self, *_what: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        url = f"http://127.0.0.1:{server.server_port}"
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.api = deliver.HfApi(endpoint=url, token="hf_a-token")
        self.configured(hf_private=True)

    def test_a_repository_is_tried_before_training_and_left_as_it_was(self) -> None:
        deliver.try_hub(self.api, "me/there")
        changes = [one for one in self.asked if not one.startswith("GET")]
        branch = "models/me/there/branch/"
        self.assertEqual(changes, [f"POST {branch}", f"DELETE {branch}"])
        deliver.try_hub(self.api, "me/new")
        self.assertEqual(self.repos, {"me/there"})
        self.assertEqual(self.asked[-2:], ["POST repos/create", "DELETE repos/delete"])
        said = self.refused(deliver.try_hub, self.api, "me/may-not")
        self.assertIn("hf_repo: me/may-not cannot be written to: ", said)
        self.assertIn("HF_TOKEN needs a token that may write there", said)


class Stages(Parts):
    def test_steps_of_a_stage_are_known_from_its_rows(self) -> None:
        self.configured(eval_share=0.1, gradient_accumulation_steps=2)
        stage = {"max_steps": None, "examples": [None] * 100, "batch_size": 4, "epochs": 1.5}
        self.assertEqual(train.planned_steps(stage, 2), 9)  # 90 rows, 12 batches, 6 an epoch
        self.assertEqual(train.planned_steps({**stage, "max_steps": 7}, 1), 7)


if __name__ == "__main__":
    unittest.main()
