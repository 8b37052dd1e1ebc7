"""The arguments of Hugging Face's Trainer for one stage."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments

from config import CONFIG
from model import precision


def training_arguments(stage: dict[str, Any], folder: Path) -> TrainingArguments:
    """Make them before the model: DeepSpeed shards what is loaded afterwards."""
    every = (
        {"strategy": "steps", "steps": CONFIG["save_steps"]}
        if CONFIG["save_steps"]
        else {"strategy": "epoch"}
    )
    stops_early = CONFIG["early_stopping_patience"] > 0
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=stage["epochs"],
        max_steps=stage["max_steps"] or -1,
        per_device_train_batch_size=stage["batch_size"],
        per_device_eval_batch_size=stage["batch_size"],
        gradient_accumulation_steps=CONFIG["gradient_accumulation_steps"],
        learning_rate=stage["learning_rate"],
        optim=CONFIG["optimizer"],
        lr_scheduler_type=CONFIG["lr_scheduler"],
        warmup_steps=stage["warmup_steps"],
        weight_decay=CONFIG["weight_decay"],
        max_grad_norm=CONFIG["max_grad_norm"],
        bf16=precision() == "bf16",
        fp16=precision() == "fp16",
        **saving_memory(),
        logging_steps=CONFIG["logging_steps"],
        **{f"save_{name}": value for name, value in every.items()},
        **(
            {f"eval_{name}": value for name, value in every.items()} if CONFIG["eval_share"] else {}
        ),
        save_total_limit=CONFIG["save_total_limit"],
        load_best_model_at_end=stops_early,
        metric_for_best_model="eval_loss" if stops_early else None,
        greater_is_better=False if stops_early else None,
        seed=CONFIG["seed"],
        report_to=CONFIG["report_to"] or "none",
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        use_cpu=not torch.cuda.is_available(),
        disable_tqdm=not sys.stderr.isatty(),
        **sharding(),
    )


def saving_memory() -> dict[str, Any]:
    if not CONFIG["gradient_checkpointing"]:
        return {}
    return {
        "gradient_checkpointing": True,
        "gradient_checkpointing_kwargs": {"use_reentrant": False},
    }


def sharding() -> dict[str, Any]:
    """How a model is divided over several GPUs."""
    if CONFIG["multi_gpu"] == "fsdp":
        return {"fsdp": True, "fsdp_config": {"version": 2}}
    if CONFIG["multi_gpu"] != "deepspeed":
        return {}
    by_trainer = (
        "train_batch_size",
        "train_micro_batch_size_per_gpu",
        "gradient_accumulation_steps",
    )
    return {
        "deepspeed": {
            **dict.fromkeys((*by_trainer, "gradient_clipping"), "auto"),
            **{name: {"enabled": "auto"} for name in ("bf16", "fp16")},
            "zero_optimization": {
                "stage": CONFIG["deepspeed_stage"],
                "overlap_comm": True,
                "contiguous_gradients": True,
            },
        }
    }
