"""Counting bits: one instruction of the processor in compiled loops, a method of Python's integers in plain ones."""

from __future__ import annotations

from gridworld.compiled import CAN_COMPILE, rule

ROWS_WITH_BIT = tuple(sum(1 << r for r in range(63) if r >> k & 1) for k in range(6))


def popcount(bits: int) -> int:
    """Return the number of bits that are set."""
    return bits.bit_count()


def bit_length(bits: int) -> int:
    """Return the length of a number in bits: the height of a column."""
    return bits.bit_length()


@rule
def place_sum(bits):
    """Return the sum of the places of the set bits, the lowest bit's place being 0."""
    return (
        popcount(bits & ROWS_WITH_BIT[0])
        + (popcount(bits & ROWS_WITH_BIT[1]) << 1)
        + (popcount(bits & ROWS_WITH_BIT[2]) << 2)
        + (popcount(bits & ROWS_WITH_BIT[3]) << 3)
        + (popcount(bits & ROWS_WITH_BIT[4]) << 4)
        + (popcount(bits & ROWS_WITH_BIT[5]) << 5)
    )


if CAN_COMPILE:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic, overload

    @intrinsic
    def _count_set(typing_context, bits):
        def generate(context, builder, signature, arguments):
            return builder.ctpop(arguments[0])

        return types.int64(types.int64), generate

    @intrinsic
    def _count_leading_zeros(typing_context, bits):
        def generate(context, builder, signature, arguments):
            return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

        return types.int64(types.int64), generate

    @overload(popcount, jit_options={"forceinline": True})
    def _popcount(bits):
        return lambda bits: _count_set(bits)

    @overload(bit_length, jit_options={"forceinline": True})
    def _bit_length(bits):
        return lambda bits: 64 - _count_leading_zeros(bits)
