"""Where data lie on a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class PlotArea:
    """A rectangle of a picture, and the ranges of data that are mapped to it, y upwards."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)

    def x(self, value: Any) -> Any:
        """Return units from the left."""
        start, end = self.x_range
        return self.left + (np.asarray(value, float) - start) / (end - start) * self.width

    def y(self, value: Any) -> Any:
        """Return units from the top."""
        start, end = self.y_range
        return self.top + (end - np.asarray(value, float)) / (end - start) * self.height

    @property
    def unit(self) -> float:
        """Units of the picture that one unit of x takes."""
        return self.width / (self.x_range[1] - self.x_range[0])

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width
