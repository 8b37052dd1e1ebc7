"""What becomes of a model that is trained: a folder, the Hugging Face Hub, a bucket."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_token
from transformers import TrainerCallback

from config import CONFIG, Refused, log
from identity import Run

RCLONE_NO_FOLDER = 3  # its exit code
RETRY_PAUSES = (5, 30)  # seconds


def check_destinations() -> None:
    """Writes a little to each destination and takes it away again. Raises Refused for what would fail after hours."""
    if CONFIG["hf_repo"] and not get_token():
        raise Refused(
            "hf_repo is set, but there is no token: set HF_TOKEN "
            "(in podmate also PASS_SECRETS_TO_TRAINER=HF_TOKEN)"
        )
    if CONFIG["rclone_remote"] and shutil.which("rclone") is None:
        raise Refused("rclone_remote is set, but rclone is not installed: apt-get install rclone")
    if os.environ.get("RANK", "0") != "0":
        return
    if CONFIG["hf_repo"]:
        try_hub(HfApi(), CONFIG["hf_repo"])
    if CONFIG["rclone_remote"]:
        try_remote(CONFIG["rclone_remote"])


def try_hub(api: HfApi, repo: str) -> None:
    """By a branch in a repository that is there, or by making the one that is not; both are taken away again."""
    try:
        if api.repo_exists(repo):
            branch = f"podmate-write-test-{secrets.token_hex(4)}"
            api.create_branch(repo, branch=branch)
            api.delete_branch(repo, branch=branch)
        else:
            api.create_repo(repo, private=CONFIG["hf_private"])
            api.delete_repo(repo)
    except Exception as error:
        raise Refused(
            f"hf_repo: {repo} cannot be written to: {first_line(error)}; "
            "HF_TOKEN needs a token that may write there"
        ) from None


def try_remote(remote: str) -> None:
    """By a small file; a folder that was not there before is taken away again, too."""
    probe = f"{remote.rstrip('/')}/podmate-write-test-{secrets.token_hex(4)}"
    is_missing = rclone("lsf", "--max-depth", "1", "--", remote).returncode == RCLONE_NO_FOLDER
    written = rclone("rcat", "--", probe, text="podmate")
    if written.returncode != 0:
        reason = (written.stderr.strip().splitlines() or [f"rclone ends with {written.returncode}"])[-1]
        raise Refused(
            f"rclone_remote: {remote} cannot be written to: {reason}; see `rclone config show`"
        )
    rclone("deletefile", "--", probe)
    if is_missing:
        rclone("rmdir", "--", remote)


def rclone(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(["rclone", *words], input=text, capture_output=True, text=True)


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def save_model(trainer: Any, tokenizer: Any, scores: dict[str, float]) -> Path:
    """Puts the model in its place as a whole: a reader sees the one before or this one."""
    out = Path(CONFIG["output_dir"])
    partial, old = (out.with_name(f".{out.name}.{suffix}") for suffix in ("partial", "old"))
    is_first = trainer.is_world_process_zero()
    if is_first:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(partial))
    if is_first:
        if CONFIG["merge_adapter"]:
            shutil.rmtree(partial)
            trainer.accelerator.unwrap_model(trainer.model).merge_and_unload().save_pretrained(
                partial
            )
        tokenizer.save_pretrained(partial)
        (partial / "metrics.json").write_text(json.dumps(scores, indent=2) + "\n")
        if out.exists():
            os.replace(out, old)
        os.replace(partial, out)
        shutil.rmtree(old, ignore_errors=True)
        log.info("the model is in %s", out)
    trainer.accelerator.wait_for_everyone()
    return out


def push(out: Path) -> list[str]:
    """Gives what could not be delivered, a sentence each."""
    failures = []
    if CONFIG["hf_repo"]:
        failures += attempt(f"the Hub, {CONFIG['hf_repo']}", lambda: push_to_hub(out))
    if CONFIG["rclone_remote"]:
        failures += attempt(CONFIG["rclone_remote"], lambda: copy(out, out.name))
    return failures


def push_to_hub(out: Path) -> None:
    api = HfApi()
    api.create_repo(CONFIG["hf_repo"], private=CONFIG["hf_private"], exist_ok=True)
    api.upload_folder(
        folder_path=str(out), repo_id=CONFIG["hf_repo"], commit_message="Add the trained model"
    )


def attempt(where: str, deliver: Callable[[], None]) -> list[str]:
    """Delivers, after a pause again when it fails: what a network does wrong is over after a while."""
    problem = ""
    for pause in (*RETRY_PAUSES, None):
        try:
            deliver()
            log.info("delivered to %s", where)
            return []
        except Exception as error:
            problem = first_line(error)
        if pause is not None:
            log.warning("delivery to %s failed, it is tried again: %s", where, problem)
            time.sleep(pause)
    return [f"delivery to {where} failed: {problem}"]


def copy(folder: Path, name: str) -> None:
    """Raises RuntimeError with what rclone says."""
    done = subprocess.run(copy_command(folder, name), stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"rclone ends with {done.returncode}"]
        raise RuntimeError(said[-1])


def copy_command(folder: Path, name: str) -> list[str]:
    return ["rclone", "copy", "--", str(folder), f"{CONFIG['rclone_remote'].rstrip('/')}/{name}"]


class CopyCheckpoints(TrainerCallback):
    """Copies checkpoints to the bucket while the training goes on, as often as rclone is ready for it."""

    def __init__(self, run: Run) -> None:
        self.folder, self.name = run.root, f"checkpoints/{run.digest[:8]}"
        self.copying: subprocess.Popen | None = None
        self.is_behind = False  # something was saved, or failed, since a copy began

    def on_save(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        if not state.is_world_process_zero:
            return
        self.is_behind = True
        if self.copying is not None and self.copying.poll() is None:
            return
        self.tell()
        self.copying = subprocess.Popen(copy_command(self.folder, self.name))
        self.is_behind = False

    def tell(self) -> None:
        code = None if self.copying is None else self.copying.poll()
        if code:
            log.warning("rclone could not copy checkpoints (exit %d), it is tried again", code)
            self.copying, self.is_behind = None, True

    def finish(self) -> list[str]:
        """Copies what is not copied yet; gives what could not be, as `push` does."""
        if self.copying is not None:
            self.copying.wait()
            self.tell()
        if not self.is_behind:
            return []
        self.is_behind = False
        return attempt(f"{CONFIG['rclone_remote']}, checkpoints", lambda: copy(self.folder, self.name))
