"""The curves: rows are streamed, or replaced when they merge; ranges stand still, and stay where a reader put them."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ColumnsStreamedEvent
from bokeh.events import Reset

from dashboards.style.theme import tokens
from dashboards.views.plots.convergence import ConvergenceView
from dashboards.views.plots.episode_axis import EpisodeAxis
from dashboards.views.plots.learning_curves import CurvesView
from dashboards.views.plots.plot import decades
from dashboards.views.plots.stream_source import FEW
from gridworld.drawing.plots import short
from gridworld.drawing.ranges import in_sight, last_episode_shown, settle, settle_log, whole_run
from gridworld.pictures.curve_facts import thinned
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem

PROBLEM = load_problem("easy")


def episodes(first: int, count: int, *, returns: float = 0.5, **columns: float) -> dict[str, np.ndarray]:
    """Rows of one episode each; `columns` fill whole columns."""
    rows = {name: np.zeros(count) for name in EPISODES.columns}
    rows |= {name: np.full(count, float(returns)) for name in ("return", "return_min", "return_max", "mean_return")}
    rows |= {"episode": np.arange(first, first + count, dtype=float), "episodes": np.ones(count)}
    return rows | {name: np.full(count, float(value)) for name, value in columns.items()}


def evaluation(episode: float, **columns: float) -> dict[str, np.ndarray]:
    """One evaluation; what is not given is NaN."""
    row = dict.fromkeys(EVALUATIONS.columns, np.nan) | {"episode": episode} | columns
    return {name: np.array([value]) for name, value in row.items()}


def report(journal: Journal, epoch: int = 0, **log: dict[str, np.ndarray]) -> Journal:
    """Add a frame with this log."""
    journal.add(Frame(epoch, Status.RUNNING, 0, 0, None, log), now=0.0)
    return journal


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def view() -> CurvesView:
    return CurvesView(PROBLEM, tokens(dark=False))


def watch(view: CurvesView | ConvergenceView) -> tuple[Document, list]:
    """A document with the view in it, and the events it will see."""
    document, seen = Document(), []
    document.add_root(view.panel.get_root(document))
    document.on_change(seen.append)
    return document, seen


def test_rows_are_divided_by_the_episodes_they_cover(view, journal):
    row = episodes(8, 1, episodes=4, returns=6, return_min=-1, return_max=3, length=10, mean_return=1.25, epsilon=0.2)
    view.refresh(report(journal, episodes=row))
    data = {name: values.tolist() for name, values in view.episodes.source.data.items()}
    assert data["episode"] == [8]
    assert (data["return"], data["return_min"], data["return_max"]) == ([1.5], [-1], [3])
    assert (data["length"], data["mean_return"], data["exploration"]) == (
        [2.5],
        [1.25],
        [pytest.approx(0.2)],
    )


def test_only_new_rows_travel_once_there_are_many(view, journal):
    view.refresh(report(journal, episodes=episodes(1, FEW - 1)))
    _, seen = watch(view)
    view.refresh(report(journal, episodes=episodes(FEW, 3)))
    streamed = [event for event in seen if isinstance(event, ColumnsStreamedEvent)]
    assert [event.data["episode"].tolist() for event in streamed] == [[FEW, FEW + 1, FEW + 2]]
    replaced = [event.model for event in seen if isinstance(event, ColumnDataChangedEvent)]
    assert view.episodes.source not in replaced
    assert view.episodes.source.data["episode"].tolist() == list(range(1, FEW + 3))


def test_few_rows_are_sent_whole_because_a_page_may_take_in_appended_ones_in_the_wrong_order(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 3)))
    _, seen = watch(view)
    view.refresh(report(journal, episodes=episodes(4, 2)))
    assert not [event for event in seen if isinstance(event, ColumnsStreamedEvent)]
    assert view.episodes.source in [event.model for event in seen if isinstance(event, ColumnDataChangedEvent)]
    assert view.episodes.source.data["episode"].tolist() == [1, 2, 3, 4, 5]


def test_nothing_travels_when_nothing_is_new(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 30), evaluations=evaluation(30, greedy_return=0.5)))
    _, seen = watch(view)
    view.refresh(journal)
    view.refresh(report(journal))
    assert seen == []


def test_merged_rows_replace_what_was_shown(view):
    journal = Journal(capacity=8)
    view.refresh(report(journal, episodes=episodes(1, 8, returns=2)))
    view.refresh(report(journal, episodes=episodes(9, 2, returns=2)))
    assert view.episodes.source.data["episode"].tolist() == [2, 4, 6, 8, 10]
    assert view.episodes.source.data["return"].tolist() == [2] * 5
    assert "each point: mean of 2 episodes" in view.returns.heading.object


def a_million_episodes():
    """Frames as a session reports a long run: once its log is full, each of its rows covers twice as many episodes."""
    last, covered, count = 0, 1, 4096
    while last < 1_000_000:
        rows = episodes(1, count, episodes=covered, returns=1)
        rows["episode"] = last + covered * np.arange(1.0, count + 1)
        rows["return"] = rows["episodes"] * 0.25
        yield rows
        last, covered, count = last + covered * count, covered * 2, 2048


def test_a_million_episodes_are_covered_in_bounded_memory(view, journal):
    for rows in a_million_episodes():
        view.refresh(report(journal, episodes=rows))
        assert len(view.episodes.source.data["episode"]) <= 4096
    data, last = view.episodes.source.data, rows["episode"][-1]
    assert data["episode"][-1] == data["episodes"].sum() == last >= 1_000_000
    assert data["episode"][0] <= last / 1000
    assert np.diff(data["episode"]).tolist() == data["episodes"][1:].tolist()
    assert set(data["return"].tolist()) == {0.25}
    assert view.axis.range.end >= last


def test_a_newer_epoch_starts_afresh(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 300)))
    view.refresh(report(journal, epoch=1, episodes=episodes(1, 2)))
    assert view.episodes.source.data["episode"].tolist() == [1, 2]
    assert view.axis.range.end == last_episode_shown(2)


def test_begin_forgets_everything(view, journal):
    row = evaluation(300, greedy_return=0.5, optimum=0.9)
    view.refresh(report(journal, episodes=episodes(1, 300), evaluations=row))
    view.mark_episode(7)
    view.axis.range.start = 100
    view.begin(PROBLEM)
    assert {len(source.data["episode"]) for source in (view.episodes.source, view.greedy_marks)} == {0}
    assert np.isnan(view.head.data["episode"]).all()
    assert len(view.markers.data["episode"]) == 0
    assert (view.axis.range.start, view.axis.range.end) == whole_run(0)
    assert "optimum" not in view.returns.heading.object
    assert "greedy" not in view.returns.heading.object
    assert not view.whole_run.visible


def test_numbers_of_episodes_stay_exact(view, journal):
    view.refresh(report(journal, episodes=episodes(2**24 + 1, 2)))
    assert view.episodes.source.data["episode"].tolist() == [2**24 + 1, 2**24 + 2]


def test_values_that_differ_by_rounding_only_are_drawn_as_one_value():
    start, end = settle((0.0, 1.0), -0.01 * 6, -0.06 + 1e-17)
    assert start < -0.06 < end
    assert end - start > 0.001


def test_millions_have_one_large_letter_on_all_axes(view, journal):
    axes = view.plots[0].figure.xaxis[0], view.plots[0].figure.yaxis[0]
    assert not any(axis.major_label_overrides for axis in axes)
    document = Document()
    document.add_root(view.plots[0].figure)
    document.hold("combine")  # as in a message, in which nobody hears of the ranges
    view.refresh(report(journal, episodes=episodes(4_000_000, 9, returns=-2_500_000.0)))
    for axis, tick, words in zip(axes, (2e6, -2.5e6), ("2M", "−2.5M"), strict=True):
        assert axis.major_label_overrides[tick] == words == short(tick)


def test_the_axis_grows_in_few_steps_and_always_holds_the_run():
    ends = [last_episode_shown(episode) for episode in range(1, 10_001)]
    assert all(end > episode for episode, end in enumerate(ends, 1))
    assert ends == sorted(ends)
    assert len(set(ends)) < 30
    assert last_episode_shown(500) < 520


def test_a_zoom_survives_new_episodes_until_the_whole_run_is_asked_for(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 100)))
    view.axis.range.update(start=10.0, end=20.0)
    for first in range(101, 501, 100):
        view.refresh(report(journal, episodes=episodes(first, 100)))
    assert (view.axis.range.start, view.axis.range.end) == (pytest.approx(10), pytest.approx(20))
    assert view.whole_run.visible
    view.follow()
    assert (view.axis.range.start, view.axis.range.end) == whole_run(500)
    view.refresh(report(journal, episodes=episodes(501, 500)))
    assert view.axis.range.end == last_episode_shown(1000)
    assert not view.whole_run.visible


def test_a_reset_in_the_figure_shows_the_whole_run(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 100)))
    document, _ = watch(view)
    view.axis.range.end = 20.0
    document.callbacks.trigger_event(Reset(view.steps.figure))
    assert view.axis.range.end == last_episode_shown(100)


def test_a_zoom_is_sent_back_once_in_case_a_move_of_ours_crossed_it():
    axis = EpisodeAxis(lambda: None)
    axis.range.end = 8.0
    axis.show(1000)
    assert axis.range.end == np.nextafter(8.0, 9.0)
    axis.show(2000)
    assert axis.range.end == np.nextafter(8.0, 9.0)


def test_a_move_of_ours_that_a_notebooks_browser_repeats_late_is_not_taken_for_the_readers():
    axis, moved = EpisodeAxis(lambda: moved.append(True)), []
    for episode in (30, 100, 1000):
        axis.show(episode)
    axis.range.end = whole_run(100)[1]
    assert (axis.following, moved) == (True, [])
    axis.range.end = 70.0
    assert (axis.following, moved) == (False, [True])


def test_a_move_of_ours_in_a_held_document_is_not_taken_for_the_readers(view, journal):
    document, _ = watch(view)
    document.hold("combine")
    view.refresh(report(journal, episodes=episodes(1, 100)))
    view.refresh(report(journal, episodes=episodes(101, 100)))
    document.unhold()
    assert view.axis.following
    assert view.axis.range.end == last_episode_shown(200)


def test_the_vertical_range_fits_the_episodes_in_sight(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 50, returns=-1000)))
    view.refresh(report(journal, episodes=episodes(51, 50, returns=1)))
    assert view.returns.figure.y_range.start <= -1000
    view.axis.range.update(start=60.0, end=90.0)
    y = view.returns.figure.y_range
    assert 0 <= y.start < 1 < y.end < 2


@pytest.mark.parametrize(
    ("shown", "low", "high", "expected"),
    [
        ((0.0, 1.0), -0.7, 0.97, (-0.8, 1.2)),  # does not fit
        ((-0.8, 1.2), -0.5, 0.6, (-0.8, 1.2)),  # fits, and is not too wide
        ((-100.0, 100.0), 0.1, 0.9, (0.0, 1.0)),  # far too wide
        ((0.0, 50.0), 3.0, 180.0, (0.0, 200.0)),  # what is never negative starts at 0
        ((0.0, 1.0), -13.0, -13.0, (-13.5, -12.5)),  # a constant
    ],
)
def test_bounds_are_round_and_stand_still(shown, low, high, expected):
    assert settle(shown, low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("shown", "low", "high", "expected"),
    [
        ((0.1, 1.0), 0.02, 3.0, (0.01, 10.0)),
        ((0.01, 10.0), 0.05, 0.9, (0.01, 10.0)),
        ((1e-6, 1.0), 0.2, 0.3, (0.1, 1.0)),
        ((0.1, 1.0), 1e-16, 0.5, (1e-6, 1.0)),  # below six decades it is not looked at
        ((0.1, 1.0), 0.01, 0.01, (0.001, 0.01)),
    ],
)
def test_logarithmic_bounds_are_decades(shown, low, high, expected):
    assert settle_log(shown, low, high) == pytest.approx(expected)


def test_two_to_four_decades_are_written():
    assert decades(0.1, 1.0) == pytest.approx([1, 0.1])
    assert decades(1e-6, 1.0) == pytest.approx([1, 1e-2, 1e-4, 1e-6])
    assert decades(1e-4, 1.0) == pytest.approx([1, 1e-2, 1e-4])


def test_the_greedy_policy_and_the_optimum_are_named_in_the_legend(view, journal):
    assert "greedy" not in view.returns.heading.object
    view.refresh(report(journal, episodes=episodes(1, 5), evaluations=evaluation(5, optimum=0.97)))
    assert "greedy policy may never end" in view.returns.heading.object
    assert "optimum 0.97" in view.returns.heading.object
    view.refresh(report(journal, evaluations=evaluation(6, greedy_return=0.93)))
    assert "greedy policy 0.93" in view.returns.heading.object
    assert "optimum" not in view.returns.heading.object
    assert not any(line.visible for line in view.best_lines)


def test_what_the_discount_aims_at_is_a_second_line_where_it_is_less(view, journal):
    view.refresh(report(journal, evaluations=evaluation(5, optimum=0.91, optimum_for_discount=0.86)))
    assert "optimum 0.91" in view.returns.heading.object
    assert "best for this discount 0.86" in view.returns.heading.object
    assert [line.location for line in view.best_lines if line.visible] == [0.91, 0.86]
    view.refresh(report(journal, evaluations=evaluation(6, optimum=0.91, optimum_for_discount=0.91)))
    assert "discount" not in view.returns.heading.object
    assert [line.location for line in view.best_lines if line.visible] == [0.91]


def test_a_sampled_greedy_return_is_shown_with_its_margin(view, journal):
    view.refresh(report(journal, evaluations=evaluation(5, greedy_return=-0.05, greedy_margin=0.19)))
    assert "greedy policy -0.05 ± 0.19" in view.returns.heading.object.replace("−", "-")


def test_the_optimum_is_in_sight(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 5, returns=-50), evaluations=evaluation(5, optimum=-13.0)))
    assert view.returns.figure.y_range.end > -13
    assert view.best_lines[0].location == -13


def test_exploration_is_named_as_the_agent_names_it(view):
    view.set_exploration("Temperature τ")
    assert "Temperature τ per episode" in view.exploration.heading.object


def test_marks_of_evaluations_are_few_and_stay_where_they_are():
    for count in (0, 1, 40, 41, 80, 4096):
        kept = np.arange(count)[thinned(count, 40)]
        assert len(kept) <= 40
        assert set(kept) >= set(np.arange(count)[thinned(2 * count, 40)])


def test_changes_are_lines_and_the_newest_have_labels_in_the_words_of_the_form(view, journal):
    session = TrainingSession(world="easy", episodes=0)
    for episode, changes in ((10, {"epsilon": 0.1}), (20, {"step_size": 0.54}), (30, {"discount": 0.5})):
        session.advance_episodes(episode - session.episode)
        session.configure(changes)
    session.advance_episodes(60)
    session.configure({"epsilon_end": 0.0})
    session.advance_episodes(30)
    journal.add(session.frame(), now=0.0)
    view.refresh(journal)
    drawn = view.changes.data
    assert drawn["episode"] == [10, 20, 30, 90]
    assert drawn["text"] == ["", "Step size α = 0.54", "Discount γ = 0.5", "ε end = 0"]
    assert drawn["align"] == ["left", "left", "left", "right"]
    assert len(set(drawn["y_offset"][1:])) == 3


def test_dots_stand_at_the_newest_episode(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 9, mean_return=0.5, mean_length=4, epsilon=0.25)))
    assert {name: values.tolist() for name, values in view.head.data.items()} == {
        "episode": [9],
        "mean_return": [0.5],
        "mean_length": [4],
        "exploration": [0.25],
    }


def test_a_hidden_view_takes_in_nothing_until_it_is_seen(journal):
    view = ConvergenceView(PROBLEM, tokens(dark=False))
    _, seen = watch(view)
    view.active = False
    view.refresh(report(journal, episodes=episodes(1, 9, td_error=0.5)))
    view.refresh(report(journal, episodes=episodes(10, 1, td_error=0.5)))
    assert seen == []
    view.active = True
    assert len(view.episodes.source.data["episode"]) == 10


def test_an_episode_can_be_marked(view):
    view.mark_episode(12)
    assert view.markers.data["episode"].tolist() == [12]
    view.mark_episode(None)
    assert view.markers.data["episode"].tolist() == []


def test_marks_take_the_colours_of_a_theme(view):
    dark = tokens(dark=True)
    assert dark["primary"] not in {getattr(glyph, name) for glyph, name, _ in view.painted}
    view.retheme(dark)
    assert all(getattr(glyph, name) == dark[colour] for glyph, name, colour in view.painted)


def test_convergence_divides_errors_and_leaves_gaps_where_a_logarithm_has_none(journal):
    view = ConvergenceView(PROBLEM, tokens(dark=False))
    log = episodes(2, 1, episodes=2, td_error=0.5)
    view.refresh(report(journal, episodes=log, evaluations=evaluation(2, policy_change=0.25, value_error=0.125)))
    view.refresh(report(journal, episodes=episodes(3, 1, td_error=0)))
    assert view.episodes.source.data["td_error"].tolist() == [0.25, pytest.approx(np.nan, nan_ok=True)]
    assert view.evaluations.source.data["policy_change"].tolist() == [0.25]
    assert view.evaluations.source.data["value_error"].tolist() == [0.125]
    assert "now 25%" in view.policy_change.heading.object
    assert "now 0.12" in view.value_error.heading.object
    assert (view.td_error.figure.y_range.start, view.td_error.figure.y_range.end) == pytest.approx((0.1, 1))


def test_convergence_shows_where_the_truth_is_not_known(journal):
    view = ConvergenceView(PROBLEM, tokens(dark=False))
    view.refresh(report(journal, evaluations=evaluation(2, policy_change=0.0)))
    assert "q* is not known" in view.value_error.heading.object


@pytest.mark.parametrize(("kind", "most"), [(CurvesView, 200), (ConvergenceView, 145)])
def test_few_models_are_made(kind, most):
    document = Document()
    view = kind(PROBLEM, tokens(dark=False))
    document.add_root(view.panel.get_root(document))
    assert len(list(document.models)) <= most


def test_one_evaluation_far_below_does_not_flatten_the_curve_and_is_marked_at_the_edge(view, journal):
    learning = episodes(1, 100)
    learning["return"] = learning["mean_return"] = -13 - 90 * np.exp(-np.arange(100) / 20)
    view.refresh(report(journal, episodes=learning, evaluations=evaluation(3, greedy_return=-65_375.0, optimum=-13.0)))
    y = view.returns.figure.y_range
    assert -700 < y.start < -100, "the learning is seen"
    assert y.end > -13
    outside = view.returns.outside.data
    assert (outside["episode"].tolist(), outside["value"].tolist()) == ([3], [-65_375])
    assert y.start < outside["edge"][0] < y.start + (y.end - y.start) / 10
    assert "outside, to −65,375" in view.returns.heading.object


def test_nothing_is_outside_of_empty_plots(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 100), evaluations=evaluation(3, greedy_return=-65_375.0)))
    assert len(view.returns.outside.data["episode"]) == 1
    view.begin(load_problem("medium"))
    assert len(view.returns.outside.data["episode"]) == 0
    assert "outside" not in view.returns.heading.object


def test_where_a_run_is_now_is_in_sight_and_what_is_in_sight_is_not_marked(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 200, returns=-13)))
    view.refresh(report(journal, episodes=episodes(201, 5, returns=-4000)))
    assert view.returns.figure.y_range.start <= -4000, "the newest mean"
    assert len(view.returns.outside.data["episode"]) == 0
    assert "outside" not in view.returns.heading.object


@pytest.mark.parametrize(
    ("values", "levels", "cut", "expected"),
    [
        ([-65_375.0] + [-13.0] * 20, [-13.0], "below", (-52.0, -13.0)),
        ([0.0] * 30 + [1.0], [0.9], "below", (0.0, 1.0)),  # a first success
        ([1.0] * 30 + [0.0], [1.0], "below", (0.0, 1.0)),
        ([-65_375.0, -13.0], [-13.0], "below", (-52.0, -13.0)),  # as early as the second value
        ([-65_375.0, -420.0, -420.0], [-13.0, -420.0], "below", (-1_680.0, -13.0)),
        ([9_000.0, 14.0], [14.0], "above", (14.0, 56.0)),
        ([-65_375.0], [-13.0], "below", (-65_375.0, -13.0)),  # nothing to compare it with
        ([-500.0, -250.0, -125.0, -60.0, -30.0], [], "below", (-500.0, -30.0)),  # a steep beginning
        ([-0.5, 0.9], [0.92], "below", (-0.5, 0.92)),
        ([-500.0, -250.0, -125.0, -60.0, -30.0, -20.0, -16.0, -15.0], [], "below", (-500.0, -15.0)),
        ([9_000.0] + [14.0] * 20, [0.0], "above", (0.0, 56.0)),
        ([9_000.0] + [14.0] * 20, [0.0], "", (0.0, 9_000.0)),
    ],
)
def test_an_axis_holds_all_but_outliers(values, levels, cut, expected):
    assert in_sight(np.array(values), np.array(levels), cut) == pytest.approx(expected)


def test_steps_come_first_where_all_returns_are_alike_with_what_is_greedy_and_what_is_best(view, journal):
    assert view.in_order == (view.returns, view.steps, view.exploration)
    view.begin(load_problem("dyna_maze"))
    assert view.in_order == (view.steps, view.returns, view.exploration)
    assert [part.styles["order"] for plot in view.in_order for part in plot.parts] == ["0", "0", "1", "1", "2", "2"]
    assert view.steps.parts[1].styles["flex"] == "1.5 1 0"
    row = evaluation(5, greedy_return=1.0, greedy_length=16.0, optimum=1.0, fewest_steps=14.0)
    view.refresh(report(journal, episodes=episodes(1, 5, length=40.0), evaluations=row))
    assert "greedy policy 16.00" in view.steps.heading.object
    assert "fewest 14.00" in view.steps.heading.object
    assert (view.fewest_line.location, view.fewest_line.visible) == (14.0, True)
    view.begin(PROBLEM)
    assert not view.fewest_line.visible
    assert view.in_order == (view.returns, view.steps, view.exploration)


def test_a_greedy_policy_that_may_never_end_has_no_steps(view, journal):
    view.refresh(report(journal, episodes=episodes(1, 5, length=40.0), evaluations=evaluation(5, greedy_length=np.inf)))
    assert "greedy" not in view.steps.heading.object
    assert view.steps.figure.y_range.end < 1_000
