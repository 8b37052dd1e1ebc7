"""Measures on held-out games. Nothing is masked: the first choice is over all known moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from chess_data import UNK, Batch, Games, token_table
from next_move_lstm import TrainingNet

EARLY_PLIES = 40


@dataclass
class Tally:
    """Sums over positions."""

    positions: int = 0
    known: int = 0  # the move played is in the vocabulary
    early: int = 0  # at most EARLY_PLIES moves before
    loss: float = 0.0
    top1: int = 0
    top5: int = 0
    legal: int = 0
    early_legal: int = 0
    bigram_top1: int = 0

    def add(self, logits: Tensor, batch: Batch, bigram: Tensor) -> None:
        best = logits.topk(min(5, logits.shape[1]), dim=1).indices
        hit = best == batch.target[:, None]
        legal = (batch.legal == best[:, :1]).any(dim=1)
        early = batch.ply <= EARLY_PLIES
        loss = torch.nn.functional.cross_entropy
        self.positions += len(logits)
        self.known += int((batch.target != UNK).sum())
        self.early += int(early.sum())
        self.loss += loss(logits, batch.target, ignore_index=UNK, reduction="sum").item()
        self.top1 += int(hit[:, 0].sum())
        self.top5 += int(hit.sum())
        self.legal += int(legal.sum())
        self.early_legal += int((legal & early).sum())
        self.bigram_top1 += int((bigram[batch.previous] == batch.target).sum())

    def summary(self) -> dict[str, float]:
        """Loss in nats per move, the rest as shares of the positions."""
        return {
            "val_loss": self.loss / max(1, self.known),
            "val_top1": self.top1 / self.positions,
            "val_top5": self.top5 / self.positions,
            "legal_first_choice_to_ply_40": self.early_legal / self.early,
            "legal_first_choice": self.legal / self.positions,
            "bigram_top1": self.bigram_top1 / self.positions,
        }


def bigram_table(games: Games, train: list[int], vocab: dict[str, int]) -> Tensor:
    """[V] for each previous move, the move that most often followed; UNK stands for none.

    A previous move never followed by any gets the most frequent move of all.
    """
    size, table = len(vocab), token_table(vocab)
    pairs, played = [], []
    for game in train:
        tokens = table[games.played[games.span(game)].long()]
        before = torch.cat([torch.tensor([UNK]), tokens[:-1]])
        pairs.append(before * size + tokens)
        played.append(tokens)
    counts = torch.bincount(torch.cat(pairs), minlength=size * size).view(size, size)
    favourite = torch.bincount(torch.cat(played), minlength=size).argmax()
    return torch.where(counts.sum(dim=1) > 0, counts.argmax(dim=1), favourite)


@torch.no_grad()
def evaluate(
    net: TrainingNet, batches: Iterable[Batch], bigram: Tensor, stopped: Callable[[], bool]
) -> dict[str, float] | None:
    """The figures over all batches, or None when told to stop."""
    net.eval()
    tally = Tally()
    for batch in batches:
        if stopped():
            return None
        tally.add(net(batch)[0], batch, bigram)
    return tally.summary()


def describe(row: dict[str, float], best: bool) -> str:
    ratio = row["val_top1"] / max(row["bigram_top1"], 1e-9)
    return (
        f"epoch {row['epoch']}: train {row['train_loss']:.3f}, val {row['val_loss']:.3f}, "
        f"top-1 {row['val_top1']:.1%} ({ratio:.2f}x bigram {row['bigram_top1']:.1%}), "
        f"top-5 {row['val_top5']:.1%}, first choice legal "
        f"{row['legal_first_choice_to_ply_40']:.1%} to ply 40 and "
        f"{row['legal_first_choice']:.1%} overall, lr {row['lr']:.2g}, "
        f"{row['seconds']:.0f} s{', best so far' if best else ''}"
    )
