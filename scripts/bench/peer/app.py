"""A plain chess model server, as a careful Python developer writes it.

`app.py CHECKPOINT PORT THREADS loop|pool`: one process, FastAPI on uvicorn with uvloop and httptools.
The model runs on the event loop, or in as many threads as fit on the cores with THREADS of torch each.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from next_move import Predictor


class Question(BaseModel):
    context: list[str]
    winner_side: str = "W"
    topk: int | None = None


class Answer(BaseModel):
    topk: list[str]
    best_legal: str
    predicted_uci: str
    device: str
    model_path: str
    latency_ms: float


def make_app(path: str, pool: ThreadPoolExecutor | None) -> FastAPI:
    predictor = Predictor(path)
    app = FastAPI()

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/infer")
    async def infer(question: Question) -> Answer:
        started = time.perf_counter()
        try:
            asked = question.context, question.winner_side, question.topk or 10
            if pool is None:
                found = predictor.predict(*asked)
            else:
                found = await asyncio.get_running_loop().run_in_executor(pool, predictor.predict, *asked)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        latency = round((time.perf_counter() - started) * 1000, 3)
        return Answer(**found, device="cpu", model_path=path, latency_ms=latency)

    return app


if __name__ == "__main__":
    threads = int(sys.argv[3])
    torch.set_num_threads(threads)
    cores = len(os.sched_getaffinity(0))
    workers = ThreadPoolExecutor(max(1, cores // threads), initializer=torch.set_num_threads, initargs=(threads,))
    uvicorn.run(
        make_app(sys.argv[1], workers if sys.argv[4] == "pool" else None),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
    )
