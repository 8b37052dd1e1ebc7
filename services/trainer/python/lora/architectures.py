"""Which parts of a model LoRA adapts, and what the model is trained for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config import Refused

LLAMA_LIKE = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ADAPTABLE = ("Linear", "Conv1D", "Linear4bit", "Linear8bitLt")


@dataclass(frozen=True)
class Architecture:
    model_types: tuple[str, ...]  # the beginnings of model_type in a model's config.json
    modules: tuple[str, ...]  # those that a model has of these are adapted
    task: str  # CAUSAL_LM, SEQ_2_SEQ_LM or MASKED_LM


ARCHITECTURES = {
    "llama": Architecture(("llama", "qwen", "cohere", "olmo", "smollm"), LLAMA_LIKE, "CAUSAL_LM"),
    "mistral": Architecture(("mistral", "ministral", "mixtral"), LLAMA_LIKE, "CAUSAL_LM"),
    "gemma": Architecture(("gemma",), LLAMA_LIKE, "CAUSAL_LM"),
    "phi": Architecture(
        ("phi",),
        (*LLAMA_LIKE, "dense", "fc1", "fc2", "qkv_proj", "gate_up_proj"),
        "CAUSAL_LM",
    ),
    "gpt": Architecture(
        ("gpt", "codegen", "opt"),
        (
            *("c_attn", "c_proj", "c_fc"),  # GPT-2
            *("query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"),  # GPT-NeoX
            *(
                "q_proj",
                "k_proj",
                "v_proj",
                "out_proj",
                "qkv_proj",
                "fc_in",
                "fc_out",
                "fc1",
                "fc2",
            ),
        ),
        "CAUSAL_LM",
    ),
    "bert": Architecture(
        ("bert", "roberta", "xlm-roberta", "distilbert", "electra", "camembert"),
        ("query", "key", "value", "dense", "q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"),
        "MASKED_LM",
    ),
    "t5": Architecture(
        ("t5", "mt5", "umt5", "longt5"),
        ("q", "k", "v", "o", "wi", "wi_0", "wi_1", "wo"),
        "SEQ_2_SEQ_LM",
    ),
}


def detect_architecture_params(model_type: str, wanted: str = "auto") -> Architecture:
    """The architecture that is wanted, or that the model's type tells. Raises Refused."""
    if wanted != "auto":
        return ARCHITECTURES[wanted]
    for architecture in ARCHITECTURES.values():
        if model_type.startswith(architecture.model_types):
            return architecture
    raise Refused(
        f"models of the type '{model_type}' are not known: set `architecture` to one of "
        f"{', '.join(ARCHITECTURES)}, and `target_modules` if its parts have other names"
    )


def lora_targets(model: Any, architecture: Architecture, wanted: list[str]) -> list[str]:
    """The names of the parts of this model that are adapted. Raises Refused when there is none."""
    present = {
        name.rsplit(".", 1)[-1]
        for name, module in model.named_modules()
        if type(module).__name__ in ADAPTABLE
    }
    targets = [name for name in wanted or architecture.modules if name in present]
    missing = [name for name in wanted if name not in present]
    if missing or not targets:
        raise Refused(
            f"the model has no {', '.join(missing or architecture.modules)}: set `target_modules` "
            f"to some of {', '.join(sorted(present))}"
        )
    return targets
