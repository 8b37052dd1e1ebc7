"""What a generated fine-tuning script is made of: python -m unittest test_lora_parts (in test/python)"""

import ast
import json
import math
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lora_case import IS_READY, LORA, TRAINER, Parts

if IS_READY:
    import architectures
    import checkpoints
    import deliver
    import model
    import scores
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

    def resumed(self, given: str, folder: Path) -> Path | None:
        with mock.patch.dict(os.environ, {"RESUME_CHECKPOINT": given}):
            return checkpoints.checkpoint_to_resume(folder)

    def test_the_newest_whole_checkpoint_is_taken(self) -> None:
        self.configured(checkpoint_dir=str(self.folder))
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
        self.configured(checkpoint_dir=str(self.folder))
        first = self.checkpoint("1-one/checkpoint-9")
        second = self.checkpoint("2-two/checkpoint-3")
        elsewhere = Path(self.enterContext(tempfile.TemporaryDirectory())) / "checkpoint-7"
        elsewhere.mkdir()
        (elsewhere / "trainer_state.json").write_text("{}")
        self.assertEqual(self.resumed(str(first), second.parent), second)
        self.assertEqual(self.resumed(str(second), second.parent), second)
        self.assertEqual(self.resumed(str(elsewhere), second.parent), elsewhere)

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
        self.configured(checkpoint_dir=str(self.folder))
        stages = checkpoints.stages_of(
            {"epochs": 3, "stages": [{"name": "a"}, {"name": "b", "epochs": 1}]}
        )
        self.assertEqual([stage["epochs"] for stage in stages], [3, 1])
        self.assertEqual(checkpoints.folder_of(stages, 1), self.folder / "2-b")
        alone = checkpoints.stages_of({"epochs": 3, "stages": []})
        self.assertEqual(checkpoints.folder_of(alone, 0), self.folder)


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


if __name__ == "__main__":
    unittest.main()
