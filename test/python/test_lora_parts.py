"""What a generated fine-tuning script is made of: python -m unittest test_lora_parts (in test/python)"""

import ast
import gzip
import importlib.util
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

HERE = Path(__file__).resolve().parent
TRAINER = HERE.parents[1] / "services" / "trainer" / "python"
LORA = TRAINER / "lora"
FIXTURES = HERE.parent / "fixtures" / "lora"

IS_READY = all(map(importlib.util.find_spec, ("transformers", "peft", "tokenizers")))
if IS_READY:
    sys.path[:0] = [str(FIXTURES), str(LORA), str(TRAINER)]
    import architectures
    import checkpoints
    import dataset
    import deliver
    import features
    import model
    import scores
    from config import CONFIG, Refused
    from tiny_models import KINDS, tokenizer


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
                    self.assertEqual(node.lineno, node.end_lineno, f"{piece}: an import of several lines")
                    self.assertEqual({names.get(one.name) for one in node.names}, {node.module}, piece)


def defined_by(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


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


class Architectures(Parts):
    def test_every_architecture_is_told_from_the_type_of_a_model(self) -> None:
        told = {kind: architectures.detect_architecture_params(kind).modules for kind in KINDS}
        for kind, name in {"phi3": "phi", "gpt2": "gpt", "gpt_neox": "gpt", "gemma": "gemma", "t5": "t5"}.items():
            self.assertEqual(told[kind], architectures.ARCHITECTURES[name].modules)
        self.assertIn("set `architecture`", self.refused(architectures.detect_architecture_params, "mamba"))

    def test_targets_are_parts_that_the_model_has(self) -> None:
        import torch

        parts = torch.nn.ModuleDict({"q_proj": torch.nn.Linear(1, 1), "odd": torch.nn.Linear(1, 1), "norm": torch.nn.LayerNorm(1)})
        llama = architectures.ARCHITECTURES["llama"]
        self.assertEqual(architectures.lora_targets(parts, llama, []), ["q_proj"])
        self.assertEqual(architectures.lora_targets(parts, llama, ["odd"]), ["odd"])
        self.assertIn("no norm: set `target_modules` to some of odd, q_proj", self.refused(architectures.lora_targets, parts, llama, ["odd", "norm"]))
        bert = architectures.ARCHITECTURES["bert"]
        self.assertIn("set `target_modules`", self.refused(architectures.lora_targets, parts, bert, []))


class Dataset(Parts):
    def written(self, text: str | bytes) -> str:
        path = self.folder / "rows"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def test_rows_are_read_in_every_form(self) -> None:
        rows = [
            {"text": "a"},
            {"prompt": "b", "completion": "c"},
            {"instruction": "d", "input": "e", "output": "f"},
            {"messages": [{"role": "user", "content": "g"}, {"role": "assistant", "content": "h"}]},
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        forms = [lines, "\ufeff" + lines, json.dumps(rows), json.dumps({"data": rows}), gzip.compress(lines.encode())]
        for form in forms:
            examples = dataset.load_examples(self.written(form))
            self.assertEqual([(one.prompt, one.text) for one in examples[:3]], [(None, "a"), ("b", "c"), ("d\ne", "f")])
            self.assertEqual(examples[3].messages, rows[3]["messages"])

    def test_what_is_no_row_is_named(self) -> None:
        for text, said in (
            ('{"text":"a"}\n{"text":', "rows:2: "),
            ('{"text":"a"}\n{"txt":"a"}', "row 2 has neither `text`"),
            ('{"text":1}', "it has text"),
            ('{"messages":[{"role":"user","content":"a"}]}', "end with the assistant's"),
            ("[1]", "it has no fields"),
            ("[]", "has no rows"),
            (b"\xff\xfe", "cannot be read"),
        ):
            self.assertIn(said, self.refused(dataset.load_examples, self.written(text)))
        self.assertIn("cannot be read", self.refused(dataset.load_examples, "/no/such/rows"))

    def test_an_address_is_downloaded_once_and_shown_without_its_secrets(self) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404 if "none" in self.path else 200)
                self.end_headers()
                self.wfile.write(b'{"text":"a"}')

            def log_message(self, *_what: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        with mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(self.folder)}):
            for _ in range(2):
                with self.assertLogs("train", "INFO") as logs:
                    dataset.log.info("-")
                    self.assertEqual(len(dataset.load_examples(f"{base}/rows.json?signature=secret")), 1)
                self.assertNotIn("secret", str(logs.output))
            said = self.refused(dataset.load_examples, f"{base}/none?signature=secret")
        self.assertEqual(asked, ["/rows.json?signature=secret", "/none?signature=secret"])
        self.assertIn("cannot be downloaded: HTTP Error 404", said)
        self.assertNotIn("secret", said)
        self.assertEqual(list(self.folder.rglob("*.partial")), [])


