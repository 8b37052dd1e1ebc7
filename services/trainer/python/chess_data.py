"""Games on disk to tensors: reading, a cache of replayed positions, vocabulary, batches."""

from __future__ import annotations

import gzip
import hashlib
import multiprocessing
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from checkpoint import atomic_save
from positions import BITBOARDS, MOVE_CODES, DataError, Replay, code_to_uci, replay_lines

PAD, UNK = 0, 1
CACHE_FORMAT = 1  # raise when positions.py records something else
LINES_PER_TASK = 100
FEW_GAMES = 400  # below this, worker processes cost more than they save
DTYPES = {"b": torch.int8, "h": torch.int16, "i": torch.int32, "Q": torch.int64}


@dataclass
class Games:
    """All games, concatenated: G games, N positions, M legal moves."""

    winners: Tensor  # [G] int8
    lengths: Tensor  # [G] int32, plies
    played: Tensor  # [N] int16, move codes
    phases: Tensor  # [N] int8
    boards: Tensor  # [N, BITBOARDS] int64
    legal_counts: Tensor  # [N] int16
    legal: Tensor  # [M] int16, move codes

    def __post_init__(self) -> None:
        self.ends = self.lengths.long().cumsum(0).tolist()
        self.legal_ends = [0, *self.legal_counts.long().cumsum(0).tolist()]

    def span(self, game: int) -> slice:
        """The game's positions."""
        return slice(self.ends[game] - int(self.lengths[game]), self.ends[game])

    def legal_span(self, positions: slice) -> slice:
        return slice(self.legal_ends[positions.start], self.legal_ends[positions.stop])


@dataclass
class Batch:
    """B games as one padded block, plus their P positions laid end to end."""

    moves: Tensor  # [B, T] int64 token ids, padded with PAD
    mask: Tensor  # [B, T] bool, true where a move was played
    target: Tensor  # [P] token id of the move played
    winner: Tensor  # [P] 0..3
    phase: Tensor  # [P] 0..3
    side: Tensor  # [P] 0 white to move, 1 black
    ply: Tensor  # [P] moves played before
    previous: Tensor  # [P] token id of the move before, UNK at the start
    legal: Tensor  # [P, K] token ids of the legal moves, padded with PAD
    boards: Tensor  # [P, BITBOARDS]

    def to(self, device: torch.device) -> Batch:
        return Batch(**{name: value.to(device) for name, value in vars(self).items()})


def sha256_of(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise DataError(f"cannot read {path}: {error.strerror}") from None
    return digest.hexdigest()


def read_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yields ("file:line", text) for every line that is not blank."""
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            for number, text in enumerate(stream, 1):
                if text.strip():
                    yield f"{path}:{number}", text
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise DataError(f"cannot read {path}: {error}") from None


def tasks_of(lines: Iterator[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    return list(iter(lambda: list(islice(lines, LINES_PER_TASK)), []))


def replay_files(paths: list[Path], workers: int) -> Games:
    tasks = tasks_of(line for path in paths for line in read_lines(path))
    if not tasks:
        raise DataError(f"no games in {', '.join(map(str, paths))}")
    whole = Replay()
    if workers < 2 or len(tasks) * LINES_PER_TASK <= FEW_GAMES:
        for task in tasks:
            whole.extend(replay_lines(task))
    else:
        with ProcessPoolExecutor(workers, multiprocessing.get_context()) as pool:
            for part in pool.map(replay_lines, tasks):
                whole.extend(part)
    return Games(**{name: to_tensor(name, values) for name, values in vars(whole).items()})


def to_tensor(name: str, values) -> Tensor:
    tensor = torch.frombuffer(values, dtype=DTYPES[values.typecode])
    return tensor.view(-1, BITBOARDS) if name == "boards" else tensor


def load_games(paths: list[Path], cache_dir: Path, workers: int) -> tuple[Games, str]:
    """Returns the games and the sha256 of their files; replays them only the first time."""
    digest = sha256_of(paths)
    cached = cache_dir / f"positions-{CACHE_FORMAT}-{digest[:32]}.cache"
    try:
        return Games(**torch.load(cached, weights_only=True)), digest
    except FileNotFoundError:
        pass
    except Exception:
        cached.unlink()  # unreadable: made again below
    games = replay_files(paths, workers)
    atomic_save({field.name: getattr(games, field.name) for field in fields(Games)}, cached)
    return games, digest


def split_games(count: int, held_out: int, seed: int) -> tuple[list[int], list[int]]:
    """A seeded draw of whole games: (training, validation) indices."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()
    return sorted(order[held_out:]), sorted(order[:held_out])


def build_vocab(games: Games, train: list[int]) -> dict[str, int]:
    """Every move seen in the training games, in the order of its code."""
    seen = torch.cat([games.played[games.span(game)] for game in train]).unique()
    moves = [code_to_uci(code) for code in seen.tolist()]
    return {"<PAD>": PAD, "<UNK>": UNK, **{move: 2 + i for i, move in enumerate(moves)}}


def token_table(vocab: dict[str, int]) -> Tensor:
    """[MOVE_CODES] token id of each move code; UNK where the vocabulary has none."""
    return torch.tensor([vocab.get(code_to_uci(code), UNK) for code in range(MOVE_CODES)])


def epoch_batches(lengths: Tensor, games: list[int], size: int, seed: int) -> list[list[int]]:
    """Batches of games of like length, so that little padding is computed; order by seed."""
    generator = torch.Generator().manual_seed(seed)
    shuffled = [games[i] for i in torch.randperm(len(games), generator=generator).tolist()]
    pool = 16 * size
    batches = []
    for start in range(0, len(shuffled), pool):
        alike = sorted(shuffled[start : start + pool], key=lambda game: int(lengths[game]))
        batches += [alike[i : i + size] for i in range(0, len(alike), size)]
    return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]


def padded_rows(values: Tensor, counts: Tensor) -> Tensor:
    """[sum(counts)] laid out as [len(counts), max(counts)], the rest PAD."""
    mask = torch.arange(int(counts.max())) < counts[:, None]
    rows = torch.full(mask.shape, PAD, dtype=values.dtype)
    rows[mask] = values
    return rows


def collate(games: Games, chosen: list[int], table: Tensor) -> Batch:
    spans = [games.span(game) for game in chosen]
    lengths = games.lengths[chosen].long()
    target = table[torch.cat([games.played[s] for s in spans]).long()]
    moves = padded_rows(target, lengths)
    mask = torch.arange(moves.shape[1]) < lengths[:, None]
    ply = torch.arange(moves.shape[1]).expand_as(moves)[mask]
    start = torch.full((len(chosen), 1), UNK)
    legal = table[torch.cat([games.legal[games.legal_span(s)] for s in spans]).long()]
    return Batch(
        moves=moves,
        mask=mask,
        target=target,
        winner=games.winners[chosen].long().repeat_interleave(lengths),
        phase=torch.cat([games.phases[s] for s in spans]).long(),
        side=ply % 2,
        ply=ply,
        previous=torch.cat([start, moves[:, :-1]], dim=1)[mask],
        legal=padded_rows(legal, torch.cat([games.legal_counts[s] for s in spans]).long()),
        boards=torch.cat([games.boards[s] for s in spans]),
    )
