// Forty plies of each of these games are what int8 is held to full precision on: the first of services/trainer/data.
const games = [
  'c2c4 h7h6 g1f3 g8f6 a2a3 b8c6 g2g3 d7d6 b1c3 c8e6 e2e4 c6e5 d2d4 e5f3 d1f3 g7g6 f3d3 c7c5 c1e3 f6g4 f1h3 g4f2 e1f2 e6h3 a1d1 b7b6 e4e5 h3f5 d3d2 d6e5 d4c5 d8d2 d1d2 b6c5 c3b5 a8c8 h1d1 f7f6 b5a7 c8c7',
  'd2d4 c7c5 c2c4 c5d4 d1d3 e7e5 a2a3 g8f6 f2f4 d7d6 e2e3 b8c6 g1e2 d6d5 c4d5 d4e3 b1c3 c8e6 f4e5 f6d5 d3e4 f8c5 e2f4 d5f4 e4f4 g7g5 f4e4 c5d4 c1e3 a8c8 f1b5 e8g8 b5d3 d4c3 b2c3 f7f5 e5f6 d8d7 e1g1 e6d5',
  'c2c4 c7c5 e2e3 e7e5 f1e2 b8c6 d2d3 d7d5 a2a3 d5d4 e3e4 f8d6 d1c2 g7g6 b2b3 g6g5 b1d2 a7a6 c2d1 d8f6 d2f1 c8d7 f1g3 f6g6 e2h5 g6g7 g1h3 h7h6 a1b1 g8f6 h3g1 d6c7 h2h3 c7d6 h5f3 b7b6 f3g4 f6g4 g3f5 d7f5',
  'd2d4 c7c5 d4d5 d7d6 c2c4 c8f5 b1c3 g8f6 f2f3 a7a6 a2a4 g7g6 g2g3 f5d7 e2e4 d8c8 b2b3 h7h6 g1e2 f8g7 d1c2 c8d8 f1g2 e7e6 c1f4 e6e5 f4e3 f6h7 c2d2 h6h5 a4a5 h5h4 e2g1 b7b5 a5b6 d8b6 e1f2 b6d8 f2e1 a6a5',
  'e2e4 d7d5 d2d3 c7c6 a2a3 d8c7 b1c3 d5d4 c3b1 c6c5 g2g3 e7e5 f1g2 b8c6 g1f3 f8d6 f3d2 h7h6 a3a4 c8e6 b2b3 c7d8 d2c4 g8e7 c4d6 d8d6 b1d2 e7g6 e1g1 d6c7 d1h5 c6b4 h5d1 a7a5 d2c4 e8c8 c1d2 h6h5 f2f4 e6c4',
  'a2a4 c7c5 e2e4 g8f6 e4e5 f6e4 d2d3 e4f6 e5f6 g7f6 b1c3 d7d5 d3d4 b8c6 c3b5 a7a6 b5a3 h8g8 g1e2 e7e5 d4e5 f6e5 c1d2 c8g4 h2h3 d8h4 g2g3 h4h5 f1g2 g4f3 g3g4 f3g2 g4h5 g2h1 e2g3 c6d4 d2a5 c5c4 a5c3 h1f3',
  'e2e4 d7d5 d1e2 b8c6 g1f3 d5e4 f3g5 d8d5 e2b5 g8f6 b5d5 f6d5 f1c4 c6b4 e1g1 c8f5 c2c3 b7b5 c4b3 e7e6 c3b4 h7h6 g5h3 e8c8 a2a3 f5h3 b3d5 e6d5 g2h3 f7f5 d2d3 a7a6 f1e1 f8d6 b1d2 h8e8 d3e4 e8e6 e4e5 d8e8',
  'g1f3 d7d5 a2a4 c7c5 e2e3 b8c6 h2h3 e7e5 f3h2 c8e6 b1a3 g8f6 d2d3 h7h5 b2b3 a7a6 h2f3 f6h7 f1e2 f8d6 f3d2 d8g5 e3e4 g5g2 e2f3 g2g6 e4d5 e5e4 d3e4 d6e5 a1b1 h7g5 a3c4 g5f3 d1f3 b7b5 c4e5 c6e5 f3f4 g6g2',
  'e2e4 g8f6 e4e5 f6d5 c2c4 d5b6 g1f3 d7d6 e5d6 e7d6 d2d4 c8f5 a2a4 a7a5 b1c3 f8e7 h2h4 e7f6 d1e2 d8e7 c1g5 e7e2 f1e2 f6g5 h4g5 f5d7 b2b3 d7f5 f3h4 f5c2 a1a3 b8c6 e1d2 c6d4 c3b5 d4b5 a4b5 c2g6 e2f3 a8a7',
  'g1f3 b7b6 c2c4 c8b7 g2g3 g8f6 f1g2 e7e6 d1c2 c7c5 d2d3 d7d5 a2a3 d5d4 e2e3 d4e3 c1e3 f6g4 e3g5 f7f6 h2h3 g4e5 f3e5 b7g2 h1g1 g2h3 c2e2 f8d6 d3d4 e8g8 e2e4 b8d7 e5c6 d8e8 g5e3 h3f5 e4h1 f5d3 b1c3 c5d4',
  'c2c4 g7g6 g2g3 g8f6 d2d4 f8g7 b1c3 c7c6 f1g2 d7d6 a2a3 b8d7 b2b3 d8a5 d1c2 e7e5 g1f3 e5d4 b3b4 a5b6 c3a4 b6c7 c1b2 c6c5 e1g1 e8g8 h2h3 f8e8 a1e1 b7b5 f3d4 c5d4 g2a8 d7f8 a8g2 c8f5 e2e4 d4e3 c2c3 e3e2',
  'a2a4 d7d6 e2e4 e7e5 g1f3 f7f5 e4f5 g8e7 d2d4 e5e4 f3h4 c8f5 g2g4 f5e6 h4g2 h7h5 f1e2 d6d5 h2h4 d8d7 c1e3 e6g4 c2c3 d7f5 d1b3 g4e2 b3b7 f5f3 b7a8 e2d3 a8b8 e8d7 g2f4 f3h1 e1d2 h1f1 b2b3 e7c6 b8a8 d3b1',
]

const plies = 40
const step = 2

/** Beginnings of games in UCI form, every second ply of each, the start position first. */
export const quantizePositions: readonly (readonly string[])[] = games.flatMap((game) => {
  const moves = game.split(' ')
  return Array.from({ length: plies / step }, (_none, at) => moves.slice(0, at * step))
})
