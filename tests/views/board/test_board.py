"""The board: what its sources hold for hand-made journals, and how little of it travels."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnsPatchedEvent

from dashboards.live.patches import FEW, changes
from dashboards.style.theme import tokens
from dashboards.views.board.view import BoardView
from gridworld.drawing.arrows import Arrows
from gridworld.drawing.colour_scale import CountScale, Scale, count, short
from gridworld.insight.overlays import known_range
from gridworld.runs.commands import Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.local_run import LocalRun
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.layout import Kind
from gridworld.worlds.placement import MARKS, Placement
from gridworld.worlds.problem import load_problem

UP, RIGHT, DOWN, LEFT = range(4)
MEDIUM = load_problem("medium")  # S.#.. / ..... / .##.. / ...#. / .#..G
COLUMNS = 5


def picture(problem, learned=None, state=0, trail=(), phase=0) -> Scene:
    """A scene in which only the states of `learned` (state -> values of the actions) were visited, once per action."""
    values = np.zeros((problem.n_states, problem.n_actions))
    visits = np.zeros(values.shape, int)
    for visited, row in (learned or {}).items():
        values[visited], visits[visited] = row, 1
    return Scene(
        state=state,
        trail=np.array(trail, int),
        episode_step=0,
        episode_return=0.0,
        exploration=1.0,
        best_return=0.0,
        action_values=values,
        visits=visits,
        recent_actions=np.zeros(problem.n_actions, int),
        recent=np.zeros((0, 5)),
        phase=phase,
    )


class Seen:
    """A view, the journal it reads, and the events its figure sends."""

    def __init__(self, problem=MEDIUM, clock=lambda: 0.0) -> None:
        self.problem, self.journal = problem, Journal()
        self.view = BoardView(problem, tokens(dark=False), clock)
        self.drawing = self.view.drawing
        self.document = Document()
        self.document.add_root(self.drawing.figure)
        self.events: list = []
        self.document.on_change(self.events.append)

    def report(self, status=Status.PAUSED, **fields) -> Seen:
        """Show one more scene; `events` then holds what it sent."""
        self.journal.add(Frame(0, status, 0, 0, picture(self.problem, **fields)), now=0.0)
        self.events.clear()
        self.view.refresh(self.journal)
        return self

    def begin(self, problem) -> Seen:
        self.problem, self.journal = problem, Journal()
        self.view.begin(problem)
        return self

    def cell(self, state: int) -> int:
        """The row of a state in the cells' source."""
        return self.view.map.states.tolist().index(state)

    def column(self, name: str, state: int):
        return self.drawing.cells.data[name][self.cell(state)]

    def arrows(self, state: int) -> set[str]:
        """Where the arrows of a state point, from where their heads lie."""
        data, cells = self.drawing.arrows.data, len(self.view.map.cells)
        centre = self.view.map.placement.centres[self.view.map.cells[self.cell(state)]]
        found = set()
        for slot in range(len(data["head_x"]) // cells):
            row = slot * cells + self.cell(state)
            x = data["head_x"][row] - centre[0]
            y = data["head_y"][row] - centre[1] - self.view.map.policy.lift
            if not np.isnan(x):
                names = {(0, 1): "up", (1, 0): "right", (0, -1): "down", (-1, 0): "left", (0, 0): "centre"}
                found.add(names[int(np.sign(x.round(3))), int(np.sign(y.round(3)))])
        return found

    def patched(self) -> dict[str, list]:
        """All patches of the last scene, by column."""
        assert all(isinstance(event, ColumnsPatchedEvent) for event in self.events)
        return {name: patch for event in self.events for name, patch in event.patches.items()}


def test_cells_of_every_kind_stand_where_the_layout_has_them():
    drawing = Seen().drawing
    walls = set(zip(drawing.grounds.data["x"], drawing.grounds.data["y"], strict=True))
    assert walls == {(2.5, 4.5), (1.5, 2.5), (2.5, 2.5), (3.5, 1.5), (1.5, 0.5), (4.5, 0.5)}
    assert sorted(drawing.grounds.data["fill"]) == ["goal"] + ["wall"] * 5
    assert (drawing.starts.data["x"], drawing.starts.data["y"]) == ([0.5], [4.5])
    assert drawing.marks.data["fill"] == ["goal"]
    assert np.mean(drawing.marks.data["xs"][0]) == pytest.approx(4.5)


def test_value_is_the_best_action_and_unvisited_cells_stay_outlined():
    seen = Seen()
    seen.view.show(fit=True)
    seen.report(learned={0: [0, 1, 0, 0], 1: [0, 0, 0.2, 0], 5: [0, -1, 0, -1]})
    assert (seen.column("level", 0), seen.column("level", 1)) == (64, 13)
    assert (seen.column("blank", 0), seen.column("blank", 1)) == (0, 0)
    assert (seen.column("level", 3), seen.column("blank", 3)) == (0, 1)
    assert seen.column("value", 1) == pytest.approx(0.2)
    assert seen.column("visits", 1) == 4
    assert seen.column("q2", 1) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 0, 0], {"right"}),
        ([1, 1, 0, 1], {"up", "right", "left"}),
        ([10_000, 10_000.000001, 0, 0], {"right"}),
        ([1e-8, 1e-8 * (1 + 1e-12), 0, 0], {"right"}),
        ([0.5, 0.501, 0.5, 0.501], {"right", "left"}),
        ([0.5, 0.5, 0.5, 0.5], set()),
        ([0, 0, 0, 0], set()),
    ],
)
def test_all_best_actions_where_they_tie_and_none_where_all_are_equal(values, expected):
    assert Seen().report(learned={0: values}).arrows(0) == expected


