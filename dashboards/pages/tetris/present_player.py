"""The player that a training has now, and the best one that it has had."""

from __future__ import annotations

import numpy as np

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.tetris.settings import makes_players, trainer_of
from gridworld.tetris.players.saved import Player
from gridworld.tetris.report import GENERATIONS, feature_column

PRESENT, BEST = "Present player", "Best player so far"
NETWORK = (
    "What this trainer learns is a network with hidden layers. It is kept with its training and can be downloaded; "
    "only one without hidden layers can be saved as a player."
)


def player_of(shared: SharedRun | None, which: str, name: str) -> Player:
    """Return the present player of a training, or its best one so far, under a name; ValueError while there is none."""
    scene = shared.journal.frame.scene if shared and shared.journal.frame else None
    if shared is None or scene is None or scene.metrics is None:
        raise ValueError("There is no player yet; press Start first.")
    if not makes_players(shared.settings):
        raise ValueError(NETWORK)
    metrics, method = scene.metrics, trainer_of(shared.settings)
    rows = shared.journal.columns(GENERATIONS.name)
    if which == BEST and len(rows["generation"]):
        best = int(np.argmax(rows["player_lines"] / rows["generations"]))
        weights = tuple(float(rows[feature_column("weight", feature)][best]) for feature in metrics.features)
        place = int(rows["generation"][best]), int(rows["placements"][best])
        return Player(name, weights, *place, method, metrics.features)
    place = metrics.generation, metrics.placements
    return Player(name, tuple(metrics.weights.tolist()), *place, method, metrics.features)
