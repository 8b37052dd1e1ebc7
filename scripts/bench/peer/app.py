"""A plain chess model server, as a careful Python developer writes it: `app.py CHECKPOINT PORT THREADS`.

One process, FastAPI on uvicorn with uvloop and httptools. The handler is a coroutine: a model that
keeps the cores busy anyway gains nothing from FastAPI's pool of threads, which cost it a third.
"""

from __future__ import annotations

import sys
import time

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


def make_app(path: str) -> FastAPI:
    predictor = Predictor(path)
    app = FastAPI()

    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/infer")
    async def infer(question: Question) -> Answer:
        started = time.perf_counter()
        try:
            found = predictor.predict(question.context, question.winner_side, question.topk or 10)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        latency = round((time.perf_counter() - started) * 1000, 3)
        return Answer(**found, device="cpu", model_path=path, latency_ms=latency)

    return app


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[3]))
    uvicorn.run(
        make_app(sys.argv[1]),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        log_level="warning",
    )