class Features(Parts):
    def test_only_what_follows_a_prompt_is_learned(self) -> None:
        tokens = tokenizer()
        example = dataset.Example(prompt="one plus two is", text=" three")
        encoded = features.encode(example, tokens, "CAUSAL_LM", 20)
        learned = [token for token in encoded["labels"] if token != features.IGNORED]
        self.assertEqual(tokens.convert_ids_to_tokens(learned), ["three", "</s>"])
        whole = tokens.convert_ids_to_tokens(encoded["input_ids"])
        self.assertEqual(whole, ["one", "plus", "two", "is", "three", "</s>"])
        self.assertIsNone(features.encode(example, tokens, "CAUSAL_LM", 4))
        self.assertIn("max_length", self.refused(features.encode_all, [example], tokens, "CAUSAL_LM", 4))
        text = features.encode(dataset.Example(text="one plus two"), tokens, "CAUSAL_LM", 20)
        self.assertEqual(text["labels"], text["input_ids"])

    def test_conversations_take_the_form_of_the_model(self) -> None:
        messages = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]
        example = dataset.Example(text="", messages=messages)
        tokens = tokenizer()
        plain = features.with_template(example, tokens)
        self.assertEqual((plain.prompt, plain.text), ("user: one\nassistant: ", "two"))
        tokens.chat_template = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
        templated = features.with_template(example, tokens)
        self.assertEqual((templated.prompt, templated.text), ("<user>one<assistant>", "two"))

    def test_t5_needs_prompts(self) -> None:
        text = dataset.Example(text="one")
        self.assertIn("T5", self.refused(features.encode, text, tokenizer(), "SEQ_2_SEQ_LM", 20))

    def test_the_same_examples_are_held_out_in_every_run(self) -> None:
        examples = [dataset.Example(text=str(i)) for i in range(50)]
        train, held_out = features.split_examples(examples, 0.1, 7)
        self.assertEqual(features.split_examples(examples, 0.1, 7), (train, held_out))
        self.assertEqual((len(train), len(held_out)), (45, 5))
        self.assertEqual({e.text for e in [*train, *held_out]}, {str(i) for i in range(50)})
        self.assertEqual(features.split_examples(examples, 0, 7)[1], [])
        self.assertIn("eval_share", self.refused(features.split_examples, examples[:1], 0.1, 7))


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
        stages = checkpoints.stages_of({"epochs": 3, "stages": [{"name": "a"}, {"name": "b", "epochs": 1}]})
        self.assertEqual([stage["epochs"] for stage in stages], [3, 1])
        self.assertEqual(checkpoints.folder_of(stages, 1), self.folder / "2-b")
        alone = checkpoints.stages_of({"epochs": 3, "stages": []})
        self.assertEqual(checkpoints.folder_of(alone, 0), self.folder)


class Machine(Parts):
    CALM = {"quantization": "none", "optimizer": "adamw_torch", "precision": "auto", "multi_gpu": "none"}

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
        self.assertEqual(deliver.copy_command(Path("/a/b"), "b"), ["rclone", "copy", "--", "/a/b", "s3:bucket/runs/b"])


if __name__ == "__main__":
    unittest.main()
