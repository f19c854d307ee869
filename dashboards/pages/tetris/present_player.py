"""The player that a training has now, and the best one that it has had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.tetris.settings import has_weights, makes_players, trainer_of
from gridworld.tetris.deep import recipe
from gridworld.tetris.game.network import MOST_UNITS
from gridworld.tetris.players.saved import Player
from gridworld.tetris.report import GENERATIONS, feature_column
from gridworld.tetris.search.storage import run_folder

PRESENT, BEST = "Present player", "Best player so far"
NETWORK = (
    "What this trainer learns is a network that sees the board, or has more units than a player may. It is kept with "
    "its training and can be downloaded; only networks that see features of placements, with up to "
    f"{MOST_UNITS} units in a layer, can be saved as players."
)


def player_of(shared: SharedRun | None, which: str, name: str) -> Player:
    """Return the present player of a training, or its best one so far, under a name; ValueError while there is none."""
    if shared is not None and not makes_players(shared.settings):
        raise ValueError(NETWORK)
    if shared is not None and not has_weights(shared.settings):
        checkpoint = recipe.BEST if which == BEST else recipe.LATEST
        return replace(recipe.stored_player(run_folder(shared.id) / checkpoint), name=name)
    scene = shared.journal.frame.scene if shared and shared.journal.frame else None
    if shared is None or scene is None or scene.metrics is None:
        raise ValueError("There is no player yet; press Start first.")
    metrics, method = scene.metrics, trainer_of(shared.settings)
    rows = shared.journal.columns(GENERATIONS.name)
    if which == BEST and len(rows["generation"]):
        best = int(np.argmax(rows["player_lines"] / rows["generations"]))
        weights = tuple(float(rows[feature_column("weight", feature)][best]) for feature in metrics.features)
        place = int(rows["generation"][best]), int(rows["placements"][best])
        return Player(name, weights, *place, method, metrics.features)
    place = metrics.generation, metrics.placements
    return Player(name, tuple(metrics.weights.tolist()), *place, method, metrics.features)
