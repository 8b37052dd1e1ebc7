"""What training minimises: the move played, plus two lessons that make it know the board."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from chess_data import PAD, UNK, Batch
from next_move_lstm import SQUARE_CLASSES, TrainingNet, square_classes


@dataclass(frozen=True)
class LossWeights:
    legal: float  # of -log(probability given to legal moves)
    board: float  # of the cross-entropy per square
    board_share: float = 0.25  # share of the positions whose board is asked for


def move_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy in nats; a move outside the vocabulary does not count."""
    return cross_entropy(logits, target, ignore_index=UNK)


def legal_logits(logits: Tensor, legal: Tensor) -> Tensor:
    """[P, V] and token ids [P, K] to [P, K]; padding and unknown moves become -inf."""
    return logits.gather(1, legal).masked_fill(legal <= max(PAD, UNK), -torch.inf)


def illegality_loss(logits: Tensor, batch: Batch) -> Tensor:
    """Mean of -log(probability of playing a legal move), in nats."""
    known = batch.target != UNK
    inside = legal_logits(logits, batch.legal)[known].logsumexp(dim=1)
    return (logits.logsumexp(dim=1)[known] - inside).mean()


def board_loss(net: TrainingNet, hidden: Tensor, boards: Tensor, share: float) -> Tensor:
    """Mean cross-entropy per square over a random share of the positions, in nats."""
    chosen = torch.rand(len(hidden), device=hidden.device) < share
    scores = net.board_head(hidden[chosen]).view(-1, SQUARE_CLASSES)
    return cross_entropy(scores, square_classes(boards[chosen]).view(-1))


def training_loss(net: TrainingNet, batch: Batch, weights: LossWeights) -> tuple[Tensor, Tensor]:
    """Returns (what to minimise, the move loss alone)."""
    logits, hidden = net(batch)
    played = move_loss(logits, batch.target)
    total = played
    if weights.legal:
        total = total + weights.legal * illegality_loss(logits, batch)
    if weights.board:
        total = total + weights.board * board_loss(net, hidden, batch.boards, weights.board_share)
    return total, played.detach()
