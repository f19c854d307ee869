"""The Tetris page."""
