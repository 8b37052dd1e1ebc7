"""What gpu-check asks of Python: `facts`, `tiny FOLDER`, `trained FOLDER`, `precision`. Answers as one line of JSON."""

import importlib.metadata
import json
import sys
from pathlib import Path

PACKAGES = ("torch", "transformers", "peft", "accelerate", "bitsandbytes", "deepspeed")
NUMBERS = "zero one two three four five six seven eight nine".split()
ROWS = [
    {"prompt": f"{a} plus {b} is", "completion": f" {NUMBERS[(i + j) % 10]}"}
    for i, a in enumerate(NUMBERS)
    for j, b in enumerate(NUMBERS)
]


def version_of(name: str) -> "str | None":
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def facts(_folder: Path) -> dict:
    packages = {name: version_of(name) for name in PACKAGES}
    if packages["torch"] is None:
        return {"packages": packages, "cuda": None, "gpus": [], "bf16": False, "built_for": []}
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    gpus = [
        "{} ({}.{})".format(torch.cuda.get_device_name(at), *torch.cuda.get_device_capability(at))
        for at in range(count)
    ]
    return {
        "packages": packages,
        "cuda": torch.version.cuda,
        "gpus": gpus,
        "bf16": count > 0 and torch.cuda.is_bf16_supported(),
        "built_for": torch.cuda.get_arch_list() if count > 0 else [],
    }


def tiny(folder: Path) -> dict:
    """Writes a LLaMA of random weights, wide enough for 4 bits, with its tokenizer and rows to learn."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<pad>", "</s>", "<s>", "<unk>"]
    words = Tokenizer(models.WordLevel(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    texts = [row["prompt"] + row["completion"] for row in ROWS]
    words.train_from_iterator(texts, trainers.WordLevelTrainer(special_tokens=special))
    names = dict(zip(("pad_token", "eos_token", "bos_token", "unk_token"), special))
    tokens = PreTrainedTokenizerFast(tokenizer_object=words, **names)
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder / "model")
    tokens.save_pretrained(folder / "model")
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return {}


def trained(folder: Path) -> dict:
    """Whether the adapter has learnt: LoRA's second half begins with zeros."""
    from safetensors.torch import load_file

    weights = load_file(str(folder / "adapter_model.safetensors"))
    halves = [weight for name, weight in weights.items() if "lora_B" in name]
    finite = all(bool(weight.isfinite().all()) for weight in weights.values())
    return {"trained": bool(halves) and finite and all(float(half.abs().sum()) > 0 for half in halves)}


def precision(_folder: Path) -> dict:
    """How far a product on the GPU is from the CPU's in double precision, as a share of its largest number."""
    import torch

    torch.manual_seed(1)
    left, right = torch.randn(512, 512), torch.randn(512, 512)
    exact = left.double() @ right.double()
    largest = float(exact.abs().max())
    kinds = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
    off = {}
    for name, kind in kinds.items():
        if kind == torch.bfloat16 and not torch.cuda.is_bf16_supported():
            continue
        product = left.cuda().to(kind) @ right.cuda().to(kind)
        off[name] = float((product.double().cpu() - exact).abs().max()) / largest
    return {"off": off}


if __name__ == "__main__":
    tasks = {"facts": facts, "tiny": tiny, "trained": trained, "precision": precision}
    print(json.dumps(tasks[sys.argv[1]](Path(sys.argv[2] if len(sys.argv) > 2 else "."))))
