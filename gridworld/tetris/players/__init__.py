"""Saved Tetris players."""
