"""What the chess trainer is made of: python -m unittest test/python/test_trainer_parts.py"""

import gzip
import json
import os
import random
import signal
import sys
import tempfile
import time
import unittest
from itertools import islice
from pathlib import Path

import chess
import torch

TRAINER = Path(__file__).resolve().parents[2] / "services" / "trainer"
sys.path.insert(0, str(TRAINER / "python"))

from chess_data import PAD, UNK, build_vocab, collate, load_games, token_table
from checkpoint import atomic_save
from evaluation import bigram_table
from next_move_lstm import ModelConfig, NextMoveLSTM, TrainingNet, square_classes
from positions import code_to_uci, phase_of
from schedule import Schedule


class Parts(unittest.TestCase):
    def directory(self) -> Path:
        return Path(self.enterContext(tempfile.TemporaryDirectory()))

    def some_games(self, count: int) -> Path:
        path = self.directory() / "games.jsonl"
        with gzip.open(TRAINER / "data" / "sample-games.jsonl.gz", "rt") as sample:
            path.write_text("".join(islice(sample, count)))
        return path

    def test_killed_while_saving_leaves_whole_files(self) -> None:
        path = self.directory() / "best.pt"
        atomic_save({"round": -1}, path)
        for _ in range(12):
            child = os.fork()
            if child == 0:
                while True:
                    atomic_save({"weights": torch.zeros(200_000)}, path)
            time.sleep(random.uniform(0.005, 0.05))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            self.assertTrue(torch.load(path, weights_only=True))
            self.assertEqual([p.name for p in path.parent.glob("*.pt")], ["best.pt"])

    def test_schedules(self) -> None:
        cosine = Schedule("cosine", peak=1.0, warmup=10, patience=0)
        self.assertAlmostEqual(cosine.rate(0, 0.0), 0.1)
        self.assertAlmostEqual(cosine.rate(50, 0.5), 0.505)
        self.assertAlmostEqual(cosine.rate(99, 1.0), 0.01)
        plateau = Schedule("plateau", peak=1.0, warmup=0, patience=3)
        best = [plateau.observe(i, loss) for i, loss in enumerate((2.0, 1.0, 1.5, 1.5), 1)]
        self.assertEqual(best, [True, True, False, False])
        self.assertEqual((plateau.rate(99, 0.9), plateau.exhausted), (0.5, False))
        plateau.observe(5, 1.5)
        self.assertTrue(plateau.exhausted)

    def test_phases(self) -> None:
        for fen, ply, phase in (
            (chess.STARTING_FEN, 0, 1),
            (chess.STARTING_FEN, 21, 2),
            ("rnbq1bnr/ppppkppp/8/4p3/4P3/8/PPPPKPPP/RNBQ1BNR w - - 2 3", 4, 2),
            ("r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", 10, 3),  # 20, no queens
            ("r3k2r/8/8/8/8/8/8/R2QK2R w KQkq - 0 1", 10, 1),  # a queen, rights, early
            ("3qk3/8/8/8/8/8/8/3RK3 w - - 0 60", 60, 3),  # 14
            ("3qk3/8/8/8/8/8/8/3RKB2 w - - 0 60", 60, 2),  # 17 with a queen
        ):
            self.assertEqual(phase_of(chess.Board(fen), ply), phase, fen)

    def test_recorded_positions_agree_with_the_board(self) -> None:
        games, _ = load_games([self.some_games(7)], self.directory(), 1)
        vocab = {"<PAD>": PAD, "<UNK>": UNK, "e2e4": 2, "d2d4": 3, "g1f3": 4}
        batch = collate(games, [3, 5], token_table(vocab))
        plies = [ply for game in (3, 5) for ply in range(int(games.lengths[game]))]
        self.assertEqual(batch.ply.tolist(), plies)
        self.assertEqual(batch.side.tolist(), [ply % 2 for ply in plies])
        self.assertLessEqual({2, 3, 4}, set(batch.legal[0].tolist()))
        codes = square_classes(games.boards[games.span(3)])
        board = chess.Board()
        for code, row in zip(games.played[games.span(3)].tolist(), codes.tolist()):
            pieces = [board.piece_at(s) for s in chess.SQUARES]
            expected = [p.piece_type + 6 * (not p.color) if p else 0 for p in pieces]
            self.assertEqual(row, expected)
            board.push_uci(code_to_uci(code))

    def test_bigram_baseline(self) -> None:
        path = self.directory() / "games.jsonl"
        games = ["e2e4 e7e5", "e2e4 c7c5", "d2d4 d7d5", "e2e4 c7c5"]
        lines = [json.dumps({"winner": "D", "moves": game.split()}) for game in games]
        path.write_text("\n".join(lines))
        data, _ = load_games([path], self.directory(), 1)
        vocab = build_vocab(data, [0, 1, 2, 3])
        table = bigram_table(data, [0, 1, 2, 3], vocab)
        names = list(vocab)
        for before, after in (("<UNK>", "e2e4"), ("e2e4", "c7c5"), ("c7c5", "e2e4")):
            self.assertEqual(names[table[vocab[before]]], after)

    def test_whole_games_and_single_contexts_agree(self) -> None:
        torch.manual_seed(0)
        model = NextMoveLSTM(50, ModelConfig(12, 24, 2, 0.5)).eval()
        moves = torch.randint(2, 50, (3, 9))
        hidden = model.hidden_before_each_move(moves)
        for ply in range(9):
            context = moves[:, :ply] if ply else torch.full((3, 1), UNK)
            ids = torch.tensor([0, 2, 3]), torch.tensor([1, 2, 3]), torch.full((3,), ply % 2)
            served = model(context, torch.full((3,), max(ply, 1)), *ids)
            trained = model.classify(hidden[:, ply], *ids)
            torch.testing.assert_close(trained, served, rtol=0, atol=1e-5)

    def test_an_exported_model_has_the_shared_rows_added_in(self) -> None:
        vocab = {"<PAD>": PAD, "<UNK>": UNK, "e2e4": 2, "e7e5": 3, "a7a8q": 4}
        net = TrainingNet(NextMoveLSTM(len(vocab), ModelConfig(12, 24, 1, 0.0)), vocab)
        plain = NextMoveLSTM(len(vocab), ModelConfig(12, 24, 1, 0.0))
        plain.load_state_dict(net.artifact_state())
        ids = torch.zeros(2, dtype=torch.long)
        inputs = torch.tensor([[2, 3], [4, 0]]), torch.tensor([2, 1]), ids, ids, ids
        torch.testing.assert_close(plain(*inputs), net.model(*inputs), rtol=0, atol=1e-6)


if __name__ == "__main__":
    unittest.main()
