export * from 'chess.js'
