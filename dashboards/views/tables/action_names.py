"""How the tables name actions: by arrows where they have a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboards.style.formatting import fixed

ARROWS = {"up": "↑ up", "right": "→ right", "down": "↓ down", "left": "← left"}


def names_of_best(actions: Sequence[str], best: np.ndarray) -> str:
    """Return the names of a state's best actions; several by their arrows, a dash for none.

    `actions` are those that the state has, the first ones of `best`, bool [A].
    """
    names = [ARROWS.get(action, action) for action, chosen in zip(actions, best, strict=False) if chosen]
    if len(names) > 1:
        names = [name[0] if name in ARROWS.values() else name for name in names]
    return " or ".join(names) or "–"


def value_cells(actions: Sequence[str], values: np.ndarray) -> list[str]:
    """Return a state's action values, float64 [A], as text; empty for actions that it doesn't have."""
    return [fixed(value, 3) if action < len(actions) else "" for action, value in enumerate(values.tolist())]
