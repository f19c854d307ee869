"""The generators of many seeds at once, as `numpy.random.SeedSequence` and `PCG64` would begin them one by one.

The mixing is that of `SeedSequence` (O'Neill 2015, "Developing a seed_seq alternative"), on columns of uint32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

POOL = 4  # words of 32 bits
INIT_A, MULT_A, INIT_B, MULT_B = 0x43B0D7E5, 0x931E8875, 0x8B51F9DD, 0x58F38DED
MIX_LEFT, MIX_RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
HALF = np.uint32(16)
MULTIPLIER_HIGH, MULTIPLIER_LOW = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)  # of PCG64
ONE, TOP, WIDTH, HALF_WORD = np.uint64(1), np.uint64(63), np.uint64(32), np.uint64(0xFFFFFFFF)


class RunningHash:
    """A running hash of columns of words, uint32 [n]."""

    def __init__(self, start: int, factor: int) -> None:
        self._constant, self._factor = start, factor

    def __call__(self, values: np.ndarray) -> np.ndarray:
        before, self._constant = self._constant, self._constant * self._factor & 0xFFFFFFFF
        values = (values ^ np.uint32(before)) * np.uint32(self._constant)
        return values ^ (values >> HALF)


def generator_words(seeds: np.ndarray) -> np.ndarray:
    """Return the states of both generators of each run, uint64 [n, 2, 4]: the agent's and the world's, as `pack` does.

    `seeds` is uint64 [n]; they are those of `Settings`.
    """
    seeds, children = np.repeat(np.asarray(seeds, np.uint64), 2), np.tile(np.arange(2, dtype=np.uint32), len(seeds))
    return _pcg64(_generated(_pool(seeds, children))).reshape(-1, 2, 4)


def _pool(seeds: np.ndarray, children: np.ndarray) -> list[np.ndarray]:
    """Return the mixed pools of `SeedSequence(seed, spawn_key=(child,))`: four columns, uint32 [n]."""
    low, high = (seeds & np.uint64(0xFFFFFFFF)).astype(np.uint32), (seeds >> np.uint64(32)).astype(np.uint32)
    zero = np.zeros_like(low)
    hashed = RunningHash(INIT_A, MULT_A)
    pool = [hashed(column) for column in (low, high, zero, zero)]
    for source in range(POOL):
        for target in range(POOL):
            if source != target:
                pool[target] = _mixed(pool[target], hashed(pool[source]))
    return [_mixed(column, hashed(children)) for column in pool]


def _mixed(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    result: np.ndarray = MIX_LEFT * x - MIX_RIGHT * y
    return result ^ (result >> HALF)


def _generated(pool: list[np.ndarray]) -> np.ndarray:
    """Return the words of `generate_state(4, np.uint64)`, uint64 [n, 4]."""
    hashed = RunningHash(INIT_B, MULT_B)
    words = [hashed(pool[place % POOL]).astype(np.uint64) for place in range(2 * POOL)]
    return np.stack([low | high << np.uint64(32) for low, high in zip(words[::2], words[1::2], strict=True)], axis=1)


def _pcg64(material: np.ndarray) -> np.ndarray:
    """Return state and increment of PCG64 generators seeded with these words, uint64 [n, 4], high words first."""
    high, low, stream_high, stream_low = material.T
    increment = stream_high << ONE | stream_low >> TOP, stream_low << ONE | ONE
    product = _times_multiplier(*_sum(*increment, high, low))
    return np.stack([*_sum(*product, *increment), *increment], axis=1)


def _sum(high: np.ndarray, low: np.ndarray, other_high: np.ndarray, other_low: np.ndarray) -> tuple[Any, Any]:
    """Add numbers of 128 bits, modulo 2^128."""
    total = low + other_low
    return high + other_high + (total < low), total


def _times_multiplier(high: np.ndarray, low: np.ndarray) -> tuple[Any, Any]:
    """Multiply numbers of 128 bits by the multiplier of PCG64, modulo 2^128."""
    left, right = low >> WIDTH, low & HALF_WORD
    middle = left * (MULTIPLIER_LOW & HALF_WORD) + (right * (MULTIPLIER_LOW & HALF_WORD) >> WIDTH)
    crossed = right * (MULTIPLIER_LOW >> WIDTH) + (middle & HALF_WORD)
    carried = left * (MULTIPLIER_LOW >> WIDTH) + (middle >> WIDTH) + (crossed >> WIDTH)
    return carried + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH, low * MULTIPLIER_LOW
