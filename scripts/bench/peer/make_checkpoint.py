"""Writes the model that both servers load, always the same one: `make_checkpoint.py FILE`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from itertools import product
from pathlib import Path

import chess
import torch

sys.path.insert(0, str(Path(__file__).parents[3] / "services" / "trainer" / "python"))
from checkpoint import export_artifact  # noqa: E402
from next_move_lstm import ModelConfig, NextMoveLSTM  # noqa: E402

SEED = 2026


def every_move() -> list[str]:
    """The 1,968 moves that some piece can make somewhere."""
    queen_and_knight, promotions = [], []
    for start, end in product(chess.SQUARES, chess.SQUARES):
        across = abs(chess.square_file(start) - chess.square_file(end))
        along = chess.square_rank(end) - chess.square_rank(start)
        if start == end or not (across in (0, abs(along)) or along == 0 or {across, abs(along)} == {1, 2}):
            continue
        move = chess.square_name(start) + chess.square_name(end)
        queen_and_knight.append(move)
        if across <= 1 and (chess.square_rank(start), along) in ((6, 1), (1, -1)):
            promotions += [move + piece for piece in "qrbn"]
    return queen_and_knight + promotions


def main(path: Path) -> None:
    torch.manual_seed(SEED)
    vocab = {token: number for number, token in enumerate(["<PAD>", "<UNK>", *every_move()])}
    config = ModelConfig(embed_dim=256, hidden_dim=512, num_layers=2, dropout=0.0)
    model = NextMoveLSTM(len(vocab), config)
    export_artifact(path, vocab, asdict(config), model.state_dict(), {"made_by": "bench"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
