"""One for each browser document: looks at the run now and then, and lets the views take in what is new."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from typing import Any

import panel as pn
from bokeh.document import Document

from dashboards.hub.hub import Hub
from dashboards.hub.pacing import CALM_PERIOD, CALM_REFRESHES, PERIOD, READ_PERIOD, READ_REFRESHES
from dashboards.hub.shared_run import SharedRun
from dashboards.hub.slices import undivided
from dashboards.live.backpressure import Backpressure
from dashboards.live.panel_patches.messages import one_message
from dashboards.live.panel_patches.openings import change_in_slices
from dashboards.live.panel_patches.widgets import models_of
from dashboards.live.served import has_viewer, served_page
from dashboards.live.view import Hideable, MovingView, View
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal

EARLY = PERIOD / 5  # seconds that a tick may come before its time


class Refresher:
    """Polls the run whose id it holds and refreshes its views, all changes of a tick in one message.

    A plot or a table costs a browser as much as ten refreshes of what moves. So while the run goes on these take turns,
    and the slower the browser, the rarer they are; a run that rests is shown whole.

    `on_epoch(shared)` is called, inside that message, when another world or another life of the run begins;
    `on_status(shared)` when the run has another status, before anything else is refreshed; `on_news(shared)` after
    each refresh; `on_gone()` once, if the run is no longer there. A page that holds `backpressure.probe` gets as
    much as its browser can draw.
    """

    def __init__(
        self,
        hub: Hub,
        run_id: str,
        views: Iterable[View],
        on_epoch: Callable[[SharedRun], None],
        on_news: Callable[[SharedRun], None],
        on_gone: Callable[[], None],
        on_status: Callable[[SharedRun], None] = lambda shared: None,
    ) -> None:
        self.hub, self.run_id = hub, run_id
        self.views = list(views)
        self._moving = [view for view in self.views if isinstance(view, MovingView)]
        self._read = [view for view in self.views if not isinstance(view, MovingView)]  # whose turn is next comes first
        self._read_at: dict[View, tuple[int, int]] = {}
        self._on_epoch, self._on_status, self._on_news, self._on_gone = on_epoch, on_status, on_news, on_gone
        self._seen: tuple[int, int] = (-1, -1)
        self._held: dict[View, Journal] = {}
        self._document: Document | None = None
        self._shown: Any = None
        self._waiting: list[Callable[[], None]] = []
        self._callback: Any = None
        self._whole: tuple[int, int] = (-1, -1)  # what all views have seen
        self._whole_status: Status | None = None  # when all were refreshed at once
        self._next = self._calm_next = self._read_next = 0.0
        self.backpressure = Backpressure(hub.pacing, hub.clock)
        self._turn = object()  # what waits for a turn must not hold the page
        self._status: Status | None = None

    def start(self, shown: Any = None) -> None:
        """Begin to tick: by the document's own callback, or by Panel's for what a notebook shows."""
        self._whole, self._whole_status = (-1, -1), None
        self.hub.housekeeping.start()
        document = served_page()
        if document is not None:
            self._document = document
            self._callback = document.add_periodic_callback(self.tick, round(PERIOD * 1000))
        else:
            self._shown = shown
            self.hub.runs.wait_for(self.run_id, math.inf)
            self._callback = pn.state.add_periodic_callback(self._tick_and_rest, period=round(PERIOD * 1000))

    def turn_to(self, run_id: str) -> None:
        """Show another run from now on."""
        if self._shown is not None:
            self.hub.runs.wait_for(self.run_id)
            self.hub.runs.wait_for(run_id, math.inf)
        self.run_id, self._seen = run_id, (-1, -1)

    async def _tick_and_rest(self) -> None:
        """Tick, and leave the loop to the notebook's kernel for a moment, however long the tick took."""
        self.tick()
        await asyncio.sleep(PERIOD / 2)

    def tick(self) -> None:
        """Let the run work if it is due, and show what is new."""
        if not self._has_viewer():
            if self._shown is not None:
                self._stop()
            return
        shared = self.hub.runs.get(self.run_id)
        if shared is None:
            self._stop()
            self._on_gone()
            return
        while self._waiting:
            self._waiting.pop(0)()
        shared.look(self.hub.look_seconds)
        self._show_what_is_new(shared)
        if self._shown is not None:
            pn.io.push_notebook(self._shown)  # a server sends changes of Bokeh models by itself

    def _show_what_is_new(self, shared: SharedRun) -> None:
        """Refresh what moves if it is time for it, and all of the page if it is its turn.

        A new status is sent at once with what moves, to every page before any gets the rest, which follows.
        """
        frame, began = shared.journal.frame, self.hub.clock()
        assert frame is not None
        news = frame.epoch, shared.journal.revision
        if news == self._whole:
            return
        begins = frame.epoch != self._seen[0]
        urgent = not begins and frame.status is not self._status
        if not (begins or urgent) and (began < self._next or self.backpressure.holds):
            return
        calm = begins or (not urgent and began >= self._calm_next and self.hub.turns.ask(self._turn))
        if not (calm or urgent) and news == self._seen:
            return
        with one_message(self._document):
            if not calm:
                self._move(shared)
            elif not begins and frame.status == self._whole_status == Status.RUNNING:
                self._refresh_in_turn(shared, began)
            else:
                self.refresh(shared)
            self.backpressure.send()
        self._next = began + max(self.hub.pacing.interval, self.backpressure.interval) - EARLY
        if calm:
            self._calm_next = began + max(CALM_PERIOD, CALM_REFRESHES * self.backpressure.interval) - EARLY
            self.hub.turns.rest_after(self.hub.clock() - began)
        self.hub.pacing.measure()

    def soon(self, change: Callable[[], None]) -> None:
        """Make a change to Bokeh models that a widget asked for.

        Panel calls back without the document's lock, and in a notebook forgets what changes until it has called back.
        """
        if self._document is not None:
            self._document.add_next_tick_callback(lambda: self._change(change))
        elif self._shown is not None:
            self._waiting.append(change)
        else:
            change()

    def gradually(self, change: Callable[[], None]) -> None:
        """Make a change that takes long, such as a new part of the page; other pages go on meanwhile."""
        document = self._document
        if document is None:
            self.soon(change)
        else:
            document.add_next_tick_callback(lambda: change_in_slices(self.hub.slices, document, change))

    def _change(self, change: Callable[[], None]) -> None:
        with one_message(self._document):
            change()

    def refresh(self, shared: SharedRun) -> None:
        """Show the run as it stands, in all views."""
        with undivided():
            self._refresh(self.views, self._begin_refresh(shared))
            self._on_news(shared)
        self._whole, self._whole_status = self._seen, self._status

    def _begin_refresh(self, shared: SharedRun) -> Journal:
        """Show another epoch and another status first; return the journal."""
        journal = shared.journal
        assert journal.frame is not None
        if journal.frame.epoch != self._seen[0]:
            self._on_epoch(shared)
        self._seen = journal.frame.epoch, journal.revision
        if journal.frame.status is not self._status:
            self._status = journal.frame.status
            self._on_status(shared)
        return journal

    def _refresh(self, views: Iterable[View], journal: Journal) -> None:
        for view in views:
            view.refresh(self._held.get(view, journal))

    def _move(self, shared: SharedRun) -> None:
        """Show only what moves."""
        journal = self._begin_refresh(shared)
        for moving in self._moving:
            moving.move(self._held.get(moving, journal))

    def _refresh_in_turn(self, shared: SharedRun, now: float) -> None:
        """Refresh the views of which a part moves and, if it is time, the next of those that are read."""
        journal = self._begin_refresh(shared)
        self._refresh(self._moving, journal)
        if now >= self._read_next:
            self._read_next = now + max(READ_PERIOD, READ_REFRESHES * self.backpressure.interval) - EARLY
            self._refresh_next(journal)
        self._on_news(shared)
        if all(self._read_at.get(view) == self._seen for view in self._read):
            self._whole = self._seen

    def _refresh_next(self, journal: Journal) -> None:
        """Refresh the next view that can be seen; the hidden ones before it keep the journal, which costs nothing."""
        for view in list(self._read):
            self._read.append(self._read.pop(0))
            self._refresh([view], journal)
            self._read_at[view] = self._seen
            if not isinstance(view, Hideable) or view.active:
                break

    def hold(self, views: Iterable[View], journal: Journal | None) -> None:
        """Let some views show another journal, a moment of the past, while the run goes on; None: its own again."""
        shared = self.hub.runs.get(self.run_id)
        self._held = {} if journal is None else dict.fromkeys(views, journal)
        shown = journal or (shared.journal if shared else None)
        if shown is not None:
            for view in views:
                view.refresh(shown)

    def _has_viewer(self) -> bool:
        """Return whether a browser is connected: a closed tab's document lives on, and must not keep a run going."""
        if self._shown is not None:
            return bool(models_of(self._shown))  # none is left when the cell's output is cleared
        return self._document is None or has_viewer(self._document)

    def _stop(self) -> None:
        if self._document is not None:
            self._document.remove_periodic_callback(self._callback)
        elif self._callback is not None:
            self._callback.stop()
            self.hub.runs.wait_for(self.run_id)
