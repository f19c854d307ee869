"""What the colours of the board can mean, and where each of their meanings is offered."""

from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from dashboards.style.theme import tokens
from dashboards.views.board.switches import ColourChoice
from dashboards.views.board.view import BoardView
from gridworld.agents import AGENTS
from gridworld.drawing.colour_scale import short
from gridworld.insight.overlays import LABELS, OVERLAYS, offered
from gridworld.insight.recent_past import RecentPast
from gridworld.planning.optimum import solve
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem


def trained(world="medium", agent="q_learning", steps=3_000, **settings):
    session = TrainingSession(world=world, agent=agent, episodes=0, seed=1, **settings)
    session.advance(steps)
    return session


def numbers(name, session):
    scene = session.scene()
    if OVERLAYS[name].lately:
        scene = replace(scene, updates=RecentPast(session).updates())
    return OVERLAYS[name].of(session.problem, session.settings, scene)


class Shown:
    """A board that draws a session, with a clock that stands still."""

    def __init__(self, session, status=Status.PAUSED):
        self.session, self.status, self.now = session, status, 0.0
        self.view = BoardView(session.problem, tokens(dark=False), lambda: self.now)
        self.view.source.look_back = lambda: RecentPast(session).updates
        self.journal = Journal()
        self.report()

    def report(self):
        session = self.session
        self.journal.add(
            Frame(0, self.status, session.step, session.episode, session.scene(), settings=session.settings)
        )
        self.view.refresh(self.journal)

    @property
    def levels(self):
        return np.asarray(self.view.drawing.cells.data["level"])


def test_every_overlay_has_a_label_a_title_and_one_sentence():
    assert list(LABELS) == [*OVERLAYS, ""]
    for overlay in OVERLAYS.values():
        assert overlay.title
        assert overlay.explanation.endswith(".")


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("world", ["medium", "Taxi-v4", "jumps"])
def test_every_overlay_that_is_offered_gives_a_number_for_each_state(agent, world):
    session = trained(world, agent, 300, compiled=False)
    for name in filter(None, offered(session.problem, session.agent).values()):
        found = numbers(name, session)
        assert found.shape == (session.tables.Q.shape if OVERLAYS[name].by_action else (session.problem.n_states,))
        assert not np.isinf(found).any()


@pytest.mark.parametrize(
    ("agent", "world", "missing"),
    [
        ("q_learning", "medium", {"traces", "model", "queue", "UCB width"}),
        ("sarsa_lambda", "medium", {"model", "queue", "UCB width"}),
        ("dyna_q", "medium", {"traces", "queue", "UCB width"}),
        ("prioritized_sweeping", "medium", {"traces", "UCB width"}),
        (
            "random",
            "medium",
            {
                *("traces", "model", "queue", "error", "action errors", "agreement"),
                *("recent error", "standard error", "UCB width", "age"),
            },
        ),
    ],
)
def test_an_overlay_is_offered_only_where_it_means_something(agent, world, missing):
    session = TrainingSession(world=world, agent=agent)
    assert set(OVERLAYS) - set(offered(session.problem, session.agent).values()) == missing


def test_the_error_is_how_far_the_best_value_is_from_the_optimal_one():
    session = trained()
    best = solve(session.problem.phases[0][1], session.agent.discount).state_values
    found = numbers("error", session)
    known = session.tables.N.any(axis=1)
    np.testing.assert_allclose(found[known], (session.tables.Q.max(1) - best)[known])
    assert np.isnan(found[~known]).all()


@pytest.mark.parametrize("name", ["error", "action errors"])
def test_an_error_that_is_rounding_only_is_0(name):
    session = trained()
    best = solve(session.problem.phases[0][1], session.agent.discount).action_values
    session.tables.N[:], session.tables.Q[:] = 1, np.where(np.isfinite(best), best * (1 + 1e-15), 0)
    session.tables.Q[3] += 1e-7
    found = numbers(name, session)
    assert found[3] == pytest.approx(1e-7)
    assert not np.delete(found, 3, axis=0).any()


def test_agreement_is_the_share_of_greedy_actions_that_are_optimal():
    session = trained(agent="q_learning", steps=10)
    session.tables.Q[:], session.tables.N[:] = 0, 1
    session.tables.Q[18, 2] = 1.0  # down, beside the goal in the corner
    found = numbers("agreement", session)
    assert found[18] in (0.0, 1.0)
    optimal = solve(session.problem.phases[0][1], session.agent.discount).best_actions
    assert found[0] == optimal[0].sum() / 4, "all four are greedy where all are equal"


def test_presence_sums_to_one_and_is_that_of_the_policy_walked():
    session = trained("easy", epsilon=0.0, epsilon_end=0.0, steps=20_000)
    found = np.nan_to_num(numbers("presence", session))
    assert found.sum() == pytest.approx(1, abs=1e-4)
    assert set(np.round(found[found > 0], 6)) == {round(1 / (found > 0).sum(), 6)}, "each cell of the one way once"


