"""What a generated script makes of its data: python -m unittest test_lora_data (in test/python)"""

import gzip
import json
import os
import sys
import threading
import unittest
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lora_case import IS_READY, Parts

if IS_READY:
    import dataset
    import features
    from tiny_models import tokenizer


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
        forms = [
            lines,
            "\ufeff" + lines,
            json.dumps(rows),
            json.dumps({"data": rows}),
            gzip.compress(lines.encode()),
        ]
        for form in forms:
            examples = dataset.load_examples(Path(self.written(form)))
            self.assertEqual(
                [(one.prompt, one.text) for one in examples[:3]],
                [(None, "a"), ("b", "c"), ("d\ne", "f")],
            )
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
            self.assertIn(said, self.refused(dataset.load_examples, Path(self.written(text))))
        self.assertIn("cannot be read", self.refused(dataset.load_examples, Path("/no/such/rows")))

    def served(self, headers: Callable[[bytes], dict[str, str]]) -> "Served":
        self.enterContext(mock.patch.dict(os.environ, {"XDG_CACHE_HOME": str(self.folder)}))
        return Served(self, headers)

    def test_an_address_is_downloaded_again_when_it_has_changed(self) -> None:
        etag = lambda rows: {"ETag": f'"{hash(rows)}"'}
        date = lambda rows: {"Last-Modified": f"Tue, 01 Dec 2026 12:00:0{len(rows) % 7} GMT"}
        for headers in (etag, date, lambda rows: {}):
            server = self.served(headers)
            for rows in (b'{"text":"a"}', b'{"text":"a"}', b'{"text":"abc"}'):
                server.rows = rows
                path = dataset.local_file(f"{server.base}/rows.json?signature=secret")
                self.assertEqual(path.read_bytes(), rows)
            self.assertEqual(server.sent, [b'{"text":"a"}', b'{"text":"abc"}'])
            self.assertNotIn("secret", str(server.logs.output))
            server.rows = b'{"text":"xyz"}'
            path = dataset.local_file(f"{server.base}/rows.json?signature=secret", refresh=True)
            self.assertEqual(path.read_bytes(), server.rows)

    def test_a_copy_is_used_when_the_address_does_not_answer(self) -> None:
        server = self.served(lambda rows: {})
        address = f"{server.base}/rows.json"
        path = dataset.local_file(address)
        server.status = 500
        self.assertEqual(dataset.local_file(address), path)
        self.assertIn("the copy from before is used", server.logs.output[-1])
        self.assertIn("HTTP Error 500", self.refused(dataset.local_file, address, True))

    def test_what_cannot_be_downloaded_is_refused_without_its_secrets(self) -> None:
        server = self.served(lambda rows: {})
        server.status = 404
        said = self.refused(dataset.local_file, f"{server.base}/none?signature=secret")
        self.assertIn("cannot be downloaded: HTTP Error 404", said)
        self.assertNotIn("secret", said)
        server.status, server.cut = 200, 3
        self.refused(dataset.local_file, f"{server.base}/cut")
        self.assertEqual(list(self.folder.rglob("*.partial")), [])


class Served:
    """A server of one file; `sent` is what it has sent whole."""

    def __init__(self, test: Parts, headers: Callable[[bytes], dict[str, str]]) -> None:
        self.rows, self.status, self.cut, self.sent = b'{"text":"a"}', 200, 0, []
        one = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                given = headers(one.rows)
                marks = {self.headers.get(n) for n in ("If-None-Match", "If-Modified-Since")}
                is_known = bool(marks & set(given.values()))
                self.send_response(304 if is_known else one.status)
                for name, value in given.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(one.rows)))
                self.end_headers()
                if not is_known:
                    self.wfile.write(one.rows[: -one.cut or None])

            def log_message(self, *_what: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.base = f"http://127.0.0.1:{server.server_port}"
        self.logs = test.enterContext(test.assertLogs("train", "INFO"))
        dataset.log.info("-")
        receive = dataset.receive

        def received(answer: object, path: Path) -> None:
            receive(answer, path)
            self.sent.append(path.read_bytes())

        test.enterContext(mock.patch.object(dataset, "receive", received))


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
        self.assertIn(
            "max_length", self.refused(features.encode_all, [example], tokens, "CAUSAL_LM", 4)
        )
        text = features.encode(dataset.Example(text="one plus two"), tokens, "CAUSAL_LM", 20)
        self.assertEqual(text["labels"], text["input_ids"])

    def test_conversations_take_the_form_of_the_model(self) -> None:
        messages = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]
        example = dataset.Example(text="", messages=messages)
        tokens = tokenizer()
        plain = features.with_template(example, tokens)
        self.assertEqual((plain.prompt, plain.text), ("user: one\nassistant: ", "two"))
        tokens.chat_template = (
            "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
            "{% if add_generation_prompt %}<assistant>{% endif %}"
        )
        templated = features.with_template(example, tokens)
        self.assertEqual((templated.prompt, templated.text), ("<user>one<assistant>", "two"))

    def test_t5_needs_prompts(self) -> None:
        tokens = tokenizer()
        encoded = features.encode(
            dataset.Example(prompt="one", text="two"), tokens, "SEQ_2_SEQ_LM", 20
        )
        self.assertEqual(tokens.convert_ids_to_tokens(encoded["labels"]), ["two", "</s>"])
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


if __name__ == "__main__":
    unittest.main()
