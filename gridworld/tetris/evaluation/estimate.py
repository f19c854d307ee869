"""The mean lines of a player's games, from games of which some may have been cut off.

The lengths of a player's games are close to exponential: it survives each placement with nearly the same chance,
whatever has been before. Then a game that was cut off counts like the beginning of a finished one: the mean is
estimated by all lines over the number of *finished* games, and twice the lines over the mean has a chi-square
distribution with two degrees of freedom a finished game (Epstein and Sobel 1953, "Life testing", JASA 48).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from scipy.stats import chi2

LEVEL = 0.95
"""The confidence level of intervals."""


class MeanLines(ABC):
    """What is known of the mean lines of a player's games, in whatever way."""

    @property
    @abstractmethod
    def mean(self) -> float | None:
        """The mean lines of a game; None while no end of a game was seen."""

    @property
    @abstractmethod
    def interval(self) -> tuple[float, float | None]:
        """The bounds of the mean at `LEVEL`; the upper one is None while none is known."""

    @property
    def precision(self) -> float | None:
        """Half the width of the interval as a share of the mean; None while there is no upper bound."""
        low, high = self.interval
        return None if high is None or not self.mean else (high - low) / 2 / self.mean

    def ties_with(self, other: MeanLines) -> bool:
        """Return whether the intervals overlap: which one is larger is then not known."""
        (low, high), (other_low, other_high) = self.interval, other.interval
        return (high is None or other_low <= high) and (other_high is None or low <= other_high)


@dataclass(frozen=True)
class LinesEstimate(MeanLines):
    """Games that were played, those of them that came to their end, and the lines of all of them."""

    games: int
    finished: int
    lines: int

    @property
    def mean(self) -> float | None:
        """The mean lines of a game; None while no game has come to its end."""
        return self.lines / self.finished if self.finished else None

    @property
    def interval(self) -> tuple[float, float | None]:
        """The bounds of the mean at `LEVEL`; the upper one is None while no game has come to its end.

        Exact where all games are finished, and where play ended with the end of a game. Where it was cut off at another
        moment the lower bound counts one more end, which holds the level.
        """
        tail, ends = (1 - LEVEL) / 2, self.finished
        certain = ends if ends == self.games else ends + 1
        low = 2 * self.lines / chi2.ppf(1 - tail, 2 * certain) if self.games else 0.0
        return float(low), float(2 * self.lines / chi2.ppf(tail, 2 * ends)) if ends else None
