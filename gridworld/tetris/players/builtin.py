"""Published Tetris players, with the weights that their authors printed, and where they printed them."""

from __future__ import annotations

from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.evaluation.splitting import SplittingEstimate
from gridworld.tetris.game.features import BCTS_FEATURES, DT_FEATURES
from gridworld.tetris.players.saved import Player

THIERY = "Thiery and Scherrer (2009), Building controllers for Tetris, ICGA Journal 32(1)"
GABILLON = "Gabillon, Ghavamzadeh and Scherrer (2013), Approximate dynamic programming finally performs well in Tetris"
SOURCES = {"bcts": THIERY, "dt10": GABILLON, "dt20": GABILLON}
"""The paper in which the weights of each player were printed."""

PUBLISHED = {
    "bcts": {"10x10": 4_200.0, "10x20": 36_000_000.0},
    "dt10": {"10x10": 5_000.0, "10x20": 29_000_000.0},
    "dt20": {"10x10": 4_300.0, "10x20": 51_000_000.0},
}
"""The mean lines that the papers report for each player, by the size of the board."""

_WEIGHTS = {
    "bcts": ((-12.63, 6.60, -9.22, -19.77, -13.08, -10.49, -1.61, -24.04), BCTS_FEATURES),
    "dt10": ((-2.18, 2.42, -2.17, -3.31, 0.95, -2.22, -0.81, -9.65, 1.27), DT_FEATURES),
    "dt20": ((-2.68, 1.38, -2.41, -6.32, 2.03, -2.71, -0.43, -9.48, 0.89), DT_FEATURES),
}
_RATINGS = {
    "bcts": {
        "10x10": LinesEstimate(1000, 1000, 4_267_113),
        "10x20": SplittingEstimate(16, 1.9705254e-07, 2.8226061e-15, 10, 13_676_802),
    },
    "dt10": {
        "10x10": LinesEstimate(1000, 1000, 5_471_697),
        "10x20": SplittingEstimate(16, 2.0598930e-07, 3.4514595e-15, 10, 13_658_285),
    },
    "dt20": {
        "10x10": LinesEstimate(600, 600, 2_846_400),
        "10x20": SplittingEstimate(16, 9.3650737e-08, 8.2449012e-16, 10, 13_022_653),
    },
}
"""What was measured by the literature's rules: games, those that ended, and lines of all; on 10x20, where a game takes
minutes of a core, by splitting with seed 1."""

BUILT_IN = {
    name: Player(name, weights, method="published", features=features, ratings=_RATINGS[name], saved=0.0)
    for name, (weights, features) in _WEIGHTS.items()
}
"""The players by name: BCTS, and CBMPI's DT-10 and DT-20, found on boards of 10 and of 20 rows."""
