"""Reads the training data: JSON or JSON Lines, from a file or an address."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import shutil
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import Refused, log

DOWNLOAD_SECONDS = 60  # without a byte
MARKS = ("ETag", "Last-Modified", "Content-Length")


@dataclass(frozen=True)
class Example:
    """A text to learn, or one to learn after a prompt; messages become either with the model's template."""

    text: str
    prompt: str | None = None
    messages: list[dict[str, str]] | None = None


def local_file(source: str, refresh: bool = False) -> Path:
    """A path as it is, or the file of an address. Raises Refused when it cannot be had."""
    is_address = source.startswith(("http://", "https://"))
    return download(source, refresh) if is_address else Path(source)


def load_examples(path: Path) -> list[Example]:
    """Raises Refused when the file cannot be read, or a row is none that can be learned."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise Refused(f"dataset: {path} cannot be read: {error}") from None
    examples = [
        example_of(row, f"{path}: row {at}") for at, row in enumerate(rows_of(text, path), 1)
    ]
    if not examples:
        raise Refused(f"dataset: {path} has no rows")
    return examples


def download(address: str, refresh: bool) -> Path:
    """The file of an address: the copy of an earlier run, unless it has changed since. Its name tells nothing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "podmate-datasets"
    path = cache / hashlib.sha256(address.encode()).hexdigest()[:24]
    marks_path = path.with_suffix(".json")
    shown = (
        urllib.parse.urlsplit(address)
        ._replace(query="", fragment="", netloc=host_of(address))
        .geturl()
    )
    marks = read_marks(marks_path) if path.exists() and not refresh else None
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(request_for(address, marks), timeout=DOWNLOAD_SECONDS) as answer:
            now = {name: answer.headers.get(name) for name in MARKS}
            if marks is not None and is_same(marks, now):
                log.info("dataset: %s has not changed since it was downloaded", shown)
                return path
            if marks is not None:
                log.info("dataset: %s has changed, it is downloaded again", shown)
            receive(answer, path)
        marks_path.write_text(json.dumps(now))
    except (OSError, ValueError, http.client.HTTPException) as error:
        if marks is None:
            raise Refused(f"dataset: {shown} cannot be downloaded: {error}") from None
        if getattr(error, "code", None) == 304:
            log.info("dataset: %s has not changed since it was downloaded", shown)
        else:
            log.warning("dataset: %s cannot be had (%s): the copy from before is used", shown, error)
    return path


def request_for(address: str, marks: dict[str, str | None] | None) -> urllib.request.Request:
    request = urllib.request.Request(address, headers={"User-Agent": "podmate"})
    if urllib.parse.urlsplit(address).hostname == "huggingface.co" and os.environ.get("HF_TOKEN"):
        request.add_unredirected_header("Authorization", f"Bearer {os.environ['HF_TOKEN']}")
    for name, header in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
        if marks and marks.get(name):
            request.add_header(header, str(marks[name]))
    return request


def read_marks(path: Path) -> dict[str, str | None]:
    """What the server said of the copy; empty when that was not kept."""
    try:
        marks = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return marks if isinstance(marks, dict) else {}


def is_same(before: dict[str, str | None], now: dict[str, str | None]) -> bool:
    """Whether what a server says of a file tells that it is the copy: by ETag, or else by date and size."""
    if before.get("ETag") and now["ETag"]:
        return before["ETag"] == now["ETag"]
    told = [name for name in ("Last-Modified", "Content-Length") if now[name]]
    return told != [] and all(before.get(name) == now[name] for name in told)


def receive(answer: Any, path: Path) -> None:
    """Puts what is received in its place as a whole."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            shutil.copyfileobj(answer, file)
        expected = answer.headers.get("Content-Length")
        if expected and partial.stat().st_size != int(expected):
            raise OSError(f"{partial.stat().st_size} of {expected} bytes came")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def host_of(address: str) -> str:
    return urllib.parse.urlsplit(address).netloc.rsplit("@", 1)[-1]


def rows_of(text: str, path: Path) -> list[Any]:
    """The rows of a JSON array, of the list in a JSON object, or one from each line."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [
            parse_line(line, f"{path}:{at}")
            for at, line in enumerate(text.split("\n"), 1)
            if line.strip()
        ]
    if isinstance(whole, dict):
        lists = [
            whole[name] for name in ("data", "train", "rows") if isinstance(whole.get(name), list)
        ]
        return lists[0] if lists else [whole]
    return whole if isinstance(whole, list) else [whole]


def parse_line(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise Refused(f"dataset: {where}: {error.msg} at column {error.colno}") from None


def example_of(row: Any, where: str) -> Example:
    row = row if isinstance(row, dict) else {}
    if is_conversation(row.get("messages")):
        messages = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
        return Example(text="", messages=messages)
    for prompt, completion in (
        ("prompt", "completion"),
        ("instruction", "output"),
        ("instruction", "response"),
    ):
        if all(isinstance(row.get(name), str) for name in (prompt, completion)):
            extra = row.get("input")
            more = f"\n{extra}" if isinstance(extra, str) and extra else ""
            return Example(text=row[completion], prompt=row[prompt] + more)
    if isinstance(row.get("text"), str):
        return Example(text=row["text"])
    raise Refused(
        f"dataset: {where} has neither `text`, nor `prompt` and `completion`, nor `messages` that end with "
        f"the assistant's; it has {', '.join(map(str, row)) or 'no fields'}"
    )


def is_conversation(messages: Any) -> bool:
    return (
        isinstance(messages, list)
        and len(messages) > 0
        and all(
            isinstance(m, dict)
            and isinstance(m.get("role"), str)
            and isinstance(m.get("content"), str)
            for m in messages
        )
        and messages[-1]["role"] == "assistant"
    )
