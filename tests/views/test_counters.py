"""The tiles and the bars: exactly what the journal holds, and not more often than one can read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnsPatchedEvent

from dashboards.live.throttle import Throttle
from dashboards.style.formatting import count, number
from dashboards.style.theme import tokens
from dashboards.views.counters import CountersView
from dashboards.views.plots.action_histogram import HistogramView
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import load_problem
from gridworld.worlds.transition_model import Ending

PROBLEM = load_problem("easy")


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def scene(returns: list[float], endings: list[Ending], **fields) -> Scene:
    """A picture after some episodes."""
    recent = np.zeros((len(returns), 5))
    recent[:, 0], recent[:, 3] = returns, endings
    numbers = {"visits": np.zeros((25, 4), int), "recent_actions": np.zeros(4, int)} | fields
    return Scene(
        state=0,
        trail=np.zeros(0, int),
        episode_step=numbers.pop("episode_step", 0),
        episode_return=numbers.pop("episode_return", 0.0),
        exploration=1.0,
        best_return=max(returns, default=-np.inf),
        action_values=np.zeros((25, 4)),
        recent=recent,
        **numbers,
    )


def report(journal: Journal, status: Status = Status.PAUSED, step: int = 0, episode: int = 0, **picture) -> Journal:
    journal.add(Frame(0, status, step, episode, scene(**({"returns": [], "endings": []} | picture))), now=step / 100)
    return journal


def shown(view: CountersView) -> dict[str, str]:
    """What the tiles say, read from their HTML."""
    return dict(re.findall(r'data-counter="(\w+)">([^<]*)<', view.drawing.text))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def view(clock) -> CountersView:
    return CountersView(PROBLEM, tokens(dark=False), clock)


def test_tiles_show_what_the_journal_holds(view):
    endings = [Ending.NONE, Ending.FAILURE, Ending.SUCCESS, Ending.SUCCESS]
    view.refresh(report(Journal(), episode=1204, returns=[-2, -1, 0.5, 1], endings=endings, episode_step=17))
    assert shown(view) == {
        "episode": "1,204",
        "step": "17",
        "speed": "0",
        "last": "1.00",
        "mean": "−0.38",
        "best": "1.00",
        "success": "50%",
    }


def test_the_speed_is_the_journals(view):
    journal = report(Journal(), Status.RUNNING, step=0)
    view.refresh(report(journal, Status.RUNNING, step=50))
    assert journal.steps_per_second == 100
    assert shown(view)["speed"] == "100"


def test_before_the_first_episode_nothing_is_claimed(view):
    view.refresh(report(Journal()))
    reported = shown(view)
    assert [reported[name] for name in ("last", "mean", "best", "success")] == ["–"] * 4
    assert (reported["episode"], reported["step"]) == ("0", "0")


def test_a_long_first_episode_shows_its_steps_and_its_return_so_far(view):
    journal = report(Journal(), episode_step=10_000, episode_return=-65_375.0)
    view.refresh(journal)
    assert (shown(view)["step"], shown(view)["last"]) == ("10,000", "−65,375")
    assert "Return so far" in view.drawing.text
    view.refresh(report(journal, episode=1, returns=[-3], endings=[Ending.SUCCESS], episode_step=5))
    assert shown(view)["last"] == "−3.00"
    assert "Last return" in view.drawing.text


@pytest.mark.parametrize(("steps", "times"), [(50, 10), (1_000, 4)])
def test_while_running_tiles_change_as_often_as_they_can_be_read(view, clock, steps, times):
    journal, changes = Journal(), []
    for moment in range(200):
        clock.now = moment / 100
        frame = Frame(0, Status.RUNNING, steps * moment, 0, scene(returns=[], endings=[], episode_step=moment))
        journal.add(frame, now=moment)
        view.refresh(journal)
        changes.append(view.drawing.text)
    assert journal.steps_per_second == steps
    assert abs(len(set(changes[100:])) - times) <= 1


def test_the_last_numbers_are_shown_at_once(view, clock):
    journal = Journal()
    view.refresh(report(journal, Status.RUNNING, episode_step=1))
    view.refresh(report(journal, Status.RUNNING, episode_step=2))
    assert shown(view)["step"] == "1"
    view.refresh(report(journal, Status.PAUSED, episode_step=3))
    assert shown(view)["step"] == "3"


def test_a_frame_held_back_is_shown_when_its_time_has_come(view, clock):
    journal = report(Journal(), Status.RUNNING, episode_step=1)
    view.refresh(journal)
    view.refresh(report(journal, Status.RUNNING, episode_step=2))
    clock.now = 0.11
    view.refresh(journal)
    assert shown(view)["step"] == "2"


def test_begin_starts_from_nothing(view):
    view.refresh(report(Journal(), episode=9, returns=[1], endings=[Ending.SUCCESS]))
    view.begin(PROBLEM)
    assert shown(view)["episode"] == "0"
    assert shown(view)["last"] == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.625, "0.62"),
        (-13, "−13.00"),
        (0, "0.00"),
        (1250.4, "1,250"),
        (0.00312, "0.0031"),
        (-np.inf, "–"),
        (np.nan, "–"),
    ],
)
def test_numbers_are_readable(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999_999, "999,999"), (1_234_567, "1.235M"), (2.5e9, "2.500G"), (1e18, "1000000.000T")],
)
def test_counts_are_exact_until_they_are_long(value, text):
    assert count(value) == text


def test_a_throttle_counts_what_was_forced(clock):
    throttle = Throttle(1.0, clock)
    assert throttle.ready()
    assert not throttle.ready()
    clock.now = 1.0
    assert throttle.ready(at_once=True)
    clock.now = 1.5
    assert not throttle.ready()
    clock.now = 2.0
    assert throttle.ready()


def bars(journal: Journal) -> HistogramView:
    view = HistogramView(PROBLEM, tokens(dark=False), Clock())
    view.refresh(journal)
    return view


def test_bars_are_shares_of_the_actions_taken():
    visits = np.zeros((25, 4), int)
    visits[0], visits[1] = (1, 2, 3, 0), (1, 0, 1, 0)
    view = bars(report(Journal(), visits=visits, recent_actions=np.array([0, 0, 1, 3])))
    assert view.source.data["whole"].tolist() == [0.25, 0.25, 0.5, 0]
    assert view.source.data["recent"].tolist() == [0, 0, 0.25, 0.75]
    assert view.figure.y_range.end > 0.75
    assert view.figure.xaxis.major_label_overrides == {0: "up", 1: "right", 2: "down", 3: "left"}


def test_no_action_taken_is_no_share():
    view = bars(report(Journal()))
    assert view.source.data["whole"].tolist() == [0] * 4


def test_only_the_bars_that_changed_are_patched():
    journal = report(Journal(), recent_actions=np.array([1, 1, 0, 0]))
    view, document, seen = bars(journal), Document(), []
    document.add_root(view.figure)
    document.on_change(seen.append)
    view.refresh(report(journal, recent_actions=np.array([1, 0, 1, 0])))
    assert [type(event) for event in seen] == [ColumnsPatchedEvent]
    assert list(seen[0].patches) == ["recent"]
    view.refresh(report(journal, recent_actions=np.array([2, 0, 2, 0])))
    assert len(seen) == 1


def test_bars_follow_the_actions_of_another_world():
    view = bars(report(Journal()))
    view.begin(load_problem("Taxi-v4"))
    assert view.source.data["action"] == ["down", "up", "right", "left", "pick up", "drop off"]
    assert (view.figure.x_range.start, view.figure.x_range.end) == (-0.5, 5.5)
    assert {len(values) for values in view.source.data.values()} == {6}


def test_steps_are_counted_where_all_returns_are_alike():
    view = CountersView(load_problem("dyna_maze"), tokens(dark=False))
    assert [view.labels[key][0] for key in ("last", "best")] == ["Last steps", "Fewest <span>steps </span>(50)"]
    journal, seen = Journal(), scene([1.0, 1.0], [Ending.SUCCESS] * 2)
    seen.recent[:, 1] = 40, 14
    journal.add(Frame(0, Status.PAUSED, 54, 2, seen), now=0.0)
    view.refresh(journal)
    assert [view.values[key] for key in ("last", "mean", "best")] == ["14", "27.00", "14"]
    view.begin(PROBLEM)
    assert view.labels["last"][0] == "Last return"
