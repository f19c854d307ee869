"""The views of the training page, one line each: a new view is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboards.hub.executors import Executors
from dashboards.hub.shared_run import SharedRun
from dashboards.live.view import View
from dashboards.pages.training.files_tab import FilesView
from dashboards.pages.training.inspector_tab import InspectorView
from dashboards.pages.training.rewind_tab import RewindView
from dashboards.views.board.view import BoardView
from dashboards.views.counters import CountersView
from dashboards.views.plots.action_histogram import HistogramView
from dashboards.views.plots.convergence import ConvergenceView
from dashboards.views.plots.learning_curves import CurvesView
from dashboards.views.tables.states import StatesView
from dashboards.views.tables.tables import ActionValuesTable, EpisodesTable, EventsTable
from gridworld.runs.commands import Command
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem


@dataclass(frozen=True)
class Context:
    """What views are made from.

    `problem`, `colours` and `touch` (whether a finger must be able to scroll) are all that most need. The rest is what
    the page does for a tab: find its run, send it a command, look back at a moment, go on with a session elsewhere,
    return the theme that is shown ("light" or "dark"), work off the loop, and return a link to what is shown.
    """

    problem: Problem
    colours: dict[str, Any]
    touch: bool
    find: Callable[[], SharedRun | None]
    send: Callable[[Command, str, str], None]
    look_back: Callable[[Journal | None, int | None], None]
    fork: Callable[[TrainingSession], None]
    theme: Callable[[], str]
    executors: Executors
    link: Callable[[], str]


@dataclass(frozen=True)
class Entry:
    """A view: its title, the area of the page's grid (or "tabs"), and what makes it.

    `moment`: whether it draws a moment of the run, so that a look back shows in it. `suits(problem)`: whether it has
    something to show of a world; it is hidden where it has not.
    """

    title: str
    area: str
    make: Callable[[Context], Any]
    moment: bool = False
    suits: Callable[[Problem], bool] = lambda problem: True


def plain(view: Callable[[Problem, dict[str, Any]], View]) -> Callable[[Context], Any]:
    """Return a function that makes a view from the world and the colours alone."""
    return lambda context: view(context.problem, context.colours)


def plotted(view: Callable[..., View]) -> Callable[[Context], Any]:
    """Return a function that makes a plot, in which a finger must be able to scroll the page."""
    return lambda context: view(context.problem, context.colours, touch=context.touch)


def has_map(problem: Problem) -> bool:
    """Return whether a world is drawn as a map."""
    return bool(problem.layouts)


def has_no_map(problem: Problem) -> bool:
    """Return whether a world is shown as a table."""
    return not problem.layouts


VIEWS = (
    Entry("Board", "board", plain(BoardView), moment=True, suits=has_map),
    Entry("States", "board", plain(StatesView), moment=True, suits=has_no_map),
    Entry("Curves", "curves", plotted(CurvesView)),
    Entry("Counters", "tiles", plain(CountersView)),
    Entry("Episodes", "tabs", plain(EpisodesTable)),
    Entry("Action values", "tabs", plain(ActionValuesTable), moment=True),
    Entry("Actions taken", "tabs", plain(HistogramView), moment=True),
    Entry("Convergence", "tabs", plotted(ConvergenceView)),
    Entry("Inspect", "tabs", lambda c: InspectorView(c.problem, c.find, c.executors.insight), moment=True),
    Entry("Events", "tabs", plain(EventsTable)),
    Entry("Rewind", "tabs", lambda c: RewindView(c.problem, c.find, c.look_back, c.fork, c.executors, c.link)),
    Entry("Files", "tabs", lambda c: FilesView(c.find, c.send, c.theme, c.executors)),
)