def test_traces_and_queue_are_those_of_the_tables():
    session = trained(agent="sarsa_lambda", steps=503)
    np.testing.assert_array_equal(np.nan_to_num(numbers("traces", session)), session.tables.traces.max(1))
    session = trained(agent="prioritized_sweeping", steps=503, planning_steps=1)
    waiting = session.tables.queue[: session.tables.size[0]] // 4
    assert set(np.flatnonzero(numbers("queue", session) > 0)) == set(waiting.tolist())


def test_the_board_shows_each_with_its_title_its_sentence_and_its_scale():
    shown = Shown(trained())
    for name in filter(None, offered(shown.session.problem, shown.session.agent).values()):
        shown.view.colour_by(name)
        assert OVERLAYS[name].title in unescape(shown.view.surroundings.head.text)
        assert f"Colour scale of {name}" in shown.view.surroundings.bar.text
        wedges = np.asarray(shown.view.drawing.wedges.data["level"])
        assert (wedges if OVERLAYS[name].by_action else shown.levels).any(), name
    shown.view.colour_by("presence")
    assert OVERLAYS["presence"].explanation in shown.view.surroundings.head.text


def test_an_overlay_without_a_number_says_so():
    session = TrainingSession(world="medium", agent="sarsa_lambda", episodes=0, seed=1)
    session.advance_episodes(1)
    shown = Shown(session)
    shown.view.colour_by("traces")
    assert not shown.levels.any(), "traces end with the episode"
    assert "nothing once an episode has ended" in shown.view.surroundings.head.text
    assert "<span>none yet</span>" in shown.view.surroundings.bar.text
    session.advance(1)
    shown.report()
    assert "none yet" not in shown.view.surroundings.bar.text


def test_each_action_has_a_wedge_on_the_side_that_it_leads_to():
    session = trained()
    shown = Shown(session)
    shown.view.colour_by("action values")
    drawing = shown.view.drawing
    marks = drawing.wedges.data
    cells = shown.view.map.states.tolist()
    at = cells.index(8) * 4 + 1  # right, in row 1, column 3
    assert (marks["x"][at], marks["y"][at]) == (pytest.approx(3.73), pytest.approx(3.42))
    assert marks["y"][at + 2] == pytest.approx(3.58), "the number on the left is higher, so that both may be long"
    assert max(marks["xs"][at]) == pytest.approx(3.96)
    assert marks["number"][at] == short(session.tables.Q[8, 1])
    best = np.reshape(marks["best"], (-1, 4))[cells.index(8)]
    assert best.tolist() == (session.tables.Q[8] == session.tables.Q[8].max()).tolist()
    assert not any(renderer.visible for renderer in drawing.policy), "arrows would hide the numbers"
    assert not shown.levels.any()
    shown.view.colour_by("state value")
    assert all(renderer.visible for renderer in drawing.policy)
    assert not any(renderer.visible for renderer in drawing.wedge_marks)


def test_numbers_are_in_wedges_only_where_they_have_room():
    board = Shown(trained("hard"))
    board.view.colour_by("action values")
    for is_roomy, has_numbers in ((False, False), (True, True)):
        board.view.make_room(is_roomy)
        assert any(board.view.drawing.wedges.data["number"]) == has_numbers, is_roomy


def test_the_agent_and_its_trail_cover_no_number_of_a_wedge():
    board = Shown(trained("hard"))
    drawing = board.view.drawing

    def largest() -> float:
        return max(np.max(source.data["radius"]) for source in (drawing.agent, drawing.trail))

    usual = largest()
    board.view.colour_by("action values")
    assert largest() == usual, "these wedges are too small for numbers"
    board.view.make_room(True)
    assert any(drawing.wedges.data["number"])
    assert largest() <= 0.1, "in cells: a number beside the centre begins there"
    board.view.colour_by("state value")
    assert largest() == usual


@pytest.mark.parametrize(("world", "offered_there"), [("open_30", True), ("open_31", True), ("Taxi-v4", False)])
def test_wedges_are_offered_where_they_can_be_drawn(world, offered_there):
    problem = load_problem(world)
    assert ("action values" in offered(problem, AGENTS["q_learning"]()).values()) == offered_there