def test_an_arrow_goes_when_its_state_becomes_equal_again():
    seen = Seen().report(learned={0: [0, 1, 0, 0]})
    assert seen.report(learned={0: [1, 1, 1, 1]}).arrows(0) == set()


def test_an_action_without_direction_is_a_mark_at_the_centre():
    arrows = Arrows((None, (0, 1), None), np.array([[0.5, 0.5]]), with_numbers=False)
    pick, drop = (arrows.columns(np.array([[a == i for a in range(3)]])) for i in (0, 2))
    for columns in (pick, drop):
        assert (columns["head_x"][0], columns["head_y"][0]) == (0.5, 0.5)
        assert np.isnan(columns["stem_x"]).all()
    assert pick["corners"][0] != drop["corners"][0]


def test_the_trail_grows_towards_the_agent_and_shows_a_cell_once():
    seen = Seen().report(state=6, trail=[0, 1, 0, 5, 6])
    trail = seen.drawing.trail.data
    shown = ~np.isnan(trail["x"])
    assert list(zip(trail["x"][shown], trail["y"][shown], strict=True)) == [
        (1.5, 4.5),
        (0.5, 4.5),
        (0.5, 3.5),
        (1.5, 3.5),
    ]
    assert (np.diff(trail["radius"][shown]) > 0).all()
    assert (np.diff(trail["opacity"][shown]) > 0).all()
    assert set(seen.drawing.agent.data["x"]) == {1.5}
    assert set(seen.drawing.agent.data["y"]) == {3.5}


def test_a_shorter_trail_leaves_nothing_of_the_longer():
    seen = Seen().report(state=6, trail=[0, 5, 6]).report(state=0, trail=[0])
    assert np.count_nonzero(~np.isnan(seen.drawing.trail.data["x"])) == 1


def test_numbers_stand_in_the_cells_of_a_small_board_but_not_under_the_agent():
    seen = Seen().report(learned={0: [0, 1, 0, 0], 1: [0, 0, -0.25, -0.5]}, state=0)
    assert (seen.column("number", 0), seen.column("number", 1), seen.column("number", 3)) == (
        "",
        "0.00",
        "",
    )
    seen.report(learned={0: [0, 1, 0, 0]}, state=1)
    assert seen.column("number", 0) == "1.00"
    assert set(seen.begin(load_problem("open_8")).report(learned={1: [0, 1, 0, 0]}).drawing.cells.data["number"]) == {
        ""
    }


def test_marks_never_become_fewer_because_a_browser_may_draw_while_it_takes_them_in():
    seen = Seen(load_problem("jumps"))
    many = len(seen.drawing.marks.data["xs"])
    marks = seen.begin(load_problem("windy")).drawing.marks.data
    assert {len(column) for column in marks.values()} == {many}
    assert [fill for fill, opacity in zip(marks["fill"], marks["opacity"], strict=True) if opacity] == ["goal"]


