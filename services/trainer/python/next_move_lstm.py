"""NextMoveLSTM: an LSTM reads the moves so far; a linear layer scores every known move next.

The parameter names and the order of the concatenated features are the artifact's contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

import chess
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization
from torch.nn.utils.rnn import pack_padded_sequence

from chess_data import PAD, UNK, Batch
from positions import PROMOTIONS

WINNER_EMBED_DIM = 8
FORGET_BIAS = 2.0
SQUARES, SQUARE_CLASSES = 64, 13  # empty, six white pieces, six black ones


@dataclass(frozen=True)
class ModelConfig:
    embed_dim: int
    hidden_dim: int
    num_layers: int
    dropout: float
    use_winner: bool = True
    use_phase: bool = True
    phase_embed_dim: int = 8
    use_side_to_move: bool = True
    side_to_move_embed_dim: int = 4

    @property
    def feature_dim(self) -> int:
        return (
            self.hidden_dim
            + WINNER_EMBED_DIM * self.use_winner
            + self.phase_embed_dim * self.use_phase
            + self.side_to_move_embed_dim * self.use_side_to_move
        )


class NextMoveLSTM(nn.Module):
    def __init__(self, vocab_size: int, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.token_embed = nn.Embedding(vocab_size, config.embed_dim, padding_idx=PAD)
        self.lstm = nn.LSTM(
            config.embed_dim,
            config.hidden_dim,
            config.num_layers,
            batch_first=True,
            dropout=config.dropout if config.num_layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(config.dropout)
        self.winner_embed = nn.Embedding(4, WINNER_EMBED_DIM)
        if config.use_phase:
            self.phase_embed = nn.Embedding(4, config.phase_embed_dim)
        if config.use_side_to_move:
            self.side_to_move_embed = nn.Embedding(2, config.side_to_move_embed_dim)
        self.classifier = nn.Linear(config.feature_dim, vocab_size)
        nn.init.normal_(self.token_embed.weight, std=0.3)
        self.remember_by_default()

    @torch.no_grad()
    def remember_by_default(self) -> None:
        """Opens the forget gates: a piece stays where it is until a move says otherwise."""
        width = self.config.hidden_dim
        for layer in range(self.config.num_layers):
            getattr(self.lstm, f"bias_ih_l{layer}")[width : 2 * width] = FORGET_BIAS

    def classify(self, hidden: Tensor, winner: Tensor, phase: Tensor, side: Tensor) -> Tensor:
        """[P, hidden_dim] and [P] ids to logits [P, V]."""
        features = [self.dropout(hidden)]
        if self.config.use_winner:
            features.append(self.winner_embed(winner))
        if self.config.use_phase:
            features.append(self.phase_embed(phase))
        if self.config.use_side_to_move:
            features.append(self.side_to_move_embed(side))
        return self.classifier(torch.cat(features, dim=1))

    def forward(
        self, tokens: Tensor, lengths: Tensor, winner: Tensor, phase: Tensor, side: Tensor
    ) -> Tensor:
        """As served: contexts [B, T] with their lengths [B] (an empty one is UNK) to [B, V]."""
        packed = pack_padded_sequence(
            self.token_embed(tokens), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (last, _) = self.lstm(packed)
        return self.classify(last[-1], winner, phase, side)

    def hidden_before_each_move(self, moves: Tensor) -> Tensor:
        """Whole games [B, T] to [B, T, hidden_dim], the state each move was chosen from.

        The first comes from a lone UNK, as an empty context is served; the moves then start
        from a fresh state. Padding follows the moves, so it cannot reach them.
        """
        start, _ = self.lstm(self.token_embed(moves.new_full((1, 1), UNK)))
        start = start.expand(len(moves), 1, -1)
        if moves.shape[1] == 1:
            return start
        after, _ = self.lstm(self.token_embed(moves[:, :-1]))
        return torch.cat([start, after], dim=1)


class MoveRows(nn.Module):
    """Adds to a move's own row what it shares: a row for its origin, target and promotion.

    Moves rare in the games so learn from others; the sum is what an artifact contains.
    """

    def __init__(self, vocab: dict[str, int], own: Tensor) -> None:
        super().__init__()
        parts = torch.tensor([move_parts(token) for token in vocab])
        self.register_buffer("parts", parts, persistent=False)
        rows = 2 * SQUARES + len(PROMOTIONS) + 1
        self.shared = nn.Parameter(torch.randn(rows, own.shape[1]) * own.std().item())

    def forward(self, own: Tensor) -> Tensor:
        return own + nn.functional.embedding(self.parts, self.shared).sum(dim=1)


def move_parts(token: str) -> list[int]:
    """Which three shared rows make up a token; the last one serves <PAD> and <UNK>."""
    none = 2 * SQUARES + len(PROMOTIONS)
    if token.startswith("<"):
        return [none] * 3
    squares = chess.SQUARE_NAMES
    origin, target = squares.index(token[:2]), squares.index(token[2:4])
    return [origin, SQUARES + target, 2 * SQUARES + PROMOTIONS.index(token[4:])]


class TrainingNet(nn.Module):
    """The model with its aids for training, none of which is exported.

    They are the rows moves share and a head that must name the piece on every square.
    """

    def __init__(self, model: NextMoveLSTM, vocab: dict[str, int]) -> None:
        super().__init__()
        self.model = model
        self.artifact_names = list(model.state_dict())
        for layer in (model.token_embed, model.classifier):
            register_parametrization(layer, "weight", MoveRows(vocab, layer.weight.detach()))
        self.board_head = nn.Linear(model.config.hidden_dim, SQUARES * SQUARE_CLASSES)

    @torch.no_grad()
    def start_with(self, weights: dict[str, Tensor]) -> None:
        """Takes the parameters of an exported model. Raises RuntimeError when they do not fit."""
        plain = dict(weights)
        for name in ("token_embed", "classifier"):
            rows = getattr(self.model, name).parametrizations.weight
            rows[0].shared.zero_()
            plain[f"{name}.parametrizations.weight.original"] = plain.pop(f"{name}.weight")
            plain[f"{name}.parametrizations.weight.0.shared"] = rows[0].shared
        self.model.load_state_dict(plain)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Logits [P, V] and the hidden states [P, hidden_dim] they came from."""
        hidden = self.model.hidden_before_each_move(batch.moves)[batch.mask]
        return self.model.classify(hidden, batch.winner, batch.phase, batch.side), hidden

    def artifact_state(self) -> dict[str, Tensor]:
        """The model's parameters under their plain names, shared rows added in."""
        return {name: attrgetter(name)(self.model).detach() for name in self.artifact_names}


def square_classes(boards: Tensor) -> Tensor:
    """Bitboards [P, 7] to [P, 64]: 0 empty, 1..6 white pawn to king, 7..12 black."""
    bits = boards[:, :, None] >> torch.arange(SQUARES, device=boards.device) & 1
    kinds = torch.arange(1, 7, device=boards.device)[:, None]
    piece = (bits[:, :6] * kinds).sum(dim=1)
    black = (piece > 0) & (bits[:, 6] == 0)
    return piece + 6 * black
