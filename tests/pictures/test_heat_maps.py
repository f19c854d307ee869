"""Pictures of studies of two hyperparameters, their cells worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from math import nan

import pytest

from gridworld.drawing.palette import DARK, LIGHT
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.statistics import Estimate
from gridworld.experiments.study import Study, StudyPoint
from gridworld.pictures.heat_maps import draw_maps

CELL = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="62.0" height="24.0" fill="(#\w+)"/>')
NUMBER = re.compile(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="middle" font-size="11" fill="#\w+">([^<]+)</text>')
VALUES = {(0.1, 0.1): -40.0, (0.1, 0.9): -30.0, (0.2, 0.1): -20.0, (0.2, 0.9): -10.0}  # (epsilon, step size) -> value
NAMES = ("epsilon", "step_size")


def study(values=VALUES, metric="return", labels=("Sarsa",), names=NAMES) -> Study:
    (cell,) = Plan([Contestant("sarsa")], ["easy"]).cells
    points = [StudyPoint(cell, at, Estimate(value, nan, nan, 9, 0.95, "t", "")) for at, value in values.items()]
    return Study(names, labels, points, metric, 9, False)


def cells(found: Study, theme: str = "light") -> dict[tuple[float, float], str]:
    return {(float(x), float(y)): fill for x, y, fill in CELL.findall(draw_maps(found, theme=theme).svg())}


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_each_cell_has_its_place_its_colour_and_its_number(theme, colours):
    # The middle half is from -32.5 to -17.5, so no value is an outlier; with 6% on both sides the colours go from -41.8
    # to -8.2. Of 64 colours -40 has number 64 * 1.8 / 33.6 = 3.4, and the others 22.5, 41.5 and 60.6.
    ramp = colours["ramp"]
    assert cells(study(), theme) == {
        (61.0, 113.0): ramp[3], (61.0, 87.0): ramp[22], (125.0, 113.0): ramp[41], (125.0, 87.0): ramp[60]
    }  # fmt: skip
    numbers = {(float(x), text) for x, _, text in NUMBER.findall(draw_maps(study(), theme=theme).svg())}
    assert numbers == {(92.0, "−40.00"), (92.0, "−30.00"), (156.0, "−20.00"), (156.0, "−10.00")}


def test_fewer_steps_are_better():
    assert cells(study(metric="length"))[(61.0, 113.0)] == LIGHT["ramp"][60]


def test_what_has_no_value_has_a_dash_and_no_colour():
    found = study({**VALUES, (0.2, 0.9): nan})
    assert cells(found)[(125.0, 87.0)] == LIGHT["line"]
    assert "–" in [text for *_, text in NUMBER.findall(draw_maps(found).svg())]


def test_contestants_have_a_map_each_and_none_without_both():
    found = study()
    second = [replace(point, cell=replace(point.cell, place=1)) for point in found.points]
    third = replace(found.points[0], cell=replace(found.points[0].cell, place=2), values=(0.1, nan))
    whole = replace(found, contestants=("Sarsa", "Q", "Dyna"), points=[*found.points, *second, third])
    made = draw_maps(whole)
    assert len(cells(whole)) == 8
    assert made.height == draw_maps(found).height + 40 + 2 * 26 + 40
    assert ">Q</text>" in made.svg()
    assert "Dyna" not in made.svg()
    with pytest.raises(ValueError, match="No contestant has both epsilon and step_size"):
        draw_maps(replace(whole, points=[third]))


def test_a_study_of_one_hyperparameter_is_no_map():
    with pytest.raises(ValueError, match="this study varies 1"):
        draw_maps(study({(0.1,): 1.0}, names=("epsilon",)))