def test_smaller_cells_have_numbers_where_there_is_room_for_them():
    cliff = load_problem("cliff")
    seen = Seen(cliff).report(learned={1: [0, 1, 0, 0]})
    assert seen.column("number", 1) == ""
    seen.view.make_room(True)
    assert seen.column("number", 1) == "1.00"
    assert seen.drawing.numbers.visible
    seen.view.make_room(False)
    assert seen.column("number", 1) == ""


def test_only_what_changed_is_sent():
    learned = {state: [0, 0.1 * state, 0, 0] for state in (0, 1, 5, 6)}
    seen = Seen().report(learned=learned, state=0)
    patched = seen.report(learned=learned | {5: [0, 0.3, 0, 0]}, state=0).patched()
    row = seen.cell(5)
    assert {name: [index for index, _ in patch] for name, patch in patched.items()} == {
        "level": [row],
        "number": [row],
        "value": [row],
        "q1": [row],
    }


def test_a_step_of_the_agent_moves_only_agent_trail_and_numbers():
    seen = Seen().report(learned={0: [0, 1, 0, 0]}, state=0, trail=[0])
    seen.report(learned={0: [0, 1, 0, 0]}, state=1, trail=[0, 1])
    assert {event.model for event in seen.events} == {
        seen.drawing.agent,
        seen.drawing.trail,
        seen.drawing.cells,
    }
    assert set(seen.patched()) == {"x", "y", "number"}


def test_an_unchanged_scene_sends_nothing():
    seen = Seen().report(learned={0: [0, 1, 0, 0]}, trail=[0])
    assert not seen.report(learned={0: [0, 1, 0, 0]}, trail=[0]).events


def test_an_unchanged_revision_is_not_looked_at_again():
    seen = Seen().report(learned={0: [0, 1, 0, 0]})
    seen.journal.frame.scene.action_values[0] = [0, 0, 1, 0]
    seen.events.clear()
    seen.view.refresh(seen.journal)
    assert not seen.events


def test_many_changes_travel_as_one_slice_of_numbers_of_the_columns_type():
    old, new = np.zeros(100, np.float32), np.zeros(100)
    new[10:60] = 1 / 3
    ((where, values),) = changes(old, new)
    assert (where, values.dtype, len(values)) == (slice(10, 60), np.float32, 50)
    new[10 + FEW :] = 0
    assert [index for index, _ in changes(old, new)] == list(range(10, 10 + FEW))
    assert changes(np.array([np.nan, 1]), np.array([np.nan, 1])) == []


def test_what_hovering_shows_follows_more_slowly_while_running_and_at_once_when_not():
    clock = SimpleNamespace(now=0.0)
    seen = Seen(clock=lambda: clock.now)
    seen.report(Status.RUNNING, learned={0: [0, 0.1, 0, 0]})
    clock.now = 0.1
    seen.report(Status.RUNNING, learned={0: [0, 0.2, 0, 0]})
    assert seen.column("q1", 0) == pytest.approx(0.1)
    seen.report(Status.PAUSED, learned={0: [0, 0.3, 0, 0]})
    assert seen.column("q1", 0) == pytest.approx(0.3)


@pytest.mark.parametrize("other", ["cliff", "open_60", "jumps", "Taxi-v4", "FrozenLake-v1"])
def test_another_world_takes_the_same_models(other):
    seen = Seen().report(learned={0: [0, 1, 0, 0]})
    before = {model.id for model in seen.drawing.figure.references()}
    problem = load_problem(other)
    seen.begin(problem).report(learned={0: np.arange(problem.n_actions)})
    assert {model.id for model in seen.drawing.figure.references()} == before
    assert seen.column("value", 0) == problem.n_actions - 1
    assert f"q{problem.n_actions - 1}" in seen.drawing.cells.data


def test_another_world_begins_with_nothing_learned():
    seen = Seen().report(learned={0: [0, 1, 0, 0]}, trail=[0, 1]).begin(MEDIUM)
    assert set(seen.drawing.cells.data["level"]) == {0}
    assert np.isnan(seen.drawing.arrows.data["head_x"]).all()
    assert np.isnan(seen.drawing.agent.data["x"]).all()
    assert seen.report(learned={0: [0, 1, 0, 0]}).arrows(0) == {"right"}


