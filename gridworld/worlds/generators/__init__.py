"""Worlds that are drawn at random: each from a seed, always solvable, and of a bounded size."""

from gridworld.worlds.generators.generate import GENERATORS, LARGEST, SMALLEST, Generator, generate_world

__all__ = ["GENERATORS", "LARGEST", "SMALLEST", "Generator", "generate_world"]
