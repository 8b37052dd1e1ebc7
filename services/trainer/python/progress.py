"""Shows how far an epoch is: a bar on a terminal, otherwise a line now and then."""

from __future__ import annotations

from types import TracebackType

from tqdm import tqdm


class Progress:
    def __init__(self, epoch: int, done: int, total: int, every: int, bar: bool) -> None:
        self.epoch, self.done, self.total, self.every = epoch, done, total, every
        label = f"epoch {epoch}"
        self.bar = tqdm(total=total, initial=done, desc=label, leave=False) if bar else None

    def advance(self, loss: float, rate: float) -> None:
        self.done += 1
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.3f}, lr {rate:.2g}", refresh=False)
            self.bar.update()
        elif self.every and self.done % self.every == 0:
            where = f"epoch {self.epoch}, step {self.done}/{self.total}"
            print(f"{where}: loss {loss:.3f}, lr {rate:.2g}", flush=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.close()
