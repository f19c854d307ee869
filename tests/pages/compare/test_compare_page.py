"""The page of comparisons without a browser: the form makes plans, and what is shown comes from the runs."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest
from panel.io.state import set_curdoc

from dashboards.hub.executors import AtOnce
from dashboards.hub.experiments import KEPT, MOST_RUNNING, Experiments
from dashboards.hub.hub import Hub
from dashboards.pages.compare.contestants import ContestantsPart
from dashboards.pages.compare.digest import run_link
from dashboards.pages.compare.form import PlanForm
from dashboards.pages.compare.page import ComparePage
from dashboards.pages.compare.progress import written
from dashboards.pages.compare.race_tab import TWINS, RaceTab
from dashboards.pages.compare.ready import READY, ReadyComparison, watch_html
from dashboards.pages.plan_address import MOST_CONTESTANTS
from dashboards.pages.training.address import from_query
from dashboards.style.formatting import number
from dashboards.style.theme import tokens
from dashboards.views.comparison.study import StudyView, log_ticks
from dashboards.views.comparison.tables import metrics_table
from gridworld.drawing.shared_range import range_of
from gridworld.experiments.batch import run_batch
from gridworld.experiments.comparison import Comparison, so_far
from gridworld.experiments.curves import Curve
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.study import study_of
from gridworld.runs.frame import Status
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem
from support.served import ServedDocument

SMALL = Plan(
    (Contestant("sarsa", {"step_size": 0.5}, "Sarsa"), Contestant("q_learning", {"step_size": 0.5}, "Q")),
    ("cliff",),
    runs=20,
    episodes=40,
    metrics=("last_return", "length"),
    points=20,
)


@pytest.fixture
def page():
    return ComparePage(Hub(), SMALL, "returns", {})


def press(button) -> None:
    button.param.trigger("clicks")


def run(page: ComparePage) -> None:
    press(page.progress.commands.buttons["Start"])
    assert page.experiment.wait(300)
    page.refresh()


def test_the_runs_end_up_in_tables_and_curves(page):
    assert "no runs yet" in page.lower.tables["Metrics"].object
    run(page)
    assert page.experiment.status is Status.FINISHED
    expected = compare(SMALL)
    assert number(expected.estimate("Sarsa").value) in page.lower.tables["Metrics"].object
    assert "Sarsa" in page.lower.tables["Differences"].object
    drawn = [renderer.data_source.data["x"] for renderer in page.curves.figure.renderers]
    assert [len(x) for x in drawn] == [20] * 4, "a band and a line each"


def test_tables_say_that_there_are_no_runs_before_the_first_look_at_them():
    with set_curdoc(ServedDocument()):
        page = ComparePage(Hub(), SMALL, "returns", {})
    assert all("no runs yet" in table.object for table in page.lower.tables.values())


def test_the_first_message_of_a_page_has_the_axes_and_the_names_of_its_contestants():
    with set_curdoc(ServedDocument()):
        page = ComparePage(Hub(), SMALL, "returns", {})
    assert page.curves.figure.x_range.end == 40, "an axis from 0 to 1 has ticks 0, 0, 0, 1, 1, 1"
    assert "Sarsa" in page.curves.heading


def test_one_run_has_no_interval_and_says_so_in_words():
    page = ComparePage(Hub(), replace(SMALL, runs=1), "returns", {})
    run(page)
    table = page.lower.tables["Metrics"].object
    assert table.count("no interval: one run only") == 4
    assert "!" not in table
    interim = Comparison(page.experiment.plan, page.experiment._results, interim=True)
    assert metrics_table(page.experiment.plan.cells, interim, "cliff").count("no interval: one run only") == 4


def test_a_table_of_some_combinations_promises_no_best():
    result = compare(Plan((Contestant("random"), Contestant("sarsa")), ("easy",), runs=2, episodes=2))
    cells = result.plan.cells
    assert "Bold: the best" in metrics_table(cells, result, "easy")
    assert "Bold" not in metrics_table(cells[:1], result, "easy")


def test_a_comparison_has_finished_when_its_last_figures_are_there(page, monkeypatch):
    seen, submit = [], AtOnce.submit

    def look(executor, work):
        seen.append(page.chip.panel.object + page.progress.text)
        return submit(executor, work)

    monkeypatch.setattr(AtOnce, "submit", look)
    page._hub.executors.statistics = AtOnce()
    run(page)
    assert "computing the figures" in seen[-1]
    assert "Finished" not in seen[-1]
    assert "Finished" in page.chip.panel.object
    assert "computing" not in page.progress.text


def test_a_comparison_whose_figures_can_not_be_computed_does_not_stay_at_running(page, monkeypatch):
    def fail(*arguments):
        raise MemoryError("not enough for all runs")

    for name in ("so_far", "Comparison"):
        monkeypatch.setattr(f"gridworld.experiments.experiment.{name}", fail)
    monkeypatch.setattr("gridworld.experiments.experiment.BETWEEN_RESULTS", np.inf)  # no look meanwhile
    run(page)
    assert "Failed" in page.chip.panel.object
    assert "not enough for all runs" in page.alert.object
    assert "40 of 40 runs" in page.progress.text
    assert not page.progress.commands.buttons["Reset"].disabled


@pytest.mark.parametrize(
    ("is_decided", "how"),
    [
        (False, "30 of 40 runs · stopped; the figures show the first 12 runs of each contestant: not all have more"),
        (True, "30 of 40 runs · ended early: the best is decided by the first 12 runs of each contestant, which the"),
    ],
)
def test_an_early_end_says_which_of_the_counted_runs_are_shown(page, is_decided, how):
    experiment = page.experiment
    sarsa, q = SMALL.cells
    experiment.status, experiment.stopped_early = Status.FINISHED, True
    experiment.stop_when_decided, experiment.is_decided = True, is_decided
    experiment._results = [run_batch(SMALL.batch(sarsa, 0, 18)), run_batch(SMALL.batch(q, 0, 12))]
    experiment.result = so_far(SMALL, experiment._results)
    assert written(experiment, Status.FINISHED).startswith(how)
    experiment._results = [run_batch(SMALL.batch(cell, 0, 12)) for cell in SMALL.cells]
    assert "first" not in written(experiment, Status.FINISHED)
    experiment._results, experiment.result = [run_batch(SMALL.batch(sarsa, 0, 1))], None
    assert written(experiment, Status.FINISHED).endswith("before every contestant had a run")


def test_what_waits_for_runs_does_not_ask_for_start_while_they_come_in(page):
    text = page.lower.tables["Metrics"].object
    assert "press" not in text
    assert "as soon as every contestant has one" in text


def test_a_legend_keeps_names_and_numbers_apart(page):
    flat = np.full(20, 25.0)
    curve = Curve(np.arange(1, 21.0), flat, flat, flat, np.full(20, 9), "episode", 0.95, "t")
    page.curves.show(SMALL.cells, [curve, curve], "returns", 9)
    assert "Sarsa: 25.00 at the end" in page.curves.heading


@pytest.mark.parametrize(("first", "where"), [(-900.0, "below"), (900.0, "above")])
def test_the_heading_names_how_far_curves_go_beyond_the_axis(page, first, where):
    value = np.array([first, *np.linspace(20, 30, 19)])
    curve = Curve(np.arange(1, 21.0), value, value, value, np.full(20, 9), "episode", 0.95, "t")
    page.curves.show(SMALL.cells, [curve, curve], "returns", 9)
    assert f"; {where} the axis, to {number(first)}" in page.curves.heading
    flat = replace(curve, value=np.full(20, 25.0))
    page.curves.show(SMALL.cells, [flat, flat], "returns", 9)
    assert "the axis" not in page.curves.heading


def test_a_world_that_is_chosen_is_loaded_before_the_plan_is_made():
    """Off the loop, where it takes long."""
    waiting, plans = [], []
    form = PlanForm(
        SMALL, plans.append, lambda change: change(), Hub().executors.files, lambda *edit: waiting.append(edit)
    )
    form.world.list.value = "windy"
    assert plans == []
    ((load, then),) = waiting
    assert load().title == load_problem("windy").title
    then()
    assert [plan.worlds for plan in plans] == [("windy",)]


def test_an_edit_makes_another_plan_and_a_refused_one_changes_nothing(page):
    before = page.experiment
    page.form.rows["runs"].text.value = "7"
    assert page.experiment is not before
    assert page.experiment.plan.runs == 7
    kept = page.experiment
    page.form.rows["runs"].text.value = "100000"
    assert page.experiment is kept
    assert "from 1 to 5,000" in page.form.rows["runs"].problem


def test_contestants_are_added_copied_and_removed(page):
    part = page.form.contestants
    press(part.add)
    assert [one.agent for one in page.experiment.plan.contestants] == ["sarsa", "q_learning", "expected_sarsa"]
    press(part.copy)
    assert len(page.experiment.plan.contestants) == 4
    assert page.experiment.plan.contestants[3].hyperparameters["step_size"] == 0.25
    press(part.remove)
    press(part.remove)
    assert page.experiment.plan == SMALL
    part.list.value = 1
    part.algorithm.list.value = "dyna_q"
    assert page.experiment.plan.contestants[1].agent == "dyna_q"


def test_a_form_with_as_many_contestants_as_there_can_be_says_so():
    part = ContestantsPart(lambda contestants, field: None, AtOnce())
    contestants = [Contestant("sarsa", {"step_size": number / 10}) for number in range(MOST_CONTESTANTS)]
    part.show(contestants[1:])
    assert not part.full.visible
    part.show(contestants)
    assert part.full.visible
    assert part.add.disabled


def test_a_saved_run_becomes_a_contestant():
    Library().save(TrainingSession(world="cliff", agent="sarsa", step_size=0.3), "saved")
    edited = []
    part = ContestantsPart(lambda contestants, field: edited.append(contestants), AtOnce())
    part.show([Contestant("q_learning")])
    press(part.library.button)
    part.library.runs.list.value = "saved"
    assert [(one.agent, one.label) for one in edited[-1]] == [("q_learning", ""), ("sarsa", "saved")]
    assert edited[-1][1].hyperparameters["step_size"] == 0.3
    Library().delete("saved")


def test_copies_are_counted_and_differ_from_all_others(page):
    part = page.form.contestants
    part.list.value = 1
    part.label.value = "x" * 40
    for _ in range(6):
        press(part.copy)
    assert part.copy.disabled
    contestants = page.experiment.plan.contestants
    assert [one.label for one in contestants[2:]] == ["x" * 36 + f" ({n})" for n in range(2, 8)]
    sizes = [one.hyperparameters["step_size"] for one in contestants[1:]]
    assert len(set(sizes)) == len(sizes)


def test_a_copy_that_is_refused_leaves_the_choice_where_it_was(page):
    part = page.form.contestants
    part.list.value = 0
    part.algorithm.list.value = "random"
    press(part.copy)
    assert "same contestant" in part.algorithm.sentence
    assert part.list.value == 0
    assert part.algorithm.list.value == "random"


def test_two_contestants_that_are_alike_are_refused_at_the_field(page):
    part = page.form.contestants
    part.list.value = 1
    part.algorithm.list.value = "sarsa"
    assert page.experiment.plan == SMALL
    assert "same contestant" in part.algorithm.sentence


def test_a_study_is_a_spread_of_all_that_have_it(page):
    axis = page.form.study.axes[0]
    axis.choice.list.value = "step_size"
    spread = page.experiment.plan.contestants[0].hyperparameters["step_size"]
    assert spread == {"low": 0.1, "high": 1.0, "points": 10, "scale": "linear"}
    axis.values.value = "0.1..nonsense"
    assert "0.1..1.0:10" in axis.values.helper_text
    axis.values.value = "0.2, 0.4"
    assert len(page.experiment.plan.cells) == 4
    axis.choice.list.value = "nothing"
    assert len(page.experiment.plan.cells) == 2


def test_the_link_of_a_seed_gives_the_same_bits(page):
    run(page)
    cell = SMALL.cells[1]
    settings, problems = from_query(dict(parse_qsl(run_link(cell, 3)[1:])))
    assert problems == []
    session = TrainingSession(settings)
    session.advance_episodes(SMALL.episodes)
    returns = session.history.since()["return"]
    assert returns.mean() == pytest.approx(page.experiment.result.values("Q")[3], abs=1e-12)


def test_the_same_plan_is_the_same_comparison_and_few_run_at_once():
    kept = Experiments()
    assert kept.of(SMALL) is kept.of(SMALL)
    assert kept.of(SMALL) is not kept.of(READY["cliff"].plan)
    plans = [Plan((Contestant("sarsa"),), ("cliff",), runs=100_000, first_seed=seed) for seed in range(KEPT + 4)]
    running = [kept.of(plan) for plan in plans[:MOST_RUNNING]]
    for experiment in running:
        kept.start(experiment)
    with pytest.raises(ValueError, match="the most it allows"):
        kept.start(kept.of(plans[-1]))
    for plan in plans:
        kept.of(plan)
    assert kept.of(plans[0]) is running[0]
    for experiment in running:
        experiment.stop()


def test_a_range_shows_the_learning_and_every_contestant():

    early = np.array([-900.0, -300, -80, *[-30.0] * 40])
    low, high = range_of([early])
    assert -300 < low < -30 < high
    worse = np.full(43, -200.0)
    low, _ = range_of([early, early + 1, early + 2, early + 3, worse])
    assert low < -200
    assert range_of([]) == (0, 1)


def test_a_range_shows_one_that_learns_slowly_beside_two_that_learn_at_once():
    quick, slow = np.array([1_000.0, *[17.0] * 49]), np.array([*np.geomspace(1_000, 20, 25), *[18.0] * 25])
    _, high = range_of([slow, quick, quick])
    assert 200 < high < 1_000


def test_a_band_below_zero_is_not_shown_where_no_value_can_be():
    steps = np.linspace(40.0, 20, 30)
    low, _ = range_of([steps], [steps - 60, steps + 60])
    assert -10 < low <= 0
    low, _ = range_of([steps - 30], [steps - 60, steps])
    assert low < -20


def test_one_outlier_leaves_a_heat_map_its_colours():
    spreads = {"step_size": [0.1, 0.5, 0.9], "epsilon": [0.1, 0.2, 0.3]}
    plan = replace(SMALL, contestants=(Contestant("sarsa", spreads),), runs=2, episodes=2)
    study = study_of(plan, compare(plan))
    values = [-4_753, *range(-80, 0, 10)]
    points = [
        replace(point, estimate=replace(point.estimate, value=float(value)))
        for point, value in zip(study.points, values, strict=True)
    ]
    view = StudyView(tokens(dark=False), lambda study, point: None)
    view.show(replace(study, points=points))
    shades = view._maps[0]._source.data["shade"]
    assert shades[-1] - shades[1] > 0.4


def numbers_of_a_map(columns: int, touch: bool) -> list[str]:
    spreads = {"epsilon": [0.1 + 0.01 * n for n in range(columns)], "step_size": [0.1, 0.5]}
    plan = replace(SMALL, contestants=(Contestant("sarsa", spreads), Contestant("q_learning", spreads)), runs=2)
    plan = replace(plan, episodes=2)
    view = StudyView(tokens(dark=False), touch=touch)
    study = study_of(plan, compare(plan))
    points = [replace(point, estimate=replace(point.estimate, value=-101.58)) for point in study.points]
    view.show(replace(study, points=points))
    return view._maps[0]._source.data["text"]


def test_numbers_of_a_map_have_room_in_their_cells():
    assert set(numbers_of_a_map(4, touch=False)) == {"−101.58"}
    assert set(numbers_of_a_map(4, touch=True)) == {"−101.58"}
    assert set(numbers_of_a_map(6, touch=True)) == {"−102"}
    assert set(numbers_of_a_map(16, touch=True)) == {""}


@pytest.mark.parametrize("touch", [False, True])
def test_tools_that_do_not_hide_do_not_lie_on_the_highest_values(touch):
    spread = {"low": 0.1, "high": 1.0, "points": 3, "scale": "log"}
    plan = replace(SMALL, contestants=(Contestant("sarsa", {"step_size": spread}),), runs=2, episodes=2)
    view = StudyView(tokens(dark=False), touch=touch)
    view.show(study_of(plan, compare(plan)))
    assert view.figure.toolbar.autohide is view.figure.toolbar_inner is not touch
    assert view.figure.xaxis.ticker.ticks == [0.1, 0.2, 0.5, 1.0]


@pytest.mark.parametrize(
    ("start", "end", "ticks"),
    [
        (0.1, 1, [0.1, 0.2, 0.5, 1]),
        (1, 16, [1, 2, 5, 10]),
        (0.3, 0.7, [0.3, 0.7]),
        (1e-4, 1, [1e-4, 1e-3, 1e-2, 0.1, 1]),
    ],
)
def test_a_logarithmic_axis_has_round_numbers(start, end, ticks):
    assert log_ticks(start, end) == ticks


def test_maps_that_no_contestant_has_are_explained():
    apart = Contestant("sarsa", {"step_size": [0.1, 0.5]}), Contestant("dyna_q", {"planning_steps": [0, 5]})
    plan = replace(SMALL, contestants=apart, runs=2, episodes=2)
    view = StudyView(tokens(dark=False), lambda study, point: None)
    view.show(study_of(plan, compare(plan)))
    assert view.figures == []
    assert "here none has" in view.heading


def test_a_race_that_is_not_open_yet_shows_no_form_of_a_twin(page):
    race = page.race
    assert not race.twin.panel.visible
    press(race.again)
    race.kind.value = TWINS
    assert race.twin.panel.visible


class Meanwhile(AtOnce):
    """Does something else before the next work that is handed in."""

    def __init__(self) -> None:
        self.first = lambda: None

    def submit(self, work, /, *arguments, **options):
        first, self.first = self.first, lambda: None
        first()
        return super().submit(work, *arguments, **options)


def test_a_race_that_is_asked_for_while_it_is_prepared_begins_when_it_is_ready():
    executor = Meanwhile()
    race = RaceTab(executor, lambda: False)
    press(race.play)
    assert race.play.label == "Race", "there is nothing yet to race"
    executor.first = lambda: press(race.play)
    race.open(SMALL.cells, 0)
    assert race.play.label == "Pause race"
    assert "They part at step" in race.text.object
    race.tick(0.5)
    assert "Step 5<" in race.counter.object, "10 steps a second"


def test_a_race_that_is_prepared_does_not_take_the_place_of_a_sentence_that_came_later():
    executor = Meanwhile()
    race = RaceTab(executor, lambda: False)
    executor.first = lambda: race.kind.param.update(value=TWINS)
    race.open(SMALL.cells, 0)
    assert "The run has this" in race.text.object
    press(race.play)
    assert race.play.label == "Race"


def test_a_ready_comparison_whose_world_can_not_be_used_leaves_the_page_alone():
    fields = {"contestants": SMALL.contestants, "worlds": ("FrozenLake-v1?map_name=none",)}
    ready = ReadyComparison("On no lake", "Watch nothing.", fields)
    assert not ready.describes(SMALL)
    with pytest.raises(ValueError, match="FrozenLake-v1"):
        ready.plan  # noqa: B018


def test_what_to_watch_for_is_that_of_the_plan():
    assert watch_html(SMALL) == ""
    for ready in READY.values():
        assert ready.title in watch_html(ready.plan)
        assert len(re.findall(r"[.?!] |[.?!]$", ready.watch)) == 2, ready.watch
