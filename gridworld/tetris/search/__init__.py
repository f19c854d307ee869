"""Tetris players found by searching for weights."""
