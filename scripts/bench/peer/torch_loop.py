"""The same questions in a bare loop, no server: `torch_loop.py CHECKPOINT THREADS SECONDS < GAMES`.

Prints the milliseconds that one takes (median): the network alone, and with the chess around it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import cycle

import torch

from next_move import Predictor


def median_ms(work: Callable[[list[str]], object], games: list[list[str]], seconds: float) -> float:
    times = []
    end = time.perf_counter() + seconds
    for game in cycle(games):
        started = time.perf_counter()
        work(game)
        now = time.perf_counter()
        times.append((now - started) * 1000)
        if now > end:
            return statistics.median(times)
    raise ValueError("no games")


def main(path: str, threads: int, seconds: float) -> None:
    torch.set_num_threads(threads)
    predictor = Predictor(path)
    games = [json.loads(line)["context"] for line in sys.stdin]

    def network(game: list[str]) -> object:
        ids = [predictor.ids[move] for move in game]
        return torch.topk(predictor.scores(ids, 0, 1, len(game) % 2), 10).indices.tolist()

    def whole(game: list[str]) -> object:
        return predictor.predict(game, "W", 10)

    figures = {name.__name__: median_ms(name, games, seconds) for name in (network, whole)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