def test_every_glyph_finds_its_columns_in_any_world():
    seen = Seen(load_problem("GridWorld/MaximizationBias-v0"))
    for world in ("open_60", "medium", "Taxi-v4"):
        for renderer in seen.drawing.figure.renderers:
            fields = {spec["field"] for spec in renderer.glyph.properties_with_values().values() if _is_field(spec)}
            assert fields <= set(renderer.data_source.data), renderer.glyph
            assert len({len(column) for column in renderer.data_source.data.values()}) <= 1
        seen.begin(load_problem(world))


def _is_field(value) -> bool:
    return isinstance(value, dict) and "field" in value


def test_a_world_that_changes_redraws_its_walls():
    seen = Seen(load_problem("blocking_maze")).report(learned={0: [0, 1, 0, 0]})
    before = set(seen.drawing.grounds.data["x"])
    seen.report(learned={0: [0, 1, 0, 0]}, phase=1)
    assert before - set(seen.drawing.grounds.data["x"]) == {0.5}
    assert seen.arrows(0) == {"right"}


def test_a_jump_is_joined_to_where_it_lands():
    seen = Seen(load_problem("jumps"))
    assert seen.view.map.terrain.landings == {1: 21, 3: 13}
    assert "jumps to row 4, column 1" in seen.column("name", 1)
    assert not len(seen.drawing.starts.data["x"])
    assert seen.report(learned={1: [0, 1, 0, 0], 2: [0, 1, 0, 0]}).arrows(1) == set()
    assert seen.arrows(2) == {"right"}
    assert "landing" in seen.view.surroundings.head.text


@pytest.mark.parametrize("world", ["Blackjack-v1", "Taxi-v4", "cliff"])
def test_a_board_ends_where_its_cells_end(world):
    placement = Placement(load_problem(world).layouts[0][1])
    left, right, bottom, top = placement.bounds
    x, y = placement.centres.T
    edge = 0.5 + placement.margin
    assert (left, right) == pytest.approx((x.min() - edge, x.max() + edge))
    assert (bottom, top) == pytest.approx((y.min() - edge, y.max() + edge + placement.title_height))


def test_the_outlines_of_the_outermost_cells_have_room_on_a_small_board():
    seen = Seen()
    seen.begin(load_problem("four_rooms"))
    ranges, pixels = (seen.drawing.x_range, seen.drawing.y_range), 180
    for axis, centres in zip(ranges, seen.view.map.placement.centres.T, strict=True):
        pixel = (axis.end - axis.start) / pixels
        assert centres.min() - 0.46 - pixel > axis.start, "half a line, and half a pixel that it is moved to be crisp"
        assert centres.max() + 0.46 + pixel < axis.end


def test_taxi_is_twenty_panels_that_do_not_overlap():
    problem = load_problem("Taxi-v4")
    placement = Placement(problem.layouts[0][1])
    assert len({tuple(corner) for corner in placement.corners.round(6)}) == 20
    gaps = np.abs(placement.centres[:, None] - placement.centres[None]).max(-1) + np.eye(500)
    assert gaps.min() >= 1 - 1e-9
    assert placement.centres.min() > 0
    assert placement.centres.max() < placement.side
    seen = Seen(problem).report(state=499, trail=[499])
    assert seen.drawing.panel_frame.data["width"][0] > 5
    assert seen.view.surroundings.titles.text.count("<p ") == 20
    assert len(seen.drawing.fences.data["x"]) == 20 * len(problem.layouts[0][1].fences)


def test_the_legend_lists_only_what_is_there():
    assert "pit" not in Seen().view.surroundings.head.text
    seen = Seen(load_problem("cliff"))
    assert ">cliff<" in seen.view.surroundings.head.text
    assert ">wall<" not in seen.view.surroundings.head.text


def test_a_large_board_is_one_picture_without_arrows():
    seen = Seen(load_problem("open_60"))
    seen.view.show(fit=True)
    seen.report(learned={0: [0, 1, 0, 0], 60: [0, 0.5, 0, 0]})
    image = seen.drawing.picture.data["image"][0]
    assert (image[-1, 0], image[-2, 0], image[0, 0]) == (64, 1, 0)
    assert not len(seen.drawing.arrows.data["head_x"])
    assert (seen.drawing.image.visible, seen.drawing.heat.visible) == (True, False)
    assert "no arrows" in seen.view.surroundings.head.text
    ((where, values),) = seen.report(learned={0: [0, 1, 0, 0], 60: [0, 0.75, 0, 0]}).patched()["image"]
    assert (where[1], len(values)) == (slice(58, 59), 60)


