"""Reports the numbers of a training: `podmate_metrics.report(step=10, loss=2.3)`, or a callback.

Copy this file beside any trainer: it needs Python 3.9 and nothing else. It reports to
METRICS_API_URL with JOB_ID and JOB_TOKEN, which podmate gives its trainer, and does nothing without
them. A thread of its own sends, in order and until it is taken: training neither waits for it nor
fails because of it. Under torchrun only rank 0 reports.

    Trainer(..., callbacks=[podmate_metrics.TrainingMetricsCallback()])     # Hugging Face
    Trainer(..., callbacks=[podmate_metrics.LightningMetricsCallback()])    # PyTorch Lightning
"""

from __future__ import annotations

import atexit
import encodings.idna  # noqa: F401  looking a name up needs it, and a program that ends imports nothing more
import json
import logging
import math
import os
import queue
import random
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from itertools import accumulate, islice, takewhile
from typing import Any

POST_SECONDS = 5.0
GATHER_SECONDS = 0.2  # between two posts, so that a fast loop sends many points at once
HURRY_SECONDS = 0.1  # the same while a flush waits
PAUSE_SECONDS = (0.5, 15.0)  # after the first failure, and at most
EXIT_SECONDS, TERM_SECONDS = 5.0, 2.0  # how long the program's end may wait for the last points
MOST_AT_ONCE, MOST_WAITING = 1000, 50_000
MOST_BYTES = 4 << 20  # in a body of several points; podmate reads 8 MB and ends the connection
MOST_NUMBERS = 100  # in a point; podmate refuses one with more
REFUSED = (400, 413, 422)

logger = logging.getLogger("podmate_metrics")
_reporter: _Reporter | None = None
_creating = threading.RLock()  # a signal handler may report too
_strange: set[str] = set()


def enabled() -> bool:
    """Whether this process reports: it is given a job, and is the first of its group."""
    wanted = ("JOB_ID", "JOB_TOKEN", "METRICS_API_URL")
    return all(os.environ.get(name) for name in wanted) and os.environ.get("RANK", "0") == "0"


def report(step: Any, loss: Any = None, **numbers: Any) -> None:
    """Takes the numbers of a step; never waits and never raises. NaN is kept, None left out."""
    try:
        reporter = _current()
        if reporter is not None:
            numbers = {
                "timestamp": int(time.time() * 1000),
                "loss": loss,
                **_gpu_memory(),
                **numbers,
            }
            numbers = {name: _plain(name, value) for name, value in numbers.items()}
            point = {name: value for name, value in numbers.items() if value is not None}
            if len(point) > MOST_NUMBERS:
                _tell_once("names", f"{len(point)} numbers in a step: the first {MOST_NUMBERS} go")
                point = dict(islice(point.items(), MOST_NUMBERS))
            reporter.put(int(step), json.dumps({"step": int(step), **point}).encode())
    except Exception as error:
        _tell_once("step", f"the numbers of step {step!r} are not reported: {error}")


def flush(seconds: float = EXIT_SECONDS) -> bool:
    """Waits until all that was reported is taken; False when it is not by then. Done at exit."""
    return _reporter is None or _reporter.flush(seconds)


def trainer_callback(first_step: int = 0) -> Any:
    """A new TrainingMetricsCallback; in a later stage steps are counted from `first_step`."""
    return __getattr__("TrainingMetricsCallback")(first_step)


def _tell_once(topic: str, text: str) -> None:
    if topic not in _strange:
        _strange.add(topic)
        logger.warning("podmate_metrics: %s", text)


def _plain(name: str, value: Any) -> float | int | str | None:
    """A number as JSON has it: those that are not finite as text. None for what is no number."""
    if value is None:
        return None
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError(f"{value!r:.40} is a text")
        value = value.item() if hasattr(value, "item") else value
        value = value if isinstance(value, int) else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        return _tell_once(f"number {name}", f"{name} is not reported: it is no number ({error})")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return int(value) if isinstance(value, bool) else value


