"""What the pages of runs have in common: a head, buttons, what went wrong, and what keeps the views up to date."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui
from bokeh.plotting import figure

from dashboards.controls.form import Form
from dashboards.controls.run_buttons import RunButtons
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import sentence
from dashboards.live.refresher import Refresher
from dashboards.live.served import served_page
from dashboards.live.view import View
from dashboards.pages.address import KeptAddress
from dashboards.pages.arrival import Arrival
from dashboards.pages.browser import prefers_dark, when_ready
from dashboards.pages.connection import LostConnection
from dashboards.pages.failure import Failure
from dashboards.pages.header import Navigation, ShareDialog, StatusChip, header
from dashboards.pages.shell import shell
from dashboards.style.theme import tokens
from gridworld.runs.commands import Command
from gridworld.runs.frame import Status


class RunPage(ABC):
    """One document that shows a run; it holds the run's id, and the run belongs to the server.

    A subclass makes `views`, `controls` and `buttons`, calls `follow`, and refreshes once at the end. Its `show_`
    methods show what is no view. `to_query` writes the run's settings into the address.
    """

    name: ClassVar[str] = ""  # in the registry of pages
    gone: ClassVar[str]  # the sentence where the run is no longer on the server
    to_query: Callable[[Any], dict[str, str]]
    views: Sequence[View]
    controls: Form
    buttons: RunButtons
    refresher: Refresher
    address: KeptAddress | None = None
    lost: LostConnection | None = None
    more_locks = 0  # widgets with the tag `NEEDS_SERVER` beside the run buttons and the speed
    dark = False

    def __init__(self, hub: Hub, shared: SharedRun, resume: Callable[[], None] | None = None) -> None:
        self.hub, self.run_id = hub, shared.id
        self.chip, self.share = StatusChip(), ShareDialog(shared.id)
        self.links = Navigation(self.name, shared.id)
        self.failure = Failure(resume)
        self.arrival = Arrival(is_served=served_page() is not None)

    def follow(self, board: figure) -> None:
        """Make what refreshes the views; by the figure `board` it is measured whether the browser keeps up."""
        self.refresher = Refresher(
            self.hub, self.run_id, self.views, self.show_epoch, self.show_news, self.show_gone, self.show_status
        )
        board.tags = [self.refresher.backpressure.probe]

    def find(self) -> SharedRun | None:
        """Return the run, or None when it is gone."""
        return self.hub.runs.get(self.run_id)

    def send(self, command: Command, code: str, text: str) -> None:
        """Give the run a command; why it is refused is shown on the page and noted among the events."""
        self.failure.refusal = ""
        try:
            self.ask(command, code, text)
        except ValueError as problem:
            self.failure.refusal = sentence(problem)
            if shared := self.find():
                shared.journal.note(f"{code}-refused", str(problem))

    def ask(self, command: Command, code: str, text: str, about: str = "") -> None:
        """Give the run a command and note it among the events; the next tick shows what it changed.

        Notes `about` the same thing that follow one another quickly are one event.

        Raises
        ------
        ValueError
            If the command makes no sense; then nothing has changed.
        """
        shared = self.find()
        if shared is None:
            self.show_gone()
        else:
            shared.send(command, code, text, about)

    @abstractmethod
    def show_epoch(self, shared: SharedRun) -> None:
        """Begin all views again: another world, or another life of the run."""

    def unlinked(self, shared: SharedRun) -> str:
        """Return why no link carries the settings of a run, in a sentence; "" if one does."""
        return ""

    def show_view(self, query: Mapping[str, str]) -> list[str]:
        """Show what an address asks for beside its run; return a sentence for each part that was refused."""
        return []

    @abstractmethod
    def show_status(self, shared: SharedRun) -> None:
        """Show what depends on the status, before anything else is refreshed."""

    def show_news(self, shared: SharedRun) -> None:
        """Show what is no view: locks, address, and what went wrong."""
        self.controls.lock(shared.status in (Status.RUNNING, Status.STARTING))
        if self.address is not None:
            self.address.show(shared, type(self).to_query, self.unlinked(shared))
        self.failure.show(shared)

    def show_gone(self) -> None:
        """Report that the run is gone."""
        self.failure.report(self.gone)
        self.buttons.disable()

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""
        self.dark = dark
        for view in self.views:
            view.retheme(tokens(dark))

    def drawer(self) -> Any:
        """Return the content of the drawer."""
        return self.controls.panel

    @abstractmethod
    def body(self) -> Any:
        """Return the page without its frame."""

    def framed(self, theme: str | None = None) -> pmui.Page:
        """Return the page in its frame."""
        self.lost = LostConnection(len(self.buttons.buttons) + 1 + self.more_locks)
        return shell(
            self.hub,
            header(self.buttons.skip_button(), self.chip, self.share, self.links, self.lost),
            [self.links.narrow, self.drawer(), self.share.dialog],
            self.body(),
            theme=theme,
            drawer_open=True,
            retheme=self._theme_switched,
        )

    def served(self, query: Mapping[str, str], problems: Sequence[str]) -> pmui.Page:
        """Return the page for an address; once it has connected, it reports what was wrong with the address."""
        page = self.framed(query.get("theme"))

        def loaded() -> None:
            self.address = KeptAddress(self.share.show, query)
            self.start()
            for problem in (*problems, *self.show_view(query)):
                pn.state.notifications.warning(problem, duration=15_000)

        when_ready(loaded)
        return page

    def _theme_switched(self, dark: bool) -> None:
        """Take the colours of a theme; one that was chosen goes into the address, so that a reload keeps it."""
        self.refresher.soon(lambda: self.retheme(dark))
        shared = self.find()
        if self.address is None or shared is None:
            return
        if dark != prefers_dark() or "theme" in self.address.kept:
            self.address.keep("theme", "dark" if dark else "light")
            self.address.show(shared, type(self).to_query, self.unlinked(shared))

    def start(self) -> None:
        """Begin to tick, and let the rest of the page come."""
        self.name_locks()
        self.refresher.start()
        self.arrival.begin(self.refresher.gradually)

    def name_locks(self) -> None:
        """Name what is there by now and is to be locked when the connection is lost."""
        if self.lost is not None and pn.state.curdoc is not None:
            self.lost.watch(pn.state.curdoc)


def run_gone(run_id: str) -> str:
    """Return the sentence for an address whose run is gone."""
    return f"Run {run_id} is no longer on this server. This is a new run with the same settings."
