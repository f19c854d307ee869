"""Contestants from the library: the agents of saved runs, with the hyperparameters that they had at the end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future

from dashboards.controls.choice_field import ChoiceField
from dashboards.live.background import in_background, sentence
from dashboards.pages.downloads import button
from dashboards.style.widgets import stack
from gridworld.experiments.plan import LONGEST_LABEL, Contestant
from gridworld.storage.library import Library
from gridworld.storage.library_index import Row

CHOOSE = "choose a saved run"


class LibraryPart:
    """A button that lists the saved runs, and the list; `on_pick(contestant)` is called with the one that is chosen."""

    def __init__(self, on_pick: Callable[[Contestant], None], files: Executor) -> None:
        self._on_pick, self._files = on_pick, files
        self.button = button("From the library", "inventory_2", self._list)
        self.runs = ChoiceField("Saved run", options={CHOOSE: ""})
        self.runs.list.param.watch(lambda event: self._choose(event.new), "value")
        self.panel = stack(self.runs)
        self.panel.visible = False

    def lock(self, locked: bool) -> None:
        """Lock both."""
        self.button.disabled = self.runs.disabled = locked

    def _list(self) -> None:
        in_background(self._files, lambda: Library().rows(), self._show)

    def _show(self, future: Future[list[Row]]) -> None:
        self.panel.visible = True
        if problem := future.exception():
            self.runs.refuse(sentence(problem))
            return
        rows = [row for row in future.result() if row.agent_id and not row.slot]
        options = {f"{row.name} – {row.agent} in {row.world}": row.name for row in rows}
        self.runs.list.param.update(options={CHOOSE: "", **options}, value="")
        none = "There are no saved runs yet; keep one on the Grid world page, tab Files."
        self.runs.refuse("" if rows else none)

    def _choose(self, name: str) -> None:
        if name and not self.runs.disabled:
            in_background(self._files, lambda: _contestant(name), self._take)

    def _take(self, future: Future[Contestant]) -> None:
        problem = future.exception()
        self.runs.list.value = ""
        self.runs.refuse(sentence(problem) if problem else "")
        if not problem:
            self._on_pick(future.result())


def _contestant(name: str) -> Contestant:
    settings = Library().open(name).settings_in_force
    return Contestant(settings.agent, dict(settings.hyperparameters), name[:LONGEST_LABEL])