def _gpu_memory() -> dict[str, float]:
    """What this process holds on its GPU; empty as long as it has not used CUDA by torch."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    if cuda is None or not cuda.is_initialized() or not cuda.is_available():
        return {}
    return {
        "gpu_memory_allocated_gb": round(cuda.memory_allocated() / 1e9, 2),
        "gpu_memory_reserved_gb": round(cuda.memory_reserved() / 1e9, 2),
    }


def _current() -> _Reporter | None:
    global _reporter
    if _reporter is None and enabled():
        with _creating:
            if _reporter is None:
                _reporter = _Reporter()
                _flush_at_the_end()
    return _reporter


def _flush_at_the_end() -> None:
    util = sys.modules.get("multiprocessing.util")
    if util is not None and sys.modules["multiprocessing.process"].parent_process() is not None:
        util.Finalize(None, _at_exit, exitpriority=0)  # such a process ends without atexit
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_term)


def _on_term(number: int, _frame: Any) -> None:
    flush(TERM_SECONDS)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _at_exit() -> None:
    if not flush(EXIT_SECONDS):
        logger.warning(
            "podmate_metrics: the program ends before its last numbers could be delivered"
        )


def _after_fork() -> None:
    global _creating, _reporter
    _creating = threading.RLock()
    _reporter = None  # its thread, and what waits to be sent, are the parent's


class _Reporter:
    """Sends points from a thread of its own. What waits is thinned out when it becomes too much."""

    def __init__(self) -> None:
        job = urllib.parse.quote(os.environ["JOB_ID"].strip(), safe="")
        self.url = f"{os.environ['METRICS_API_URL'].strip().rstrip('/')}/{job}/metrics"
        self.token = os.environ["JOB_TOKEN"].strip()
        self.inbox: queue.SimpleQueue = queue.SimpleQueue()  # may be used in a signal handler
        self.waiting: deque = deque()  # points as (step, JSON), and Events that flush() waits for
        self.flushes = self.failures = 0
        self.at_once = MOST_AT_ONCE
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()
        self.opener = _opener(self.url)

    def put(self, step: int, body: bytes) -> None:
        if self.inbox.qsize() >= MOST_WAITING:
            return _tell_once(
                "full", "numbers come faster than they can be sent; some are left out"
            )
        self.inbox.put((step, body))
        if self.thread is None and self.starting.acquire(blocking=False):
            self.thread = threading.Thread(target=self._run, name="podmate_metrics", daemon=True)
            self.thread.start()

    def flush(self, seconds: float) -> bool:
        if self.thread is None:
            return True
        all_sent = threading.Event()
        self.inbox.put(all_sent)
        return all_sent.wait(seconds)

    def _run(self) -> None:
        while True:
            if not self.waiting:
                self._take(self.inbox.get())
            self._gather(0)
            self._gather(self._send())

    def _take(self, item: Any) -> None:
        self.waiting.append(item)
        self.flushes += isinstance(item, threading.Event)

    def _gather(self, seconds: float) -> None:
        """Takes what comes within this time, or within less when a flush waits."""
        started = time.monotonic()
        while len(self.waiting) <= MOST_WAITING:
            limit = min(seconds, HURRY_SECONDS) if self.flushes else seconds
            try:
                self._take(self.inbox.get(timeout=max(0.0, started + limit - time.monotonic())))
            except queue.Empty:
                break
        if len(self.waiting) > MOST_WAITING:
            _tell_once(
                "many", f"over {MOST_WAITING} points wait to be sent: every other one is left out"
            )
            kept = [one for at, one in enumerate(self.waiting) if at % 2 == 0 or not _is_point(one)]
            self.waiting = deque(kept)

    def _send(self) -> float:
        """Sends the first points; gives how many seconds to let pass before the next ones."""
        while self.waiting and not _is_point(self.waiting[0]):
            self.waiting.popleft().set()
            self.flushes -= 1
        points = self._first_points()
        if not points:
            return 0
        status, text = self._post([body for _, body in points])
        if status in REFUSED and len(points) > 1:
            self.at_once = len(points) // 2  # until the one that is meant goes alone
            return 0
        if not 200 <= status < 300 and status not in REFUSED:
            return self._failed(text)
        self._settled(points, text if status in REFUSED else None)
        return GATHER_SECONDS

    def _first_points(self) -> list:
        points = list(takewhile(_is_point, islice(self.waiting, self.at_once)))
        ends = accumulate(len(body) for _, body in points)
        fitting = sum(1 for _ in takewhile(lambda end: end <= MOST_BYTES, ends))
        return points[: max(fitting, 1)]

    def _settled(self, points: list, refusal: str | None) -> None:
        last = points[-1][0]
        if refusal is not None:
            _tell_once("refused", f"the numbers of step {last} were refused: {refusal}")
        else:
            self.at_once = min(MOST_AT_ONCE, self.at_once * 2)
            logger.info("[Metrics] Posted step %d", last)
        for _ in points:
            self.waiting.popleft()
        self.failures = 0

    def _failed(self, text: str) -> float:
        if self.failures == 0:
            logger.warning("podmate_metrics: numbers wait to be sent, it is tried again: %s", text)
        first, most = PAUSE_SECONDS
        pause = min(most, first * 2 ** min(self.failures, 20))
        self.failures += 1
        return pause * random.uniform(0.5, 1)

    def _post(self, bodies: list[bytes]) -> tuple[int, str]:
        """The status of the answer, 0 when there was none, and what is to be said about it."""
        data = bodies[0] if len(bodies) == 1 else b"[" + b",".join(bodies) + b"]"
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            request = urllib.request.Request(self.url, data, headers, method="POST")
            with self.opener.open(request, timeout=POST_SECONDS) as answer:
                answer.read(1000)
                return answer.status, ""
        except urllib.error.HTTPError as error:
            with error:
                return error.code, f"{error.code} {error.read(300).decode(errors='replace')}"
        except Exception as error:
            return 0, f"METRICS_API_URL does not answer ({error})"


def _is_point(one: Any) -> bool:
    return isinstance(one, tuple)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token is for this address, and a redirected POST would lose its body."""

    def redirect_request(self, *_details: Any) -> None:
        return None


