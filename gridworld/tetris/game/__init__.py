"""The game of Tetris: pieces, board, features, games and the environment."""
