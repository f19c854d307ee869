"""How the tables name actions: by arrows where they have a direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ARROWS = {"up": "↑ up", "right": "→ right", "down": "↓ down", "left": "← left"}


def names_of_best(actions: Sequence[str], best: np.ndarray) -> str:
    """Return the names of a state's best actions, bool [A]; several by their arrows, a dash for none."""
    names = [ARROWS.get(action, action) for action, chosen in zip(actions, best, strict=True) if chosen]
    if len(names) > 1:
        names = [name[0] if name in ARROWS.values() else name for name in names]
    return " or ".join(names) or "–"