def test_a_board_too_large_to_point_at_is_its_picture_alone():
    seen = Seen(load_problem("open_150"))
    seen.view.show(fit=True)
    seen.report(learned={0: [0, 1, 0, 0]}, state=1)
    assert seen.drawing.picture.data["image"][0].any()
    assert {len(column) for column in seen.drawing.cells.data.values()} == {0}


def test_visits_take_the_place_of_values():
    seen = Seen().report(learned={0: [0, 1, 0, 0]}, state=1)
    seen.view.colour_by("visits")
    assert seen.column("number", 0) == "4"
    assert "Visits" in seen.view.surroundings.head.text
    assert "visits, from 1 to 10" in seen.view.surroundings.bar.text
    seen.view.colour_by("state value")
    assert seen.column("number", 0) == "1.00"
    seen.view.colour_by("")
    assert (seen.column("level", 0), seen.view.surroundings.bar.text, seen.drawing.numbers.visible) == (0, "", False)


@pytest.mark.parametrize("name", ["arrows", "trail"])
def test_a_switch_hides_its_marks(name):
    seen = Seen()
    renderers = {"arrows": seen.drawing.policy, "trail": [seen.drawing.trail_marks]}[name]
    assert all(renderer.visible for renderer in renderers)
    seen.view.show(**{name: False})
    assert not any(renderer.visible for renderer in renderers)


def test_an_unknown_switch_is_refused():
    with pytest.raises(TypeError, match="no switch 'arrow'"):
        Seen().view.show(arrow=True)


def test_the_range_stands_still_until_it_must_move():
    scale = Scale()
    scale.follow(0.0, 1.0)
    assert (scale.low, scale.high) == (0.0, 1.0)
    scale.follow(0.3, 0.8)
    assert (scale.low, scale.high) == (0.0, 1.0)
    scale.follow(0.3, 1.1)
    assert scale.high >= 1.1
    scale.follow(0.50, 0.52)
    assert 0.02 <= scale.high - scale.low < 0.1
    scale.follow(0.51, 0.51)
    assert 0.02 <= scale.high - scale.low < 0.1


def test_levels_run_over_the_range_and_leave_what_is_unknown_blank():
    scale = Scale()
    scale.follow(-1.0, 1.0)
    assert scale.levels(np.array([-1, 0, 1, np.nan])).tolist() == [1, 33, 64, 0]
    assert scale.ticks() == ("1", "0", "−1")


def test_a_range_of_one_value_has_a_width():
    scale = Scale()
    scale.follow(0.0, 0.0)
    assert scale.high > scale.low
    assert 1 <= scale.levels(np.zeros(1))[0] <= 64


def test_counts_are_coloured_by_powers_of_ten():
    scale = CountScale()
    scale.follow(1, 900)
    assert scale.levels(np.array([0, 1, 1000])).tolist() == [0, 1, 64]
    assert scale.ticks()[0] == "1k"
    assert [count(n) for n in (7, 1234, 56_000, 2_000_000)] == ["7", "1.2k", "56k", "2M"]


def test_numbers_are_short_and_no_zero_is_negative():
    assert [short(v) for v in (-0.0, -0.25, 12.345, -123.4)] == ["0.00", "−0.25", "12.3", "−123"]


def test_a_number_that_is_not_zero_is_not_written_as_zero_and_none_outgrows_its_room():
    assert [short(v) for v in (-0.001, 0.0042, 0.0097, 4.2e-5, -6e-12)] == ["−.001", ".004", "0.01", "4e−5", "−6e−12"]
    assert [short(v) for v in (9_999.0, -123_456.0, 1e12)] == ["9999", "−1e5", "1e12"]
    values = [sign * 10.0**power * share for sign in (-1, 1) for power in range(-9, 9) for share in (0.9999, 1.0, 3)]
    assert all(float(short(value).replace("−", "-")) and len(short(value)) <= 5 for value in values)


