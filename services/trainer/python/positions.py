"""Replays a game with python-chess and records what training needs of every position.

Only the standard library and python-chess are imported, so a worker process starts fast.
Moves are stored as small numbers ("codes") that do not depend on any vocabulary.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass, field

import chess

WINNER_IDS = {"W": 0, "B": 1, "D": 2}
WINNER_UNKNOWN = 3
PHASE_UNKNOWN, PHASE_OPENING, PHASE_MIDDLEGAME, PHASE_ENDGAME = range(4)
BITBOARDS = 7  # pawns, knights, bishops, rooks, queens, kings, everything white
MOVE_CODES = 5 * 64 * 64
PROMOTIONS = ("", "n", "b", "r", "q")


class DataError(Exception):
    """The training data is unusable; the message says which line and why."""


@dataclass
class Replay:
    """Positions of one or more games, one after another; each is a context with a next move."""

    winners: array = field(default_factory=lambda: array("b"))  # per game
    lengths: array = field(default_factory=lambda: array("i"))  # per game, in plies
    played: array = field(default_factory=lambda: array("h"))  # per position, a move code
    phases: array = field(default_factory=lambda: array("b"))  # per position
    boards: array = field(default_factory=lambda: array("Q"))  # per position, BITBOARDS words
    legal_counts: array = field(default_factory=lambda: array("h"))  # per position
    legal: array = field(default_factory=lambda: array("h"))  # per legal move, a move code

    def extend(self, other: Replay) -> None:
        for name, values in vars(self).items():
            values.extend(getattr(other, name))


def move_code(move: chess.Move) -> int:
    promotion = move.promotion - 1 if move.promotion else 0
    return move.from_square + 64 * move.to_square + 4096 * promotion


def code_to_uci(code: int) -> str:
    names = chess.SQUARE_NAMES
    return names[code % 64] + names[code // 64 % 64] + PROMOTIONS[code // 4096]


def nonpawn_material(board: chess.Board) -> int:
    """Both sides together: knight and bishop 3, rook 5, queen 9."""
    minors = (board.knights | board.bishops).bit_count()
    return 3 * minors + 5 * board.rooks.bit_count() + 9 * board.queens.bit_count()


def phase_of(board: chess.Board, ply: int) -> int:
    """The game phase after `ply` moves; the serving side applies the same rule."""
    material = nonpawn_material(board)
    if material <= 14 or (not board.queens and material <= 20):
        return PHASE_ENDGAME
    if ply <= 20 and board.castling_rights:
        return PHASE_OPENING
    return PHASE_MIDDLEGAME


def parse_game(line: str) -> tuple[int, list[str]]:
    """Returns (winner id, UCI moves) of one JSON line, or says what is wrong with it."""
    try:
        game = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"not JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(game, dict):
        raise DataError("expected an object with 'winner' and 'moves'")
    moves = game.get("moves")
    if not isinstance(moves, list) or not moves or not all(isinstance(m, str) for m in moves):
        raise DataError("'moves' must be a non-empty list of UCI strings")
    if not isinstance(game.get("winner"), str):
        raise DataError("'winner' must be a string: W, B or D")
    return WINNER_IDS.get(game["winner"], WINNER_UNKNOWN), moves


def record_position(replay: Replay, board: chess.Board, ply: int) -> set[int]:
    """Appends the board as it stands; returns the codes of its legal moves."""
    codes = [move_code(move) for move in board.generate_legal_moves()]
    replay.legal.extend(codes)
    replay.legal_counts.append(len(codes))
    replay.phases.append(phase_of(board, ply))
    pieces = (board.pawns, board.knights, board.bishops, board.rooks, board.queens, board.kings)
    replay.boards.extend((*pieces, board.occupied_co[chess.WHITE]))
    return set(codes)


def replay_game(line: str) -> Replay:
    winner, moves = parse_game(line)
    replay, board = Replay(), chess.Board()
    for ply, uci in enumerate(moves):
        legal = record_position(replay, board, ply)
        try:
            move = chess.Move.from_uci(uci)
        except ValueError:
            raise DataError(f"move {ply + 1} ('{uci}') is not UCI notation") from None
        if move_code(move) not in legal:
            raise DataError(f"move {ply + 1} ('{uci}') is illegal in its position")
        replay.played.append(move_code(move))
        board.push(move)
    replay.winners.append(winner)
    replay.lengths.append(len(moves))
    return replay


def replay_lines(lines: list[tuple[str, str]]) -> Replay:
    """Replays (place, text) pairs; an error names the place, "file:line"."""
    replay = Replay()
    for place, text in lines:
        try:
            replay.extend(replay_game(text))
        except DataError as error:
            raise DataError(f"{place}: {error}") from None
    return replay
