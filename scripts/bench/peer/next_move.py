"""The peer's way to ask the network, without a server around it."""

from __future__ import annotations

import sys
from pathlib import Path

import chess
import torch

sys.path.insert(0, str(Path(__file__).parents[3] / "services" / "trainer" / "python"))
from next_move_lstm import ModelConfig, NextMoveLSTM  # noqa: E402
from positions import WINNER_IDS, WINNER_UNKNOWN, phase_of  # noqa: E402

WARM_UP = (1, 2, 20, 80)


class Predictor:
    """A checkpoint, ready to rank the moves of one game at a time."""

    def __init__(self, path: str) -> None:
        artifact = torch.load(path, map_location="cpu", weights_only=True)
        self.ids: dict[str, int] = artifact["vocab"]
        self.tokens = sorted(self.ids, key=self.ids.__getitem__)
        self.model = NextMoveLSTM(len(self.ids), ModelConfig(**artifact["config"])).eval()
        self.model.load_state_dict(artifact["state_dict"])
        for length in WARM_UP:
            self.scores([2] * length, 0, 1, 0)

    @torch.inference_mode()
    def scores(self, ids: list[int], winner: int, phase: int, side: int) -> torch.Tensor:
        """Logits [V]. A single game has no padding, so it need not be packed, which is faster."""
        _, (last, _) = self.model.lstm(self.model.token_embed(torch.tensor([ids])))
        features = torch.tensor([[winner], [phase], [side]])
        return self.model.classify(last[-1], *features)[0]

    def predict(self, context: list[str], winner_side: str, topk: int) -> dict[str, object]:
        board = chess.Board()
        for move in context:
            board.push_uci(move)
        unknown = self.ids["<UNK>"]
        ids = [self.ids.get(move, unknown) for move in context] or [unknown]
        winner = WINNER_IDS.get(winner_side, WINNER_UNKNOWN)
        ply = len(context)
        scores = self.scores(ids, winner, phase_of(board, ply), ply % 2)
        best = torch.topk(scores, min(max(topk, 1), len(self.tokens))).indices.tolist()
        topk_tokens = [self.tokens[number] for number in best]
        return {
            "topk": topk_tokens,
            "best_legal": self.best_legal(board, scores),
            "predicted_uci": topk_tokens[0],
        }

    def best_legal(self, board: chess.Board, scores: torch.Tensor) -> str:
        legal = [move.uci() for move in board.legal_moves]
        known = [(move, number) for move in legal if (number := self.ids.get(move)) is not None]
        if not known:
            return legal[0] if legal else ""
        numbers = torch.tensor([number for _, number in known])
        return known[int(scores[numbers].argmax())][0]
