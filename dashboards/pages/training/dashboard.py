"""A training in a notebook: a run that cells show, read and steer."""

from __future__ import annotations

import time
from typing import Any

from dashboards.hub.hub import Hub, process_hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.refresher import Refresher
from dashboards.pages.notebook import Alone, LiveViewer, Retheme
from dashboards.pages.training.cell import page_in_cell, whole
from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Command
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.settings import Settings

WORK_SECONDS = 0.05  # of work between two looks at the clock


class TrainingDashboard(LiveViewer):
    """A live training: `TrainingDashboard(world="cliff", agent="sarsa")`, or of a run that is already there.

    As the last expression of a cell it is the page without its frame; `board` and `curves` can be shown alone. `run`
    and `journal` can be read, and the run steered by `send`, from other cells while it goes on.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        hub: Hub | None = None,
        shared: SharedRun | None = None,
        **fields: Any,
    ) -> None:
        super().__init__()
        self.hub = hub or process_hub()
        self._run_id = (shared or self.hub.runs.create(settings or Settings(**fields))).id

    @property
    def shared(self) -> SharedRun:
        """The run as the server keeps it."""
        shared = self.hub.runs.get(self._run_id)
        if shared is None:
            raise LookupError(f"Run {self._run_id} is gone from this server.")
        return shared

    @property
    def run(self) -> Any:
        """What learns."""
        return self.shared.run

    @property
    def journal(self) -> Journal:
        """What it has reported so far."""
        return self.shared.journal

    @property
    def board(self) -> Alone:
        """The board alone, live, for a cell of its own."""
        return self._alone("board", 480)

    @property
    def curves(self) -> Alone:
        """The curves alone, live, for a cell of its own."""
        return self._alone("curves", 520)

    def send(self, command: Command, code: str = "sent", text: str = "") -> None:
        """Give the run a command and note it among the events; what is shown follows with the next tick.

        Raises
        ------
        ValueError
            If the command makes no sense; then nothing has changed.
        LookupError
            If the run is gone.
        """
        self.shared.send(command, code, text or str(command))

    def wait(self, seconds: float = 60.0) -> None:
        """Work until the run rests: until a step is done, or the last episode. What is shown follows afterwards.

        Raises
        ------
        TimeoutError
            If it still goes on after this many seconds.
        LookupError
            If the run is gone.
        """
        shared, end = self.shared, time.monotonic() + seconds
        while shared.status in (Status.STARTING, Status.RUNNING):
            if time.monotonic() > end:
                raise TimeoutError(f"The run still goes on after {seconds:g} s; send Pause(), or wait longer.")
            shared.work(WORK_SECONDS, rest=0.0)
            time.sleep(0)  # a loop that is compiled in another thread gets its turn

    def page(self) -> TrainingPage:
        """Return a page of the run for one showing: what is shown belongs to its document."""
        return page_in_cell(self.hub, self.shared, self._turn_to)

    def _turn_to(self, other: SharedRun) -> None:
        """Take over the run that a cell turned to."""
        self._run_id = other.id

    def _alone(self, area: str, height: int) -> Alone:
        def make() -> tuple[Any, Refresher, Retheme]:
            page = self.page()
            return page.parts[area], page.refresher, page.retheme

        return Alone(make, height)

    def __panel__(self) -> Any:
        return whole(self.page())
