"""Turns examples into what a model learns from: tokens, and which of them count."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from config import Refused, log
from dataset import Example

IGNORED = -100


def split_examples(
    examples: list[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Those to train on, and those that are held out: the same ones in every run."""
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)
    held_out = min(len(examples) - 1, max(1, round(len(examples) * share))) if share > 0 else 0
    if share > 0 and held_out < 1:
        raise Refused("eval_share: the dataset has one row only, so that none can be held out")
    return [examples[i] for i in order[held_out:]], [examples[i] for i in order[:held_out]]


def with_template(example: Example, tokenizer: Any) -> Example:
    """A conversation as prompt and text, in the model's own form when its tokenizer has one."""
    messages = example.messages
    if messages is None:
        return example
    if getattr(tokenizer, "chat_template", None):
        before = {"tokenize": False, "add_generation_prompt": True}
        prompt = tokenizer.apply_chat_template(messages[:-1], **before) if messages[1:] else ""
        whole = tokenizer.apply_chat_template(messages, tokenize=False)
        fits = whole.startswith(prompt)
        return replace(
            example, prompt=prompt if fits else "", text=whole[len(prompt) :] if fits else whole
        )
    lines = [f"{message['role']}: {message['content']}\n" for message in messages[:-1]]
    return Example(prompt="".join(lines) + "assistant: ", text=messages[-1]["content"])


def encode(
    example: Example, tokenizer: Any, task: str, longest: int
) -> dict[str, list[int]] | None:
    """None for an example of which nothing is left to learn within `longest` tokens."""
    if task == "SEQ_2_SEQ_LM":
        if example.prompt is None:
            raise Refused(
                "dataset: a T5 model learns from `prompt` and `completion`, not from `text`"
            )
        tokens = tokenizer(example.prompt, truncation=True, max_length=longest)
        labels = tokenizer(text_target=example.text, truncation=True, max_length=longest)[
            "input_ids"
        ]
        labels = with_end(labels, tokenizer)[:longest]
        return {
            "input_ids": tokens["input_ids"],
            "attention_mask": tokens["attention_mask"],
            "labels": labels,
        }
    if task == "MASKED_LM":
        tokens = tokenizer(
            (example.prompt or "") + example.text, truncation=True, max_length=longest
        )
        return {"input_ids": tokens["input_ids"], "attention_mask": tokens["attention_mask"]}
    return encode_causal(example, tokenizer, longest)


def encode_causal(example: Example, tokenizer: Any, longest: int) -> dict[str, list[int]] | None:
    is_templated = example.messages is not None  # such a text has its special tokens already
    before = tokens_of(example.prompt, tokenizer, not is_templated) if example.prompt else []
    learned = tokens_of(example.text, tokenizer, not is_templated and not before)
    learned = with_end(learned, tokenizer)
    if len(before) >= longest:
        return None
    tokens = [*before, *learned][:longest]
    labels = [*[IGNORED] * len(before), *learned][:longest]
    return {"input_ids": tokens, "attention_mask": [1] * len(tokens), "labels": labels}


def with_end(tokens: list[int], tokenizer: Any) -> list[int]:
    """A model that never sees the end of a text does not learn to end one."""
    end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
    return list(tokens) if tokens[-1:] == end else [*tokens, *end]


def tokens_of(text: str, tokenizer: Any, special: bool) -> list[int]:
    """Without a sign of the end: more follows."""
    tokens = list(tokenizer(text, add_special_tokens=special)["input_ids"])
    return tokens[:-1] if special and tokens[-1:] == [tokenizer.eos_token_id] else tokens


def encode_all(
    examples: list[Example], tokenizer: Any, task: str, longest: int
) -> list[dict[str, list[int]]]:
    encoded = [encode(example, tokenizer, task, longest) for example in examples]
    kept = [one for one in encoded if one is not None and one["input_ids"]]
    if len(kept) < len(encoded):
        lost = len(encoded) - len(kept)
        log.warning(
            "dataset: %d of %d examples are left out: their prompts alone are longer than max_length",
            lost,
            len(encoded),
        )
    if not kept and encoded:
        raise Refused(f"max_length: {longest} tokens are too few for every example")
    return kept
