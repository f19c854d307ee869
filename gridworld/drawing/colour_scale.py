"""From values to colours, over a range that moves only when it must."""

from __future__ import annotations

import numpy as np

LEVELS = 64
LOOSE = 0.4  # the range shrinks once the values fill less than this share of it


class Scale:
    """A colour scale: level 0 is no colour, 1 to 64 run from `low` to `high`.

    It widens, with room to spare, when a value lies outside, and narrows when the values have shrunk to a small part of
    it. In between it doesn't change, so that a colour keeps meaning the same value.
    """

    is_diverging = False

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Know no range."""
        self.low, self.high = np.nan, np.nan

    def follow(self, low: float, high: float) -> None:
        """Take in the least and the largest value now shown."""
        span = self.high - self.low
        if low >= self.low and high <= self.high and high - low >= LOOSE * span * (high > low):
            return
        reach = (high - low) or abs(high) or 1.0
        step = nice(reach / 8)
        self.low = float(np.floor(low / step + 1e-9) * step)
        self.high = float(max(np.ceil(high / step - 1e-9) * step, self.low + step))

    def levels(self, values: np.ndarray) -> np.ndarray:
        """Return uint8 in the values' shape: 1 to 64, 0 where a value is nan."""
        share = (values - self.low) / (self.high - self.low)
        levels = 1 + np.clip(np.nan_to_num(share) * LEVELS, 0, LEVELS - 1)
        return np.where(np.isnan(share), 0, levels).astype(np.uint8)

    def ticks(self) -> tuple[str, ...]:
        """Return the labels at the top, the middle and the bottom."""
        if np.isnan(self.low):
            return ("", "", "")
        digits = int(np.clip(2 - np.floor(np.log10(self.high - self.low)), 0, 6))
        return tuple(_trimmed(value, digits) for value in (self.high, (self.low + self.high) / 2, self.low))


class CountScale(Scale):
    """A scale for counts from 1 on, by their logarithm, up to a power of ten."""

    def follow(self, low: float, high: float) -> None:
        """Take in the largest count."""
        self.low, self.high = 0.0, max(float(np.ceil(np.log10(max(high, 1.0)))), 1.0)

    def levels(self, values: np.ndarray) -> np.ndarray:
        """Return uint8 in the counts' shape: 0 for a count of 0 or nan."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logarithm = np.log10(np.where(values > 0, values, np.nan))
        return super().levels(logarithm)

    def ticks(self) -> tuple[str, ...]:
        """Return the counts at the top, the middle of the logarithms and the bottom."""
        if np.isnan(self.high):
            return ("", "", "")
        return count(10**self.high), count(10 ** (self.high / 2)), "1"


class ShareScale(Scale):
    """A scale from 0 to the largest number shown."""

    def follow(self, low: float, high: float) -> None:
        """Take in the largest number."""
        super().follow(0.0, max(high, 1e-6))


class DivergingScale(Scale):
    """A scale as far below 0 as above; the middle colour is 0."""

    is_diverging = True

    def follow(self, low: float, high: float) -> None:
        """Take in the number furthest from 0."""
        reach = max(abs(low), abs(high), 1e-6)
        super().follow(-reach, reach)


def nice(step: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that is no smaller."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9)))


def count(number: float) -> str:
    """Return a count in at most five characters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            short = number / size
            return f"{short:.0f}{letter}" if short >= 10 or short == int(short) else f"{short:.1f}{letter}"
    return f"{number:.0f}"


def short(value: float) -> str:
    """Return a value in five characters, one or two more where its power of ten has two digits or three.

    Only 0 is written as zero.
    """
    size = abs(value)
    if size == 0 or 0.0095 <= size < 9_999.5:
        return _signed(f"{value:.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}")
    if 0.0005 <= size < 0.0095:
        return _signed(f"{value:.3f}".replace("0.", ".", 1))
    return _scientific(value, 0)


def _trimmed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    if value and not text.strip("-0."):
        return _scientific(value, 1)
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def _scientific(value: float, digits: int) -> str:
    """Return a number such as 4e−5; what is no number is written as it is."""
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return _signed(f"{mantissa}e{int(exponent)}" if exponent else mantissa)


def _signed(text: str) -> str:
    """Return a true minus, and none before a zero."""
    return text.replace("-", "−") if text.strip("-0.") else text.lstrip("-")
