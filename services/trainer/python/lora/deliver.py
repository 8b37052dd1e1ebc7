"""What becomes of a model that is trained: a folder, the Hugging Face Hub, a bucket."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_token
from transformers import TrainerCallback

from checkpoints import checkpoint_root
from config import CONFIG, Refused, log


def check_destinations() -> None:
    """Raises Refused for what would fail after hours of training."""
    if CONFIG["hf_repo"] and not get_token():
        raise Refused(
            "hf_repo is set, but there is no token: set HF_TOKEN "
            "(in podmate also PASS_SECRETS_TO_TRAINER=HF_TOKEN)"
        )
    if CONFIG["rclone_remote"] and shutil.which("rclone") is None:
        raise Refused("rclone_remote is set, but rclone is not installed: apt-get install rclone")


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


def push(out: Path) -> None:
    """Raises what the Hub or rclone says: a model that was to be delivered and is not is a failure."""
    if CONFIG["hf_repo"]:
        api = HfApi()
        api.create_repo(CONFIG["hf_repo"], private=CONFIG["hf_private"], exist_ok=True)
        api.upload_folder(
            folder_path=str(out), repo_id=CONFIG["hf_repo"], commit_message="Add the trained model"
        )
        log.info("the model is on the Hub: %s", CONFIG["hf_repo"])
    if CONFIG["rclone_remote"]:
        subprocess.run(copy_command(out, out.name), check=True)
        log.info("the model is at %s", CONFIG["rclone_remote"])


def copy_command(folder: Path, name: str) -> list[str]:
    return ["rclone", "copy", "--", str(folder), f"{CONFIG['rclone_remote'].rstrip('/')}/{name}"]


class CopyCheckpoints(TrainerCallback):
    """Copies checkpoints to the bucket while the training goes on, as often as rclone is ready for it."""

    copying: subprocess.Popen | None = None

    def on_save(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        is_free = self.copying is None or self.copying.poll() is not None
        if state.is_world_process_zero and is_free:
            self.copying = subprocess.Popen(copy_command(checkpoint_root(), "checkpoints"))
