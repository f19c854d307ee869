"""One source, compiled or plain.

A *rule* is a plain function; numba inlines it into the loop that calls it, and without numba (in a browser, or when
a caller asks for the plain loop) the very same function runs as Python. What keeps the bits equal is in this module:
the random numbers, the exponential, and the way a loop is compiled.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

try:
    from numba import njit, types
    from numba.extending import intrinsic, overload, register_jitable
except ImportError:  # Pyodide has no numba
    njit = None

CAN_COMPILE = njit is not None
_PCG64_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_WORD = (1 << 64) - 1
F = TypeVar("F", bound=Callable[..., Any])


def rule(function: F) -> F:
    """Let compiled loops inline `function`; called from Python it stays what it is."""
    return register_jitable(forceinline=True)(function) if CAN_COMPILE else function


def uniform(rng: Any) -> float:
    """Return a float64 in [0, 1): `Generator.random()`, or the same PCG64 step on four words in a compiled loop."""
    return rng.random()


def index(i: int) -> int:
    """Return a state or an action. Compiled loops hold it unsigned, which spares them the code for negative indices."""
    return i


@rule
def below(n, rng):
    """Draw an integer evenly from 0 .. n - 1, from one uniform."""
    return int(uniform(rng) * n)


@rule
def exp(x):
    """Return e**x for x <= 0, from + * / and comparisons only, so that every platform gives the same bits.

    Taylor's series at x / 1024, squared ten times; below -700 the answer is 0. Relative error under 1e-12.
    """
    if x < -700.0:
        return 0.0
    y = x / 1024.0
    power = 1.0
    for i in range(9, 0, -1):
        power = 1.0 + y * power / i
    for _ in range(10):
        power = power * power
    return power


@rule
def inverse_power(n, p):
    """Return n**-p for a whole number n >= 1, with the same bits everywhere."""
    return exp(-p * math.log(n))


def pack(generator: np.random.Generator) -> np.ndarray:
    """Return the state of a PCG64 generator as uint64 [4]: state and increment, high word first."""
    state = generator.bit_generator.state["state"]
    return np.array([state[key] >> shift & _WORD for key in ("state", "inc") for shift in (64, 0)], np.uint64)


def unpack(words: np.ndarray, generator: np.random.Generator) -> None:
    """Set a PCG64 generator to the four words that a compiled loop left."""
    high, low, inc_high, inc_low = (int(word) for word in words)
    state: Any = generator.bit_generator.state
    state["state"] = {"state": high << 64 | low, "inc": inc_high << 64 | inc_low}
    generator.bit_generator.state = state


def checksum(*files: str) -> int:
    """Return the CRC-32 of source files: in a closure cell it makes numba's disk cache notice an edited rule."""
    return zlib.crc32(b"".join(Path(name).read_bytes() for name in sorted(set(files))))


def compile_loop(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop that allocates nothing, cached on disk and free of the interpreter's lock.

    Without numba's reference counting (a private option, tried first) such loops run two to five times as fast.
    """
    options = {"nogil": True, "cache": True, "error_model": "numpy"}
    try:
        return njit(**options, _nrt=False)(loop)
    except (KeyError, TypeError):
        return njit(**options)(loop)


if CAN_COMPILE:

    @intrinsic
    def _pcg64_advance(typing_context, high, low, inc_high, inc_low):
        """Return (high:low) * multiplier + (inc_high:inc_low) modulo 2**128."""
        from llvmlite import ir

        def generate(context, builder, signature, arguments):
            wide, word = ir.IntType(128), ir.IntType(64)
            shift = ir.Constant(wide, 64)

            def join(upper, lower):
                return builder.or_(builder.shl(builder.zext(upper, wide), shift), builder.zext(lower, wide))

            product = builder.mul(join(*arguments[:2]), ir.Constant(wide, _PCG64_MULTIPLIER))
            total = builder.add(product, join(*arguments[2:]))
            halves = builder.trunc(builder.lshr(total, shift), word), builder.trunc(total, word)
            return context.make_tuple(builder, signature.return_type, halves)

        word = types.uint64
        return types.UniTuple(word, 2)(word, word, word, word), generate

    @overload(uniform, jit_options={"forceinline": True})
    def _uniform(rng):
        u64 = np.uint64

        def draw(rng):
            high, low = _pcg64_advance(rng[0], rng[1], rng[2], rng[3])
            rng[0], rng[1] = high, low
            rotation, folded = high >> u64(58), high ^ low
            bits = (folded >> rotation) | (folded << ((u64(64) - rotation) & u64(63)))
            return (bits >> u64(11)) * (1.0 / 9007199254740992.0)

        return draw

    @overload(index, jit_options={"forceinline": True})
    def _index(i):
        return lambda i: np.uint32(i)
