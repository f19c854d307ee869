"""Pictures of the board and the curves: what is in the SVG is what the run is."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from dashboards.export.board_frames import scale_of
from dashboards.export.picture import PICTURES, WHAT_TO_INSTALL, board_svg, curves_svg, session_svg, to_png
from dashboards.export.recording import Recording, record
from dashboards.style.theme import DARK, LIGHT
from gridworld.planning.policies import preferred_actions
from gridworld.training.session import TrainingSession

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(TrainingSession(world="medium", episodes=40, seed=3), 3)


def elements(svg: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(SVG + tag))


def test_the_squares_have_the_colours_of_the_values(recording: Recording) -> None:
    still = recording.stills[-1]
    scene, squares = still.scene, elements(board_svg(recording.problem, still.scene), "rect")
    levels = scale_of((still,)).levels(np.where(scene.visits.any(1), scene.action_values.max(1), np.nan))
    goal = int(scene.state)
    wanted = sorted(LIGHT["ramp"][level - 1] for state, level in enumerate(levels) if level and state != goal)
    assert sorted(s.get("fill", "") for s in squares if s.get("fill") in LIGHT["ramp"]) == wanted


def test_there_is_an_arrow_for_each_best_action_and_the_agent_stands_where_it_is(recording: Recording) -> None:
    scene = recording.stills[-1].scene
    svg = board_svg(recording.problem, scene, size=1000)
    stems = [one for one in elements(svg, "rect") if one.get("fill") == LIGHT["mark"] and one.get("width") != "100%"]
    assert len(stems) == preferred_actions(scene.action_values, scene.visits).sum()
    rings = elements(svg, "circle")[-3:]
    assert [ring.get("fill") for ring in rings] == [LIGHT["mark"], LIGHT["ring"], LIGHT["agent"]]
    assert (rings[0].get("cx"), rings[0].get("cy")) == ("566.4", "566.4")  # the last of 5 x 5 cells of 123.2 units


def test_the_curves_are_drawn_with_their_numbers(recording: Recording) -> None:
    svg = curves_svg(recording.problem, recording.journal, theme="dark")
    words = [one.text for one in elements(svg, "text")]
    assert {"Return per episode", "Steps per episode", "Exploration rate ε per episode", "greedy policy"} <= set(words)
    lines = [one for one in elements(svg, "path") if one.get("stroke") == DARK["primary"]]
    assert max(one.get("d", "").count("L") for one in lines) == 39
    assert DARK["paper"] in svg


@pytest.mark.parametrize("world", ["Taxi-v4", "open_50", "jumps", "cliff", "blocking_maze"])
def test_every_map_has_a_picture(world: str) -> None:
    session = TrainingSession(world=world, episodes=5)
    session.advance(500)
    svg = board_svg(session.problem, session.scene(), theme="dark")
    assert elements(svg, "rect")
    assert "nan" not in svg


@pytest.mark.parametrize(("world", "shape"), [("cliff", 12 / 4), ("Blackjack-v1", 1.47), ("open_10", 1)])
def test_a_picture_has_the_shape_of_its_map(world: str, shape: float) -> None:
    session = TrainingSession(world=world, episodes=1)
    svg = ET.fromstring(board_svg(session.problem, session.scene(), size=1000))
    width, height = (float(svg.get(side, 0)) for side in ("width", "height"))
    beside, around = 1000 / 640 * (24 + 58), 1000 / 640 * 24
    assert max(width - beside, height - around) == pytest.approx(1000 - around, abs=0.1)
    assert (width - beside) / (height - around) == pytest.approx(shape, rel=0.01)


def test_the_shapes_of_actions_without_a_direction_are_explained() -> None:
    session = TrainingSession(world="Blackjack-v1", episodes=50)
    session.advance_episodes(50)
    svg = board_svg(session.problem, session.scene())
    assert "disc: stick, square: hit" in svg
    assert "no usable ace: sums 21–12 by dealer&#x27;s A–10" in svg


def test_a_world_without_a_map_has_none() -> None:
    session = TrainingSession(world="GridWorld/MaximizationBias-v0")
    with pytest.raises(ValueError, match="no map"):
        board_svg(session.problem, session.scene())


def test_a_png_is_drawn_or_what_to_install_is_named(recording: Recording) -> None:
    svg = board_svg(recording.problem, recording.stills[-1].scene, size=200)
    if importlib.util.find_spec("cairosvg") is None:
        with pytest.raises(ValueError, match="gridworld-lab"):
            to_png(svg)
        assert WHAT_TO_INSTALL
    else:
        assert to_png(svg).startswith(b"\x89PNG")


@pytest.mark.parametrize("what", PICTURES)
@pytest.mark.parametrize("size", [64, 4096])
def test_a_picture_is_as_high_as_asked_and_drawn_alike(what: str, size: int) -> None:
    session = TrainingSession(world="easy", episodes=5)
    session.advance_episodes(5)
    usual, other = (ET.fromstring(session_svg(session, what, **asked)) for asked in ({}, {"size": size}))
    assert other.get("height") == str(size)
    assert other.get("viewBox") == usual.get("viewBox")
    assert [ET.tostring(child) for child in other] == [ET.tostring(child) for child in usual]
