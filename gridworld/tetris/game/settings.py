"""What can be chosen about the game that a Tetris training plays, whatever learns there."""

from __future__ import annotations

import param

from gridworld.tetris.game.board import MAX_HEIGHT, MAX_WIDTH, MIN_SIZE


class BoardHyperparameters(param.Parameterized):
    """The size of the board, and how pieces are dealt."""

    width = param.Integer(
        default=10, bounds=(MIN_SIZE, MAX_WIDTH), label="Width", doc="Columns of the board that is trained on."
    )
    height = param.Integer(
        default=20,
        bounds=(MIN_SIZE, MAX_HEIGHT),
        label="Height",
        doc="Rows of the board that is trained on; fewer rows make shorter games.",
    )
    bag = param.Boolean(
        default=False,
        label="7-bag",
        doc="Deal all seven pieces in random order, then shuffle again, instead of drawing each independently.",
    )
