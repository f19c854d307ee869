"""The trainings that a run had before another one replaced them: undo at once, or open them later."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from dashboards.hub.recent import FormerRun
from dashboards.hub.runs import RunRegistry
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import sentence
from dashboards.pages.downloads import button
from dashboards.style.choice import choice
from dashboards.style.widgets import html, row


class FormerRuns:
    """A line that offers to undo, as long as the present training has not begun, and a list of all that are kept.

    Parameters
    ----------
    runs
        The runs of the server.
    find
        Return the present run, or None when it is gone.
    go_to
        Show another run.
    refuse
        Show why something was not done.
    """

    def __init__(
        self,
        runs: RunRegistry,
        find: Callable[[], SharedRun | None],
        go_to: Callable[[SharedRun], None],
        refuse: Callable[[str], None],
    ) -> None:
        self._runs, self._find, self._go_to, self._refuse = runs, find, go_to, refuse
        self._kept: list[FormerRun] = []
        self._text = html("", styles={"min-width": "0", "flex": "1"}, align="center")
        self.undo = button("Undo", "undo", lambda: self._attempt(self._undo))
        self.offer = row(self._text, self.undo)
        self.offer.visible = False
        self.choice = choice("Earlier trainings of this run", small=True, options={}, margin=0, width=360)
        self.open = button("Open as another run", "open_in_new", lambda: self._attempt(self._open))
        self.list = row(self.choice, self.open, padding="0 24px 10px", flex_wrap="wrap")
        self.list.visible = False

    def show(self, shared: SharedRun) -> None:
        """Offer what is kept of a run."""
        kept = self._runs.recent.of(shared.id)
        if kept != self._kept:
            self._kept = kept
            names = {f"{place}. {_described(former)}": former.id for place, former in enumerate(kept, 1)}
            self.choice.param.update(options=names, value=kept[0].id if kept else None)
            self.list.visible = bool(kept)
            text = f"The previous training is kept: {_described(kept[0])}." if kept else ""
            self._text.object = f'<div class="hint" role="status">{escape(text)}</div>'
        is_offered = bool(kept) and shared.frame.step == 0
        if self.offer.visible != is_offered:
            self.offer.visible = is_offered

    def _undo(self, shared: SharedRun) -> None:
        self._runs.undo(shared)

    def _open(self, shared: SharedRun) -> None:
        self._go_to(self._runs.open_recent(self.choice.value))

    def _attempt(self, act: Callable[[SharedRun], None]) -> None:
        shared = self._find()
        if shared is None:
            return
        try:
            act(shared)
        except ValueError as problem:
            self._refuse(sentence(problem))


def _described(former: FormerRun) -> str:
    session = former.session
    name = session.problem.title or session.problem.name
    return f"{name}, {session.agent.label}, {session.episode:,} episodes, {session.step:,} steps"
