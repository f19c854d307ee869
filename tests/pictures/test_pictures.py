"""Pictures of the board and the curves: what is in them is what the run is."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gridworld import TrainingSession, draw_picture
from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.palette import DARK, LIGHT
from gridworld.drawing.pixel_canvas import PixelCanvas
from gridworld.drawing.svg_canvas import SvgCanvas
from gridworld.insight.overlays import offered
from gridworld.pictures.draw import PICTURES, meaning_of
from gridworld.planning.policies import preferred_actions
from gridworld.worlds.placement import pinwheels

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def session() -> TrainingSession:
    made = TrainingSession(world="medium", episodes=40, seed=3)
    made.advance_episodes(40)
    return made


def elements(svg: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(SVG + tag))


def test_the_squares_have_the_colours_of_the_values(session: TrainingSession) -> None:
    scene = session.scene()
    meaning = meaning_of(session.problem, session.settings, "state value")
    values = np.where(scene.visits.any(1), scene.action_values.max(1), np.nan)
    meaning.follow(values)
    levels = meaning.levels(values)
    squares = elements(draw_picture(session).svg(), "rect")
    wanted = sorted(LIGHT["ramp"][level - 1] for state, level in enumerate(levels) if level and state != scene.state)
    assert sorted(s.get("fill", "") for s in squares if s.get("fill") in LIGHT["ramp"]) == wanted


def test_there_is_an_arrow_for_each_best_action_and_the_agent_stands_where_it_is(session: TrainingSession) -> None:
    scene = session.scene()
    scene_without_trail = TrainingSession(world="medium", episodes=40, seed=3)
    svg = draw_picture(session).svg()
    arrows = [one for one in elements(svg, "path") if one.get("fill") == LIGHT["mark"]]
    under_the_trail = len(arrows) - 2 * preferred_actions(scene.action_values, scene.visits).sum()
    assert under_the_trail > 0, "arrows are drawn again above the trail"
    rings = elements(svg, "circle")[-3:]
    assert [ring.get("fill") for ring in rings] == [LIGHT["mark"], LIGHT["ring"], LIGHT["agent"]]
    assert (rings[0].get("cx"), rings[0].get("cy")) == ("566.4", "590.4"), "the last of 5 x 5 cells of 123.2 units"
    begun = elements(draw_picture(scene_without_trail).svg(), "circle")
    assert (begun[-1].get("cx"), begun[-1].get("cy")) == ("73.6", "97.6"), "the first cell"


def test_the_curves_are_drawn_with_their_numbers(session: TrainingSession) -> None:
    svg = draw_picture(session, "curves", theme="dark").svg()
    words = [one.text for one in elements(svg, "text")]
    assert {"Return per episode", "Steps per episode", "Exploration rate ε per episode", "greedy policy"} <= set(words)
    lines = [one for one in elements(svg, "path") if one.get("stroke") == DARK["primary"]]
    assert max(one.get("d", "").count("L") for one in lines) == 39
    assert DARK["paper"] in svg


@pytest.mark.parametrize("world", ["Taxi-v4", "open_50", "jumps", "cliff", "blocking_maze"])
def test_every_map_has_a_picture(world: str) -> None:
    session = TrainingSession(world=world, episodes=5)
    session.advance(500)
    picture = draw_picture(session, theme="dark")
    assert elements(picture.svg(), "rect")
    assert "nan" not in picture.svg()
    assert len(picture.image().getcolors(1 << 24)) > 20


@pytest.mark.parametrize(("world", "shape"), [("cliff", 12 / 4), ("Blackjack-v1", 1.47), ("open_10", 1)])
def test_a_picture_has_the_shape_of_its_map(world: str, shape: float) -> None:
    picture = draw_picture(TrainingSession(world=world, episodes=1), size=1000)
    svg = ET.fromstring(picture.svg())
    width, height = (float(svg.get(side, 0)) / (1000 / 640) for side in ("width", "height"))
    board = width - 24 - 58, height - 24 - 2 * 24
    assert max(board) == pytest.approx(616, abs=0.1)
    assert board[0] / board[1] == pytest.approx(shape, rel=0.01)
    assert picture.image().size == pytest.approx((width * 1000 / 640, height * 1000 / 640), abs=1)


def test_the_shapes_of_actions_without_a_direction_are_explained() -> None:
    session = TrainingSession(world="Blackjack-v1", episodes=50)
    session.advance_episodes(50)
    svg = draw_picture(session).svg()
    assert "disc: stick, square: hit" in svg
    assert "no usable ace: sums 21–12 by dealer&#x27;s A–10" in svg


@pytest.mark.slow
def test_each_overlay_that_means_something_has_a_picture() -> None:
    session = TrainingSession(world="cliff", agent="q_lambda", episodes=20)
    session.advance_episodes(20)
    drawn = {
        colour: draw_picture(session, colour=colour, size=128).image().tobytes()
        for colour in offered(session.problem, session.agent).values()
        if colour
    }
    assert len(set(drawn.values())) == len(drawn) >= 8


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"what": "cake"}, "no picture of 'cake'"),
        ({"theme": "pink"}, "no theme 'pink'"),
        ({"size": 10}, "The size is 10; a picture is from 64 to 4,096 pixels high"),
        ({"size": 100.0}, "The size is 100.0"),
        ({"colour": "taste"}, "The colour 'taste' is not known; choose one of state value, visits"),
        ({"colour": "queue"}, "The colour 'queue' means nothing for this agent in this world"),
    ],
)
def test_what_makes_no_sense_is_refused(session: TrainingSession, asked: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        draw_picture(session, **asked)


def test_a_world_without_a_map_has_curves_only() -> None:
    session = TrainingSession(world="GridWorld/MaximizationBias-v0")
    session.advance_episodes(3)
    with pytest.raises(ValueError, match="no map"):
        draw_picture(session)
    assert draw_picture(session, "curves").png().startswith(b"\x89PNG")


@pytest.mark.parametrize("what", PICTURES)
@pytest.mark.parametrize("size", [64, 4096])
def test_a_picture_is_as_high_as_asked_and_drawn_alike(what: str, size: int) -> None:
    session = TrainingSession(world="easy", episodes=5)
    session.advance_episodes(5)
    usual, other = (ET.fromstring(draw_picture(session, what, **asked).svg()) for asked in ({}, {"size": size}))
    assert float(other.get("height", 0)) / float(usual.get("height", 0)) == pytest.approx(size / 640)
    assert other.get("viewBox") == usual.get("viewBox")
    marks = [[ET.tostring(child) for child in svg if child.tag != f"{SVG}metadata"] for svg in (usual, other)]
    assert marks[0] == marks[1]


def test_pixels_and_svg_have_the_same_size_and_colours(session: TrainingSession, tmp_path) -> None:
    picture = draw_picture(session, size=320)
    image = Image.open(BytesIO(picture.png()))
    svg = ET.fromstring(picture.svg())
    assert image.size == tuple(round(float(svg.get(side, 0))) for side in ("width", "height"))
    colours = {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in image.getcolors(1 << 24)}
    assert {LIGHT["paper"], LIGHT["agent"], LIGHT["wall"], LIGHT["mark"]} <= colours
    with pytest.raises(ValueError, match=r"it must end in \.svg or \.png"):
        picture.save(tmp_path / "board.jpg")


def draw_all(canvas: Canvas) -> None:
    x, y = np.array([1.0, 9.0, np.nan, 2.0, 8.0]), np.array([1.0, 1.0, np.nan, 9.0, 9.0])
    canvas.rectangle(1, 1, 8, 8, Paint(LIGHT["goal"], 0.5, LIGHT["mark"], 1, (0.3, 0.7)), 2)
    canvas.hatching(1, 1, 8, 8, LIGHT["hatch"])
    canvas.circle(5, 5, 3, Paint(LIGHT["agent"]))
    canvas.line(x, y, Paint(line=LIGHT["mark"], dashes=(1, 1 / 3)))
    canvas.line(x[:1], y[:1], Paint(line=LIGHT["mark"]))
    canvas.image(2, 2, 1, 1, np.zeros((2, 2, 4), np.uint8))
    canvas.text(5, 5, "ε −1", LIGHT["ink"], 4, "middle", bold=True)


@pytest.mark.parametrize("scale", [0.1, 1.0, 7.3])
def test_every_shape_is_drawn_at_any_scale(scale: float) -> None:
    canvas = PixelCanvas(10, 10, scale, LIGHT["paper"])
    draw_all(canvas)
    assert canvas.shown().size == (max(1, round(10 * scale)),) * 2
    vector = SvgCanvas()
    draw_all(vector)
    assert ET.fromstring(vector.document(10, 10, scale, LIGHT["paper"], "<all>", {})).tag == f"{SVG}svg"


def test_a_pinwheel_gives_each_action_four_pixels_on_its_side() -> None:
    levels = np.array([[[1, 2, 3, 4]]], np.uint8)  # up, right, down, left
    pixels = pinwheels(levels, ((-1, 0), (0, 1), (1, 0), (0, -1)))
    assert pixels.tolist() == [[1, 1, 1, 2], [4, 1, 2, 2], [4, 4, 3, 2], [4, 3, 3, 3]]