def test_the_ends_of_a_scale_of_very_small_numbers_are_not_zero():
    scale = Scale()
    scale.follow(-3e-9, 2e-9)
    assert all(float(tick.replace("−", "-")) for tick in scale.ticks())


def test_what_is_not_yet_learned_is_no_strong_colour():
    """Early on all visited cells are worth -0.01 but one, still at 0; a goal is worth 1."""
    seen = Seen(load_problem("easy")).report(learned={0: [-0.01] * 4, 1: [-0.01] * 4, 2: [0, -0.01, -0.01, -0.01]})
    assert seen.column("level", 2) <= 12
    seen.view.show(fit=True)
    assert seen.column("level", 2) == 64
    assert seen.column("level", 0) == 1
    seen.view.show(fit=False)
    assert seen.column("level", 2) <= 12


def test_the_known_range_of_a_cliff_is_that_of_its_best_actions_and_its_optimum():
    problem = load_problem("cliff")
    seen = Seen(problem)
    seen.journal.add(Frame(0, Status.PAUSED, 0, 0, None, {"evaluations": _evaluation(optimum=-13.0)}), now=0.0)
    seen.report(learned={0: [-1.0] * 4, 1: [-1.0, 0, -1, -1]})
    assert known_range(problem.phases[0][1], seen.view.map.states) == (-1.0, -1.0)
    assert "from −14 to 0" in seen.view.surroundings.bar.text


def _evaluation(**columns: float) -> dict[str, np.ndarray]:
    row = dict.fromkeys(EVALUATIONS.columns, np.nan) | {"episode": 0.0} | columns
    return {name: np.array([value]) for name, value in row.items()}


def test_a_theme_repaints_marks_that_are_there_and_those_to_come():
    seen = Seen()
    dark = tokens(dark=True)
    seen.view.retheme(dark)
    assert set(seen.drawing.grounds.data["fill_colour"]) == {dark["wall"], dark["goal"]}
    assert seen.drawing.mapper.palette == dark["ramp"]
    seen.begin(load_problem("cliff"))
    assert dark["pit"] in seen.drawing.grounds.data["fill_colour"]


def test_nothing_moves_in_the_browser_by_itself():
    figure = Seen().drawing.figure
    assert {type(r).__name__ for r in (figure.x_range, figure.y_range)} == {"Range1d"}
    assert [type(tool).__name__ for tool in figure.toolbar.tools] == ["HoverTool"]
    kinds = {type(model).__name__ for model in figure.references()}
    assert not {kind for kind in kinds if kind.startswith("CustomJS")}


def test_a_world_without_a_map_leaves_the_board_alone():
    seen = Seen().report(learned={0: [0, 1, 0, 0]})
    seen.begin(load_problem("GridWorld/MaximizationBias-v0"))
    assert not seen.report(learned={0: [0] * 10}).events
    seen.view.show(arrows=False)
    assert seen.begin(MEDIUM).report(learned={0: [0, 1, 0, 0]}).arrows(0) == {"right"}


def test_each_kind_has_an_outline_of_its_own():
    outlines = {tuple(np.concatenate([x for x, _ in outline()]).tolist()) for outline, _ in MARKS.values()}
    assert len(outlines) == len(MARKS) == len(set(Kind) - {Kind.FLOOR, Kind.WALL, Kind.START})


def test_between_two_refreshes_the_agent_moves_and_nothing_else_does():
    run = LocalRun(TrainingSession(world="hard", seed=3))
    journal, view = Journal(), BoardView(run.session.problem, tokens(dark=False))
    run.send(Step(50))
    journal.add(run.poll(0.0))
    view.refresh(journal)
    levels = view.drawing.cells.data["level"].copy()
    run.send(Step(200))
    journal.add(run.poll(0.0))
    view.move(journal)
    fresh = BoardView(run.session.problem, tokens(dark=False))
    fresh.refresh(journal)
    for source in ("agent", "trail"):
        for name, column in getattr(fresh.drawing, source).data.items():
            np.testing.assert_array_equal(getattr(view.drawing, source).data[name], column)
    np.testing.assert_array_equal(view.drawing.cells.data["level"], levels)
    view.refresh(journal)
    np.testing.assert_array_equal(view.drawing.cells.data["level"], fresh.drawing.cells.data["level"])