def test_a_board_of_more_than_30_cells_shows_its_actions_as_an_image():
    session = trained("open_31", steps=3000)
    shown = Shown(session)
    shown.view.colour_by("action values")
    drawing = shown.view.drawing
    assert drawing.image.visible
    assert not any(renderer.visible for renderer in drawing.wedge_marks)
    pixels = drawing.picture.data["image"][0]
    assert pixels.shape == (4 * 31, 4 * 31)
    tried = session.tables.N.reshape(31, 31, 4) > 0
    np.testing.assert_array_equal(pixels[::-1][1::4, 1::4] > 0, tried[:, :, 0], "up, further in")
    np.testing.assert_array_equal(pixels[::-1][3::4, 3::4] > 0, tried[:, :, 2], "down, in the corner")
    shown.view.colour_by("state value")
    assert shown.levels.any()
    assert not drawing.image.visible, "a board of up to 40 cells has squares"


def test_an_image_of_actions_gives_way_to_one_of_states():
    shown = Shown(trained("open_50", steps=3000))
    shown.view.colour_by("action visits")
    assert shown.view.drawing.picture.data["image"][0].shape == (200, 200)
    shown.view.colour_by("visits")
    assert shown.view.drawing.picture.data["image"][0].shape == (50, 50)
    assert shown.view.drawing.picture.data["image"][0].any()


def test_a_signed_quantity_has_its_own_colours_with_zero_in_the_middle():
    shown = Shown(trained())
    shown.view.colour_by("error")
    assert shown.view.drawing.mapper.palette == tokens(dark=False)["diverging"]
    scale = shown.view._scales["error"]
    assert scale.low == -scale.high
    shown.view.retheme(tokens(dark=True))
    assert shown.view.drawing.mapper.palette == tokens(dark=True)["diverging"]
    shown.view.colour_by("state value")
    assert shown.view.drawing.mapper.palette == tokens(dark=True)["ramp"]


def test_what_takes_time_is_computed_elsewhere_and_now_and_then():
    shown, waiting = Shown(trained(), Status.RUNNING), []
    shown.view.source.slow.work = lambda work, then: waiting.append((work, then))
    shown.view.colour_by("error")
    assert not shown.levels.any()
    assert "Being computed" in shown.view.surroundings.head.text
    shown.report()
    assert len(waiting) == 1, "one at a time"
    work, then = waiting.pop()
    then(work())
    assert shown.levels.any()
    assert OVERLAYS["error"].explanation in shown.view.surroundings.head.text
    shown.session.advance(10)
    shown.report()
    assert not waiting, "not again within half a second"
    shown.now = 1.0
    shown.session.advance(10)
    shown.report()
    assert len(waiting) == 1
    shown.status = Status.PAUSED
    shown.session.advance(10)
    shown.report()
    work, then = waiting.pop()
    then(work())
    assert len(waiting) == 1, "a run that rests is shown as it rests"


def test_an_answer_about_another_world_is_dropped():
    shown, waiting = Shown(trained()), []
    shown.view.source.slow.work = lambda work, then: waiting.append((work, then))
    shown.view.colour_by("error")
    shown.view.begin(load_problem("easy"))
    work, then = waiting.pop()
    then(work())
    assert shown.view.source.slow.known is None


def test_why_nothing_was_found_is_written_above_the_board():
    shown = Shown(trained())

    def refuse():
        raise ValueError("The past of this run is not known.")

    shown.view.source.look_back = refuse
    shown.view.colour_by("age")
    assert "The past of this run is not known." in shown.view.surroundings.head.text
    assert not shown.levels.any()
    shown.view.colour_by("error")
    assert OVERLAYS["error"].explanation in shown.view.surroundings.head.text
    shown.view.source.look_back = lambda: RecentPast(shown.session).updates
    shown.view.colour_by("age")
    assert OVERLAYS["age"].explanation in unescape(shown.view.surroundings.head.text)
    assert shown.levels.any()


def test_computing_takes_a_tenth_of_the_time_at_most():
    shown, waiting = Shown(trained(), Status.RUNNING), []
    shown.view.source.slow.work = lambda work, then: waiting.append((work, then))
    shown.view.colour_by("error")
    work, then = waiting.pop()
    shown.now = 3.0
    then(work())
    for shown.now, wanted in ((29.9, 0), (30.1, 1)):
        shown.session.advance(10)
        shown.report()
        assert len(waiting) == wanted


def test_an_unknown_overlay_is_refused():
    with pytest.raises(ValueError, match="There is no overlay 'warmth'; the overlays are state value, visits"):
        Shown(trained()).view.colour_by("warmth")


def test_the_list_keeps_what_is_chosen_as_long_as_it_means_something():
    chosen = []
    choice = ColourChoice(chosen.append)
    medium = load_problem("medium")
    choice.offer(medium, AGENTS["sarsa_lambda"]())
    choice.panel.value = "traces"
    choice.offer(medium, AGENTS["q_lambda"]())
    assert choice.panel.value == "traces"
    choice.offer(medium, AGENTS["q_learning"]())
    assert choice.panel.value == "state value"
    assert chosen == ["traces", "state value"]
