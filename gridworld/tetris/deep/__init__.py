"""Tetris learned by the deep agents of stable-baselines3."""
