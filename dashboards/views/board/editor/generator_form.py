"""The form that draws a world at random."""

from __future__ import annotations

from collections.abc import Callable

import param

from dashboards.controls.fields import field_of, refused
from dashboards.style.widgets import html, row, stack
from dashboards.views.board.editor.forms import action
from gridworld.worlds.edit import drafted
from gridworld.worlds.generators import GENERATORS, SMALLEST, generate_world
from gridworld.worlds.world import Draft

LARGEST_DRAWN = 100  # rows, columns: what the editor can show as text


class GeneratorOptions(param.Parameterized):
    """What a world is drawn from."""

    kind = param.Selector(
        default="maze",
        objects={generator.label: name for name, generator in GENERATORS.items()},
        label="Kind of world",
        doc="How the world is drawn.",
    )
    rows = param.Integer(15, bounds=(SMALLEST, LARGEST_DRAWN), label="Rows", doc="How many rows of cells the map has.")
    columns = param.Integer(
        15, bounds=(SMALLEST, LARGEST_DRAWN), label="Columns", doc="How many columns of cells the map has."
    )
    seed = param.Integer(0, bounds=(0, 2**53 - 1), label="World seed", doc="The same numbers draw the same world.")
    density = param.Number(
        0.3, bounds=(0, 1), step=0.01, label="Density", doc="From 0 to 1; the line below explains what it means."
    )
    success = param.Number(
        1.0,
        bounds=(0, 1),
        step=0.01,
        label="Success",
        doc="The probability that a move goes where it aims; else it goes to one of the two sides.",
    )

    def world(self) -> Draft:
        """Return the world that they draw."""
        chosen = GENERATORS[self.kind]
        numbers = {"seed": self.seed, "density": self.density if chosen.density else None}
        success = self.success if chosen.is_lake else 1.0
        return drafted(generate_world(self.kind, self.rows, self.columns, success=success, **numbers))


class GeneratorForm:
    """Chooses a generator and its numbers; `use(make)` takes what makes the world, `refuse(why)` a wrong number."""

    def __init__(self, use: Callable[[Callable[[], Draft]], None], refuse: Callable[[str], None]) -> None:
        self._use, self._refuse = use, refuse
        self.options = GeneratorOptions()
        self._fields = {name: field_of(self.options, name) for name in GeneratorOptions.param if name != "name"}
        self._about = html("")
        self.button = action("Generate", self._generate)
        self.options.param.watch(lambda event: self._show(), "kind")
        self.panel = stack(*self._fields.values(), self._about, row(self.button), gap="2px")
        self._show()

    def _generate(self) -> None:
        if wrong := refused(self._fields.values()):
            self._refuse(wrong)
        else:
            self._use(self.options.world)

    def _show(self) -> None:
        """Show the numbers that mean something for the kind of world, the density at its usual value."""
        chosen = GENERATORS[self.options.kind]
        self.options.density = chosen.usual
        self._fields["density"].visible = bool(chosen.density)
        self._fields["success"].visible = chosen.is_lake
        self._about.object = f'<div class="hint">{chosen.density}</div>'
