"""Trains stage by stage, and delivers the model."""

from __future__ import annotations

import argparse
import logging
import math
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
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.utils.logging import disable_progress_bar

from architectures import Architecture, detect_architecture_params
from arguments import training_arguments
from checkpoints import (
    FINAL,
    best_of,
    checkpoint_root,
    checkpoint_to_resume,
    folder_of,
    is_complete,
    stages_of,
    steps_of,
)
from config import CONFIG, Refused, log
from dataset import Example, load_examples, local_file
from deliver import CopyCheckpoints, check_destinations, push, save_model
from features import encode_all, split_examples, with_template
from identity import Run, choose_run, facts_of
from model import check_machine, load_model, load_tokenizer, model_type
from podmate_metrics import flush, report, trainer_callback
from scores import ReportPerplexity, text_scores
from stopping import EXIT_SIGNAL, StopOnSignal

EXIT_UNDELIVERED = 1
EXIT_REFUSED = 2


@dataclass(frozen=True)
class Start:
    """What a stage begins with: the adapter of the stage before, and how many steps were done for it."""

    adapter: Path | None = None
    steps: int = 0


@dataclass(frozen=True)
class Session:
    """What the stages of a training have in common."""

    run: Run
    architecture: Architecture
    stop: StopOnSignal
    reports: Any  # a TrainingMetricsCallback
    copies: CopyCheckpoints


class SignCheckpoints(TrainerCallback):
    """Each checkpoint says of which training it is, wherever it is taken."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def on_save(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        if state.is_world_process_zero:
            self.run.sign(Path(args.output_dir) / f"checkpoint-{state.global_step}")


def callbacks(session: Session, first_step: int) -> list[Any]:
    chosen: list[Any] = [session.reports, session.stop, SignCheckpoints(session.run)]
    if "perplexity" in CONFIG["metrics"]:
        chosen.append(ReportPerplexity(first_step))
    if CONFIG["early_stopping_patience"]:
        chosen.append(EarlyStoppingCallback(CONFIG["early_stopping_patience"]))
    if CONFIG["rclone_checkpoints"]:
        chosen.append(session.copies)
    return chosen


def planned_steps(stage: dict[str, Any], processes: int) -> int:
    """How many steps a stage will do, as far as its rows tell."""
    if stage["max_steps"]:
        return stage["max_steps"]
    rows = round(len(stage["examples"]) * (1 - CONFIG["eval_share"]))
    batches = math.ceil(rows / (stage["batch_size"] * processes))
    return math.ceil(
        stage["epochs"] * max(1, math.ceil(batches / CONFIG["gradient_accumulation_steps"]))
    )


def stage_examples(
    stage: dict[str, Any], tokenizer: Any
) -> tuple[list[Example], list[Example]]:
    templated = [with_template(example, tokenizer) for example in stage["examples"]]
    return split_examples(templated, CONFIG["eval_share"], CONFIG["seed"])


def make_trainer(
    stage: dict[str, Any],
    folder: Path,
    start: Start,
    session: Session,
) -> tuple[Trainer, list[Example]]:
    """The trainer of a stage, and the examples that are held out from it."""
    tokenizer = load_tokenizer()
    task, longest = session.architecture.task, stage["max_length"]
    arguments = training_arguments(stage, folder)
    train, held_out = stage_examples(stage, tokenizer)
    masked = DataCollatorForLanguageModeling(tokenizer) if task == "MASKED_LM" else None
    trainer = Trainer(
        model=load_model(session.architecture, start.adapter),
        args=arguments,
        train_dataset=encode_all(train, tokenizer, task, longest),
        eval_dataset=encode_all(held_out, tokenizer, task, longest) or None,
        processing_class=tokenizer,
        data_collator=masked or DataCollatorForSeq2Seq(tokenizer),
        callbacks=callbacks(session, start.steps),
    )
    return trainer, held_out


def train_stage(
    stage: dict[str, Any],
    folder: Path,
    start: Start,
    session: Session,
) -> tuple[Trainer, list[Example]]:
    checkpoint = checkpoint_to_resume(folder, session.run)
    if checkpoint is None or not is_complete(checkpoint, stage):
        trainer, held_out = make_trainer(stage, folder, start, session)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        return trainer, held_out
    log.info("[Checkpoint] the training was complete before, it is saved again")
    trained = replace(start, adapter=best_of(checkpoint))
    trainer, held_out = make_trainer(stage, folder, trained, session)
    trainer.state.global_step = steps_of(checkpoint)
    return trainer, held_out


def finish(
    trainer: Trainer, held_out: list[Example], first_step: int, copies: CopyCheckpoints
) -> int:
    """Measures, saves and delivers the model of the last stage; gives the exit code."""
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
    if not trainer.is_world_process_zero():
        return 0
    failures = [*copies.finish(), *push(out)]
    for failure in failures:
        log.error("%s; the model is in %s", failure, out)
    return EXIT_UNDELIVERED if failures else 0


def finish_stage(trainer: Trainer, folder: Path) -> None:
    trainer.save_state()
    trainer.save_model(str(folder / FINAL))


def is_finished(folder: Path) -> bool:
    return (folder / FINAL / "adapter_config.json").exists()


def prepare(stop: StopOnSignal, refresh: bool) -> tuple[Session, list[dict[str, Any]]]:
    """All that can be refused, before anything is trained: the stages with their examples, and what they share."""
    check_machine()
    check_destinations()
    architecture = detect_architecture_params(model_type(), CONFIG["architecture"])
    stages = stages_of(CONFIG)
    arguments = training_arguments(stages[0], checkpoint_root())
    with arguments.main_process_first():  # one downloads, the others find the file
        paths = {source: local_file(source, refresh) for source in {s["dataset"] for s in stages}}
    examples = {source: load_examples(path) for source, path in paths.items()}
    stages = [{**stage, "examples": examples[stage["dataset"]]} for stage in stages]
    facts = facts_of(stages, [paths[stage["dataset"]] for stage in stages])
    run = choose_run(checkpoint_root(), facts)
    if arguments.process_index == 0:
        run.sign(run.root)
    session = Session(run, architecture, stop, trainer_callback(), CopyCheckpoints(run))
    return session, [
        {**stage, "steps": planned_steps(stage, arguments.world_size)} for stage in stages
    ]


def train(stop: StopOnSignal, refresh: bool) -> int:
    session, stages = prepare(stop, refresh)
    start = Start()
    for at, stage in enumerate(stages):
        folder = folder_of(session.run.root, stages, at)
        is_last = at == len(stages) - 1
        if is_last or not is_finished(folder):
            session.reports.enter(start.steps, sum(later["steps"] for later in stages[at + 1 :]))
            trainer, held_out = train_stage(stage, folder, start, session)
            if stop.received:
                return EXIT_SIGNAL + stop.received
            if is_last:
                return finish(trainer, held_out, start.steps, session.copies)
            finish_stage(trainer, folder)
        start = Start(folder / FINAL, start.steps + steps_of(folder))
    return 0


def main() -> int:
    cli = argparse.ArgumentParser(description="Fine-tunes as its CONFIG says.")
    cli.add_argument("--refresh", action="store_true", help="download datasets again")
    refresh = cli.parse_args().refresh
    level = logging.INFO if os.environ.get("RANK", "0") == "0" else logging.WARNING
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stdout)
    for name in ("httpx", "urllib3", "filelock"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if not sys.stderr.isatty():
        disable_progress_bar()
    try:
        return train(StopOnSignal(), refresh)
    except Refused as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return EXIT_REFUSED
    finally:
        flush()


if __name__ == "__main__":
    sys.exit(main())