def _opener(url: str) -> urllib.request.OpenerDirector:
    is_here = urllib.parse.urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    proxies = [urllib.request.ProxyHandler({})] if is_here else []  # no proxy reaches this pod
    return urllib.request.build_opener(_NoRedirect, *proxies)


class _Clock:
    """How far a training is, and how long it takes from here."""

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, step: int) -> None:
        self.started, self.first = time.monotonic(), step
        self.last_log = (self.started, step)

    def fields(self, step: int, total: float | None) -> dict[str, float | None]:
        elapsed, done = time.monotonic() - self.started, step - self.first
        known = total is not None and 0 < total < math.inf
        left = max(0, total - step) * elapsed / done if known and done > 0 else None
        return {
            "elapsed_seconds": int(elapsed),
            "remaining_seconds": None if left is None else int(left),
            "progress": round(min(1, step / total) * 100, 2) if known else None,
        }

    def samples_per_second(self, step: int, per_step: int) -> float | None:
        """Over the steps since this was asked before."""
        (then, before), now = self.last_log, time.monotonic()
        self.last_log = (now, step)
        return (
            round((step - before) * per_step / (now - then), 2)
            if step > before and now > then
            else None
        )


class _TrainerReports:
    def __init__(self, first_step: int = 0) -> None:
        self.clock = _Clock()
        self.first_step, self.later_steps = first_step, 0
        self.furthest = 0.0  # the progress, in percent
        self.goes_on = False  # with a clock that runs

    def enter(self, first_step: int, later_steps: int) -> None:
        """A training in stages begins one: the steps that were done before it, and those that come after it."""
        self.goes_on = self.later_steps > 0
        self.first_step, self.later_steps = first_step, later_steps

    def on_train_begin(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        if not self.goes_on:
            self.clock.begin(self.first_step + state.global_step)
            self.furthest = 0.0

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_more: Any) -> None:
        if not logs or not enabled() or not state.is_world_process_zero:
            return
        numbers = {**self._fields(state), "epoch": state.epoch, **logs}
        if "loss" in logs:
            per_step = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
            step = self.first_step + state.global_step
            numbers.setdefault("samples_per_second", self.clock.samples_per_second(step, per_step))
        report(**{**numbers, "step": self.first_step + state.global_step})

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        if enabled() and state.is_world_process_zero:
            step = self.first_step + state.global_step
            report(step=step, epoch=state.epoch, **self._fields(state))
            epoch = state.epoch or 0
            if epoch > 0 and abs(epoch - round(epoch)) < 1e-6:  # also called in the middle of one
                logger.info("[Metrics] Epoch %d is complete", round(epoch))

    def _fields(self, state: Any) -> dict[str, float | None]:
        """Over all stages. Progress never goes back: stages that come are estimated."""
        total = self.first_step + state.max_steps + self.later_steps if state.max_steps > 0 else None
        fields = self.clock.fields(self.first_step + state.global_step, total)
        if fields["progress"] is not None:
            self.furthest = max(self.furthest, fields["progress"])
            fields["progress"] = self.furthest
        return fields

    def on_train_end(self, args: Any, state: Any, control: Any, **_more: Any) -> None:
        flush(TERM_SECONDS)


