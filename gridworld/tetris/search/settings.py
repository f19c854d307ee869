"""What can be chosen about a Tetris training by search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import param

from gridworld.tetris.game.board import LITERATURE, MOST_TWISTED, RULES, STRICT
from gridworld.tetris.game.features import FEATURE_SETS
from gridworld.tetris.game.settings import BoardHyperparameters
from gridworld.tetris.search.methods import CovarianceMatrixAdaptation, CrossEntropy, Search

CROSS_ENTROPY, CMA_ES = "noisy cross-entropy", "CMA-ES"
POPULATIONS = {CROSS_ENTROPY: 100, CMA_ES: 30}
"""The default number of candidates of a generation: what each method learns well with."""


FORMER_SETTINGS = {"rules": STRICT, "features": "former (8, covered wells)", "again": 0, "twisted": 1, "final": 0}
"""What a training was made with whose checkpoint does not name these settings: it is older than they are."""
FORMER_SETS = {
    "BCTS (8)": "former (8, open wells)",
    "DT (9)": "former (9, open wells)",
    "DT with heights (14)": "former (14, open wells)",
}
"""What the features of a state of version 2 are called since."""


def present_settings(settings: Mapping[str, Any], version: Any) -> dict[str, Any]:
    """Return the settings of a state of this version as they are named now."""
    renamed = {**FORMER_SETTINGS, **settings}
    if version == 2:
        renamed["features"] = FORMER_SETS.get(renamed["features"], renamed["features"])
    return renamed


class TetrisHyperparameters(BoardHyperparameters):
    """The hyperparameters of `TetrisTrainer`. It copies them when it is made; a later change concerns the next one."""

    method = param.Selector(
        default=CROSS_ENTROPY,
        objects=[CROSS_ENTROPY, CMA_ES],
        label="Search method",
        doc="How weights are improved from one generation to the next. CMA-ES needs the library cma.",
    )
    features = param.Selector(
        default="DT (9)",
        objects=list(FEATURE_SETS),
        label="Features",
        doc="What a player looks at: the eight features of BCTS, those and pattern diversity (DT), or those and "
        "five heights. The former sets count wells and depths as this program did before.",
    )
    rules = param.Selector(
        default=LITERATURE,
        objects=list(RULES),
        label="Rules",
        doc="Whether a piece may stick out above the board where clearing rows brings the stack back inside "
        "(literature) or not (strict).",
    )
    population = param.Integer(
        default=POPULATIONS[CROSS_ENTROPY],
        bounds=(4, 1000),
        label="Population",
        doc="The number of candidate players in a generation. "
        f"CMA-ES begins with {POPULATIONS[CMA_ES]}, and learns less well with many more.",
    )
    games = param.Integer(
        default=1,
        bounds=(1, 100),
        label="Games per candidate",
        doc="A candidate's score is its mean number of lines over this many games.",
    )
    again = param.Integer(
        default=4,
        bounds=(0, 100),
        label="Extra games of the best",
        doc="The best candidates play this many more games, on other pieces, before the elite is chosen.",
    )
    elite = param.Number(
        default=0.1,
        bounds=(0.0, 1.0),
        inclusive_bounds=(False, True),
        label="Elite share",
        doc="The share of the best candidates that the next generation is drawn around (cross-entropy only).",
    )
    spread = param.Number(
        default=10.0,
        bounds=(0.001, 1000.0),
        softbounds=(1.0, 50.0),
        label="Initial spread",
        doc="The standard deviation of every weight in the first generation.",
    )
    noise = param.Number(
        default=4.0,
        bounds=(0.0, 1000.0),
        softbounds=(0.0, 20.0),
        label="Noise",
        doc="Added to the variance of every weight, so that the search does not settle too early (cross-entropy only).",
    )
    fade = param.Number(
        default=0.1,
        bounds=(0.0, 100.0),
        softbounds=(0.0, 1.0),
        label="Noise fade",
        doc="The amount by which the noise falls with each generation, down to zero (cross-entropy only).",
    )
    height = param.Integer(
        default=10,
        doc="Rows of the board that is trained on. Low boards have short games; what is learned works on high ones.",
    )
    twisted = param.Integer(
        default=1,
        bounds=(1, MOST_TWISTED),
        label="Weight of S and Z",
        doc="Training deals S and Z this many times as often as any other piece, which makes games short on high "
        "boards (Boumaza 2012); what is learned works with even pieces. A 7-bag ignores it.",
    )
    final = param.Integer(
        default=0,
        bounds=(0, 10**12),
        label="Final phase from",
        doc="From this many placements on, candidates play on 20 rows (or more), with S and Z three times as often as "
        "any other piece, so that the player lasts longer on high boards, and less long on low ones. 0: never.",
    )
    cap = param.Integer(
        default=2_000,
        bounds=(2_000, 1_000_000),
        label="Cap on a game",
        doc="A training game is cut off after this many pieces; the cap doubles when half of the elite reaches it.",
    )
    evaluations = param.Integer(
        default=10,
        bounds=(1, 1000),
        label="Evaluation games",
        doc="The number of games in each generation that the mean of its distribution plays: the measure of progress.",
    )

    def __init__(self, **values: Any) -> None:
        method = values.get("method", CROSS_ENTROPY)
        usual = {"population": POPULATIONS[method]} if method in POPULATIONS else {}
        super().__init__(**{**usual, **values})

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the features."""
        return FEATURE_SETS[self.features]

    def make_search(self) -> Search:
        """Return the search that these settings describe."""
        size = len(self.feature_names)
        if self.method == CMA_ES:
            return CovarianceMatrixAdaptation(size, self.population, self.spread)
        return CrossEntropy(size, self.population, self.elite_size, self.spread, self.noise, self.fade)

    @property
    def elite_size(self) -> int:
        """How many candidates the elite has: at least one."""
        return max(1, round(self.elite * self.population))

    @property
    def finalists(self) -> int:
        """How many candidates play again before the elite is chosen: twice as many as it has, none without `again`."""
        return min(2 * self.elite_size, self.population) if self.again else 0
