"""The tab that answers why: what is known of a cell, the last update of an action, and where its news came from.

What takes time is found in a thread, from copies, so that the run is never disturbed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui
from markupsafe import Markup

from dashboards.controls.number_field import TypedText
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import in_background, sentence
from dashboards.live.throttle import Throttle
from dashboards.live.view import Hideable
from dashboards.pages.training.explanation import Explainer, Explanation
from dashboards.pages.training.origins_list import OriginsList
from dashboards.pages.training.place import has_rows, read_place, written_place
from dashboards.style.choice import choice
from dashboards.style.widgets import FILL, LABELLED, html, problem_html, stack
from dashboards.views.inspection import (
    INSPECTION_CSS,
    chart_html,
    facts_html,
    inspection_html,
    still_html,
    update_html,
    why_not_text,
)
from gridworld.insight.inspection import inspect_state, why_not
from gridworld.insight.update import Update
from gridworld.insight.words import cause, equation, named
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.storage.keyframes import Keyframe
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem

FACTS_SECONDS, UPDATE_SECONDS = 0.5, 2.0  # between two refreshes while the run goes on
GRID = {
    "display": "grid",
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)", "sm": "150px minmax(0, 1fr)"},
    "gap": "4px 24px",
    "alignItems": "start",
    "alignContent": "start",
    "p": "6px 16px 12px",
    "overflow": "hidden auto",
}
HINT = (
    "Click a cell of the board, or name it here, to see what the agent knows about it, "
    "and which update its value comes from."
)


class InspectorView(Hideable):
    """Shows one state, chosen on the board by `pick` or in its own field, and one of its actions.

    Parameters
    ----------
    problem
        The world.
    find
        Return the present run, or None when it is gone.
    executor
        Where updates are looked for.

    Where the page shows a past moment, which `moment()` returns, all is as it was then. `point_out(state, path)` shows
    on the board what is chosen and where its news came from, `on_chosen(state, action)` is called with what is chosen,
    and `go_to(step)` with a moment whose entry was clicked.
    """

    def __init__(self, problem: Problem, find: Callable[[], SharedRun | None], executor: Executor) -> None:
        self._find, self._executor = find, executor
        self.point_out: Callable[[int | None, Sequence[int]], None] = lambda state, path: None
        self.on_chosen: Callable[[int, int], None] = lambda state, action: None
        self.go_to: Callable[[int], None] = lambda step: None
        self.moment: Callable[[], Keyframe | None] = lambda: None
        self._facts_throttle, self._update_throttle = Throttle(FACTS_SECONDS), Throttle(UPDATE_SECONDS)
        self._explainer = Explainer()
        self.place = TypedText(label="Cell: row, column", size="small", max_length=40, **LABELLED)
        self.action = choice("Action", small=True, options={"–": 0}, **LABELLED)
        self.problem_text = html("", align="center")
        self.shown = pn.pane.HTML("", stylesheets=[INSPECTION_CSS], margin=0, sizing_mode="stretch_width")
        form = stack(self.place, self.action, self.problem_text, gap="2px")
        self.origins = OriginsList(self._visit)
        self.panel = pmui.Column(form, stack(self.shown, self.origins.panel, gap="0"), sx=GRID, **FILL)
        self._choosing, self._asked = False, 0
        self.place.param.watch(self._typed, "value")
        self.action.param.watch(self._chosen, "value")
        self.begin(problem)

    def begin(self, problem: Problem) -> None:
        """Show another world, with nothing chosen."""
        self.problem = problem
        self.state: int | None = None
        self._answer: Explanation | None = None
        self._of: Keyframe | None = None  # the moment that the answer is of
        self._has_failed = False
        self._asked += 1
        self.forget_waiting()
        self.place.label = "Cell: row, column" if has_rows(self.problem) else "State"
        self._show_choice("", {"–": 0}, 0)
        self._complain("")
        self.shown.object = f'<div class="inspection"><p>{HINT}</p></div>'
        self.origins.show((), "", problem)
        self.point_out(None, ())

    def pick(self, state: int, action: int | None = None) -> None:
        """Show a state, and one of its actions; None: the one that is best at the moment shown."""
        shared = self._find()
        scene = self._scene(shared)
        if shared is None or scene is None:
            return
        self.state, self._answer, self._has_failed = state, None, False
        self.problem = scene.problem or self.problem  # which an edit changes
        names = self.problem.actions_of(state)
        if action is None:
            action = int(scene.action_values[state, : len(names)].argmax())
        self._show_choice(written_place(self.problem, state), {name: i for i, name in enumerate(names)}, action)
        self._complain("")
        self.on_chosen(state, action)
        self._update(shared)

    def refresh(self, journal: Journal) -> None:
        """Show what changed; while the run goes on, numbers twice a second, and updates every two seconds."""
        if not self.is_seen(journal) or self.state is None:
            return
        shared = self._find()
        if shared is None or self._scene(shared) is None:
            return
        moment = self.moment()
        if moment is not self._of:
            self._answer, self._has_failed = None, False
            self._update(shared)
            return
        running = moment is None and shared.status in (Status.RUNNING, Status.STARTING)
        step = shared.frame.step if moment is None else moment.step
        is_new = self._answer is not None and self._answer.step != step
        if is_new and self._update_throttle.ready(at_once=not running):
            self._update(shared)
        elif self._facts_throttle.ready(at_once=not running):
            self._draw(shared)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: everything follows the theme by itself."""

    def _scene(self, shared: SharedRun | None) -> Scene | None:
        """Return what is shown: the run as it is, or as it was at a past moment."""
        if moment := self.moment():
            return moment.scene
        return shared.frame.scene if shared else None

    def _visit(self, link: Update) -> None:
        """Show an update that the news came from, at its moment."""
        self.pick(link.state, link.action)
        self.go_to(link.step)

    def _show_choice(self, place: str, actions: dict[str, int], action: int) -> None:
        self._choosing = True
        self.place.write(place)
        self.action.param.update(options=actions, value=action)
        self._choosing = False

    def _typed(self, event: Any) -> None:
        if self._choosing or not event.new.strip():
            return
        try:
            self.pick(read_place(self.problem, event.new))
        except ValueError as problem:
            self._complain(str(problem))

    def _chosen(self, event: Any) -> None:
        shared = self._find()
        if not self._choosing and self.state is not None and shared is not None:
            self._answer, self._has_failed = None, False
            self.on_chosen(self.state, int(event.new))
            self._update(shared)

    def _complain(self, text: str) -> None:
        self.problem_text.object = problem_html(text)

    def _update(self, shared: SharedRun) -> None:
        """Show what is known at once, and look for the last update in a thread."""
        session, state, moment = shared.session, self.state, self.moment()
        self._of = moment
        self._draw(shared)
        if session is None or state is None:
            return
        if shared.keyframes.problem:
            self._fail(shared, f"The update behind a value can't be found. {shared.keyframes.problem}")
            return
        self._asked += 1
        asked, pair = self._asked, (state, int(self.action.value))
        try:
            work = self._explainer.about(pair, session, tuple(shared.keyframes), moment)
        except ValueError as problem:
            self._fail(shared, sentence(problem))
            return
        in_background(self._executor, work, lambda future: self._take(asked, future))

    def _take(self, asked: int, future: Future) -> None:
        """Show an answer, unless something else was asked meanwhile."""
        shared = self._find()
        if asked != self._asked or shared is None:
            return
        if problem := future.exception():
            self._fail(shared, sentence(problem))
            return
        self._answer, self._has_failed = future.result(), False
        self._complain("")
        self._draw(shared)

    def _fail(self, shared: SharedRun, text: str) -> None:
        """Show why an update can't be found."""
        self._has_failed = True
        self._complain(text)
        self._draw(shared)

    def _draw(self, shared: SharedRun) -> None:
        """Show all that is known by now."""
        session, state, answer = shared.session, self.state, self._answer
        scene, moment = self._scene(shared), self.moment()
        if session is None or state is None or scene is None or state >= len(scene.action_values):
            return
        agent = answer.agent if answer and moment else session.agent
        self.problem = scene.problem or self.problem
        action = int(self.action.value)
        solution = answer.solution if answer else None
        facts = inspect_state(self.problem, agent, scene, state, solution)
        lack = why_not(facts, action, agent, scene)
        until = [frame for frame in shared.keyframes if moment is None or frame.step <= moment.step]
        chart = _chart(until, state, [act.name for act in facts.actions], action)
        about = Markup("<p>{}</p>").format(why_not_text(lack)) if lack else Markup("")
        first = Markup("<div>{}{}{}</div>").format(facts_html(facts, self.problem, action), about, chart)
        text = inspection_html(first, *self._explained(answer, state, action, agent))
        if self._is_still(state, scene.visits):
            text = inspection_html(still_html(facts))
        if self.shown.object != text:
            self.shown.object = text
        self.origins.show(*(answer.links, answer.end) if answer and answer.update else ((), ""), self.problem)
        self.point_out(state, [link.state for link in answer.links] if answer else ())

    def _is_still(self, state: int, visits: np.ndarray) -> bool:
        """Return whether no action is ever taken in a state: a wall, or a cell in which an episode ends."""
        model = self.problem.phases[0][1] if self.problem.phases else None
        ends = model is not None and bool((model.successor[state] == state).all() and model.ending[state].all())
        return ends and not visits[state].any()

    def _explained(self, answer: Explanation | None, state: int, action: int, agent: Any) -> list[Markup]:
        title = f"The last update of {named(self.problem, state, action)}"
        if answer is None:
            shown = "It can't be found; the reason is beside it." if self._has_failed else "Searching for it …"
            return [Markup("<div role='status'><h3>{}</h3><p>{}</p></div>").format(title, shown)]
        if answer.update is None:
            return [Markup("<div><h3>{}</h3><p>Nothing has changed this value yet.</p></div>").format(title)]
        update = answer.update
        return [update_html(title, cause(update, agent, self.problem), equation(update))]


def _chart(keyframes: Sequence[Keyframe], state: int, names: Sequence[str], action: int) -> Markup:
    steps = np.array([frame.step for frame in keyframes], float)
    values = np.array([frame.scene.action_values[state, : len(names)] for frame in keyframes]).reshape(len(steps), -1)
    return chart_html(steps, values, names, action)
