"""Trains stage by stage, and delivers the model."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transformers import (
    DataCollatorForLanguageModeling,
    DataCollatorForSeq2Seq,
    EarlyStoppingCallback,
)
from transformers import Trainer, TrainingArguments
from transformers.utils.logging import disable_progress_bar

from architectures import Architecture, detect_architecture_params
from arguments import training_arguments
from checkpoints import (
    FINAL,
    best_of,
    checkpoint_to_resume,
    folder_of,
    is_complete,
    stages_of,
    steps_of,
)
from config import CONFIG, Refused, log
from dataset import Example, load_examples
from deliver import CopyCheckpoints, check_destinations, push, save_model
from features import encode_all, split_examples, with_template
from model import check_machine, load_model, load_tokenizer, model_type
from podmate_metrics import flush, report, trainer_callback
from scores import ReportPerplexity, text_scores
from stopping import EXIT_SIGNAL, StopOnSignal

EXIT_REFUSED = 2


@dataclass(frozen=True)
class Start:
    """What a stage begins with: the adapter of the stage before, and how many steps were done for it."""

    adapter: Path | None = None
    steps: int = 0


def callbacks(stop: StopOnSignal, first_step: int) -> list[Any]:
    chosen: list[Any] = [trainer_callback(first_step), stop]
    if "perplexity" in CONFIG["metrics"]:
        chosen.append(ReportPerplexity(first_step))
    if CONFIG["early_stopping_patience"]:
        chosen.append(EarlyStoppingCallback(CONFIG["early_stopping_patience"]))
    if CONFIG["rclone_checkpoints"]:
        chosen.append(CopyCheckpoints())
    return chosen


def stage_examples(
    stage: dict[str, Any], tokenizer: Any, arguments: TrainingArguments
) -> tuple[list[Example], list[Example]]:
    with arguments.main_process_first():  # one downloads, the others find the file
        examples = load_examples(stage["dataset"])
    templated = [with_template(example, tokenizer) for example in examples]
    return split_examples(templated, CONFIG["eval_share"], CONFIG["seed"])


def make_trainer(
    stage: dict[str, Any],
    folder: Path,
    start: Start,
    architecture: Architecture,
    stop: StopOnSignal,
) -> tuple[Trainer, list[Example]]:
    """The trainer of a stage, and the examples that are held out from it."""
    tokenizer = load_tokenizer()
    task, longest = architecture.task, stage["max_length"]
    arguments = training_arguments(stage, folder)
    train, held_out = stage_examples(stage, tokenizer, arguments)
    masked = DataCollatorForLanguageModeling(tokenizer) if task == "MASKED_LM" else None
    trainer = Trainer(
        model=load_model(architecture, start.adapter),
        args=arguments,
        train_dataset=encode_all(train, tokenizer, task, longest),
        eval_dataset=encode_all(held_out, tokenizer, task, longest) or None,
        processing_class=tokenizer,
        data_collator=masked or DataCollatorForSeq2Seq(tokenizer),
        callbacks=callbacks(stop, start.steps),
    )
    return trainer, held_out


def train_stage(
    stage: dict[str, Any],
    folder: Path,
    start: Start,
    architecture: Architecture,
    stop: StopOnSignal,
) -> tuple[Trainer, list[Example]]:
    checkpoint = checkpoint_to_resume(folder)
    if checkpoint is None or not is_complete(checkpoint, stage):
        trainer, held_out = make_trainer(stage, folder, start, architecture, stop)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return trainer, held_out
    log.info("[Checkpoint] the training was complete before, it is saved again")
    trained = replace(start, adapter=best_of(checkpoint))
    trainer, held_out = make_trainer(stage, folder, trained, architecture, stop)
    trainer.state.global_step = steps_of(checkpoint)
    return trainer, held_out


def finish(trainer: Trainer, held_out: list[Example], first_step: int) -> None:
    """Measures, saves and delivers the model of the last stage."""
    scores = trainer.evaluate() if held_out and CONFIG["metrics"] else {}
    model = trainer.accelerator.unwrap_model(trainer.model)
    if trainer.is_world_process_zero():
        texts = text_scores(model, trainer.processing_class, held_out)
        if texts:
            log.info(
                "scores: %s", ", ".join(f"{name} {value:.4f}" for name, value in texts.items())
            )
            report(first_step + trainer.state.global_step, **texts)
        scores = {**scores, **texts}
    out = save_model(trainer, trainer.processing_class, scores)
    if trainer.is_world_process_zero():
        push(out)


def finish_stage(trainer: Trainer, folder: Path) -> None:
    trainer.save_state()
    trainer.save_model(str(folder / FINAL))


def is_finished(folder: Path) -> bool:
    return (folder / FINAL / "adapter_config.json").exists()


def train(stop: StopOnSignal) -> int:
    check_machine()
    check_destinations()
    architecture = detect_architecture_params(model_type(), CONFIG["architecture"])
    stages = stages_of(CONFIG)
    start = Start()
    for at, stage in enumerate(stages):
        folder = folder_of(stages, at)
        is_last = at == len(stages) - 1
        if is_last or not is_finished(folder):
            trainer, held_out = train_stage(stage, folder, start, architecture, stop)
            if stop.received:
                return EXIT_SIGNAL + stop.received
            finish(trainer, held_out, start.steps) if is_last else finish_stage(trainer, folder)
        if not is_last:
            start = Start(folder / FINAL, start.steps + steps_of(folder))
    return 0


def main() -> int:
    level = logging.INFO if os.environ.get("RANK", "0") == "0" else logging.WARNING
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stdout)
    for name in ("httpx", "urllib3", "filelock"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if not sys.stderr.isatty():
        disable_progress_bar()
    try:
        return train(StopOnSignal())
    except Refused as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return EXIT_REFUSED
    finally:
        flush()


if __name__ == "__main__":
    sys.exit(main())
