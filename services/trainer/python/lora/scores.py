"""How good a model is: perplexity, and BLEU and ROUGE of what it writes after held-out prompts."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import torch
from transformers import TrainerCallback

from config import CONFIG
from dataset import Example
from podmate_metrics import report

LONGEST_NGRAM = 4


class ReportPerplexity(TrainerCallback):
    """Adds the perplexity to each evaluation."""

    def __init__(self, first_step: int) -> None:
        self.first_step = first_step

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Any = None, **_more: Any
    ) -> None:
        if metrics and "eval_loss" in metrics:
            metrics["eval_perplexity"] = perplexity(metrics["eval_loss"])
            if state.is_world_process_zero:
                report(
                    self.first_step + state.global_step, eval_perplexity=metrics["eval_perplexity"]
                )


def perplexity(loss: float) -> float:
    return math.exp(loss) if loss < 700 else math.inf


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text.lower())


def ngrams(words: list[str], length: int) -> Counter:
    return Counter(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def bleu(written: list[str], expected: list[str]) -> float:
    """BLEU-4 of a corpus with one reference each, 0 to 1; precisions of longer pieces are smoothed by one."""
    pairs = [(words_of(a), words_of(b)) for a, b in zip(written, expected)]
    length, reference = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
    logs = []
    for size in range(1, LONGEST_NGRAM + 1):
        hits = sum((ngrams(a, size) & ngrams(b, size)).total() for a, b in pairs)
        total = sum(max(0, len(a) - size + 1) for a, _b in pairs)
        smooth = 1 if size > 1 else 0
        if hits + smooth == 0:
            return 0.0
        logs.append(math.log((hits + smooth) / (total + smooth)))
    brevity = 1.0 if length > reference else math.exp(1 - reference / length)
    return brevity * math.exp(sum(logs) / len(logs))


def rouge(written: list[str], expected: list[str]) -> dict[str, float]:
    """ROUGE-1, -2 and -L as means of F1, 0 to 1."""
    sums = dict.fromkeys(("rouge1", "rouge2", "rougeL"), 0.0)
    for a, b in ((words_of(a), words_of(b)) for a, b in zip(written, expected)):
        for size in (1, 2):
            ours, theirs = ngrams(a, size), ngrams(b, size)
            sums[f"rouge{size}"] += f1((ours & theirs).total(), ours.total(), theirs.total())
        sums["rougeL"] += f1(longest_common(a, b), len(a), len(b))
    return {name: value / max(1, len(written)) for name, value in sums.items()}


def f1(hits: int, ours: int, theirs: int) -> float:
    return 2 * hits / (ours + theirs) if hits else 0.0


def longest_common(a: list[str], b: list[str]) -> int:
    """The length of the longest series of words that both have, with gaps."""
    row = [0] * (len(b) + 1)
    for word in a:
        before = row
        row = [0]
        for at, other in enumerate(b):
            row.append(before[at] + 1 if word == other else max(before[at + 1], row[at]))
    return row[-1]


@torch.no_grad()
def write_after(model: Any, tokenizer: Any, examples: list[Example]) -> list[str]:
    """What the model writes after each prompt, with its likeliest tokens."""
    model.eval()
    written = []
    for example in examples:
        special = example.messages is None
        limit = {"truncation": True, "max_length": CONFIG["max_length"]}
        tokens = tokenizer(example.prompt, add_special_tokens=special, return_tensors="pt", **limit)
        tokens = {name: tokens[name].to(model.device) for name in ("input_ids", "attention_mask")}
        length = min(256, len(tokenizer(example.text)["input_ids"]) + 16)
        how = {"do_sample": False, "use_cache": True, "pad_token_id": tokenizer.pad_token_id}
        out = model.generate(**tokens, max_new_tokens=length, **how)
        start = 0 if model.config.is_encoder_decoder else tokens["input_ids"].shape[1]
        written.append(tokenizer.decode(out[0][start:], skip_special_tokens=True))
    return written


def text_scores(model: Any, tokenizer: Any, held_out: list[Example]) -> dict[str, float]:
    """BLEU and ROUGE, as far as they are asked for, on at most `metrics_samples` held-out examples."""
    wanted = set(CONFIG["metrics"]) & {"bleu", "rouge"}
    examples = [one for one in held_out if one.prompt][: CONFIG["metrics_samples"]]
    if not wanted or not examples:
        return {}
    written = write_after(model, tokenizer, examples)
    expected = [example.text for example in examples]
    scores = {"bleu": bleu(written, expected)} if "bleu" in wanted else {}
    return {**scores, **(rouge(written, expected) if "rouge" in wanted else {})}
