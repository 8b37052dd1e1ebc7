"""Loads a model, in 4 or 8 bits when asked, and puts a LoRA adapter on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
)
from transformers import AutoTokenizer, BitsAndBytesConfig

from architectures import Architecture, lora_targets
from config import CONFIG, Refused, log

CLASSES = {
    "CAUSAL_LM": AutoModelForCausalLM,
    "MASKED_LM": AutoModelForMaskedLM,
    "SEQ_2_SEQ_LM": AutoModelForSeq2SeqLM,
}
NEED_BITSANDBYTES = ("adamw_8bit", "paged_adamw_8bit")


def check_machine() -> None:
    """Raises Refused for what only a GPU can do, before anything is downloaded."""
    if torch.cuda.is_available():
        return
    wants = {
        f"quantization: {CONFIG['quantization']}": CONFIG["quantization"] != "none",
        f"optimizer: {CONFIG['optimizer']}": CONFIG["optimizer"] in NEED_BITSANDBYTES,
        f"precision: {CONFIG['precision']}": CONFIG["precision"] == "fp16",
        f"multi_gpu: {CONFIG['multi_gpu']}": CONFIG["multi_gpu"] == "deepspeed",
    }
    for what in (name for name, is_wanted in wants.items() if is_wanted):
        raise Refused(f"{what} needs an NVIDIA GPU that PyTorch can use, and there is none here")


def precision() -> str:
    """bf16, fp16 or fp32: what is configured, or the best that this machine can do."""
    if CONFIG["precision"] != "auto":
        return CONFIG["precision"]
    if not torch.cuda.is_available():
        return "fp32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"


def source_options() -> dict[str, Any]:
    return {
        "revision": CONFIG["model_revision"] or "main",
        "trust_remote_code": CONFIG["trust_remote_code"],
    }


def model_type() -> str:
    return AutoConfig.from_pretrained(CONFIG["model"], **source_options()).model_type


def load_tokenizer() -> Any:
    tokenizer = AutoTokenizer.from_pretrained(CONFIG["model"], **source_options())
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return tokenizer


def load_model(architecture: Architecture, adapter: Path | None) -> Any:
    """The model with the adapter that is given, or with a new one."""
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision()]
    options = {**source_options(), "dtype": dtype}
    if CONFIG["quantization"] != "none":
        options["quantization_config"] = quantization(dtype)
        options["device_map"] = {"": int(os.environ.get("LOCAL_RANK", "0"))}
    model = CLASSES[architecture.task].from_pretrained(CONFIG["model"], **options)
    model.config.use_cache = not CONFIG["gradient_checkpointing"]
    if CONFIG["quantization"] != "none":
        model = prepare_model_for_kbit_training(
            model, use_gradient_checkpointing=CONFIG["gradient_checkpointing"]
        )
    elif CONFIG["gradient_checkpointing"]:
        model.enable_input_require_grads()
    if adapter is not None:
        return PeftModel.from_pretrained(model, adapter, is_trainable=True)
    return get_peft_model(model, lora(model, architecture))


def quantization(dtype: torch.dtype) -> BitsAndBytesConfig:
    if CONFIG["quantization"] == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def lora(model: Any, architecture: Architecture) -> LoraConfig:
    targets = lora_targets(model, architecture, CONFIG["target_modules"])
    log.info("LoRA adapts %s", ", ".join(targets))
    kinds = {
        type(module).__name__
        for name, module in model.named_modules()
        if name.endswith(tuple(targets))
    }
    return LoraConfig(
        r=CONFIG["lora_r"],
        lora_alpha=CONFIG["lora_alpha"],
        lora_dropout=CONFIG["lora_dropout"],
        target_modules=targets,
        bias=CONFIG["lora_bias"],
        fan_in_fan_out="Conv1D" in kinds,
        task_type=None if architecture.task == "MASKED_LM" else architecture.task,
    )