class _LightningReports:
    def __init__(self) -> None:
        self.clock = _Clock()
        super().__init__()

    def on_train_start(self, trainer: Any, module: Any) -> None:
        self.clock.begin(trainer.global_step)

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_batch: Any) -> None:
        step = trainer.global_step
        every = trainer.log_every_n_steps or 1
        if step == self.clock.last_log[1] or step % every or not self._reports(trainer):
            return
        loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
        optimizers = trainer.optimizers
        rate = optimizers[0].param_groups[0]["lr"] if optimizers else None
        self.clock.last_log = (time.monotonic(), step)
        logged = _known_names(
            trainer.logged_metrics, but=("val", "test")
        )  # those are of earlier steps
        self._report(trainer, {"learning_rate": rate, "loss": loss, **logged})

    def on_validation_end(self, trainer: Any, module: Any) -> None:
        if not trainer.sanity_checking and self._reports(trainer):
            self._report(trainer, _known_names(trainer.callback_metrics))

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        if self._reports(trainer):
            self._report(trainer, {"epoch": trainer.current_epoch + 1})

    def on_train_end(self, trainer: Any, module: Any) -> None:
        flush(TERM_SECONDS)

    def _reports(self, trainer: Any) -> bool:
        return enabled() and trainer.is_global_zero

    def _report(self, trainer: Any, numbers: dict[str, Any]) -> None:
        try:
            total = trainer.estimated_stepping_batches
        except Exception:
            total = None  # a loader of unknown length
        step = trainer.global_step
        fields = {"epoch": trainer.current_epoch, **self.clock.fields(step, total), **numbers}
        report(**{**fields, "step": step})


def _known_names(logged: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Numbers under the names that podmate draws by itself."""
    known = {"train_loss": "loss", "val_loss": "eval_loss", "lr": "learning_rate"}
    kept = {name: value for name, value in dict(logged).items() if not name.startswith(but)}
    return {known.get(name, name): value for name, value in kept.items()}


def _callback_class(name: str) -> type:
    """The class of a callback, made when it is asked for: importing this file imports no framework."""
    if name == "TrainingMetricsCallback":
        from transformers import TrainerCallback as base

        reports: type = _TrainerReports
    else:
        if "pytorch_lightning" in sys.modules:
            from pytorch_lightning import Callback as base
        else:
            from lightning.pytorch import Callback as base
        reports = _LightningReports
    return type(name, (reports, base), {"__module__": __name__})


def __getattr__(name: str) -> Any:
    if name not in ("TrainingMetricsCallback", "LightningMetricsCallback"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        made = _callback_class(name)
    except ImportError as error:
        raise AttributeError(f"{name} cannot be used: {error}") from error
    globals()[name] = made
    return made


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
