"""The library's page: kept runs in a table, what can be done with them, and a demo of what they have learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.live.background import in_background, sentence
from dashboards.live.served import now_and_then
from dashboards.pages.address import go_to
from dashboards.pages.browser import when_ready
from dashboards.pages.downloads import Downloads, button, outcome
from dashboards.pages.feedback import BACK, Outcome
from dashboards.pages.header import Navigation
from dashboards.pages.library.demo import PolicyDemo
from dashboards.pages.library.table import LibraryTable
from dashboards.pages.plan_address import to_query
from dashboards.pages.shell import asked, shell
from dashboards.pages.tetris.trainings import TrainingsPanel
from dashboards.pages.training.compare_link import rival_plan
from dashboards.style.choice import choice
from dashboards.style.markup import fill
from dashboards.style.theme import tokens
from dashboards.style.widgets import PAGE_GRID, card, html, row
from gridworld.storage.library import Library
from gridworld.storage.library_index import Row

ALL = "All worlds, the newest first"
GRID = {
    **PAGE_GRID,
    "gridTemplateAreas": {"xs": '"runs" "demo" "tetris"', "lg": '"runs demo" "tetris tetris"'},
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)", "lg": "minmax(0, 1fr) 400px"},
    "gridTemplateRows": {"xs": "440px 560px 420px", "lg": "minmax(0, 1fr) 220px"},
}


class LibraryPage:
    """The runs of the library's folder. Everything that touches the disk happens off the loop."""

    def __init__(self, hub: Hub, kept_in_address: dict[str, str]) -> None:
        self._hub, self._files = hub, hub.executors.files
        self._kept_in_address = kept_in_address
        self.downloads, self.table = Downloads(self._files), LibraryTable()
        self.trainings = TrainingsPanel(hub, self._go_to_training)
        self.demo = PolicyDemo(hub, tokens(dark=False))
        self._rows: list[Row] = []
        self._keys: dict[str, str | None] = {}
        self.world = choice("Leaderboard", is_labelled=False, options=[ALL], width=300, margin=0)
        self.world.param.watch(lambda event: self._show(), "value")
        self.slots = pmui.Switch(label="Show automatic saves", value=False, size="small", margin=0)
        self.slots.param.watch(lambda event: self._show(), "value")
        self._outcome = Outcome(self._undo_delete)
        self.report = self._outcome.report
        self.in_use = html("", sizing_mode="stretch_width")
        self._make_rename_dialog()
        self._buttons = [
            button("Open", "open_in_new", self._open, color="primary", variant="contained", sx={"height": 32}),
            button("Demo", "smart_display", self._play),
            button("Compare", "compare_arrows", self._compare),
            button("Rename", "edit", self._ask_name),
            button("Duplicate", "content_copy", self._duplicate),
            button("Export", "download", self._export),
            button("Delete", "delete", self._delete),
        ]
        self.table.panel.param.watch(lambda event: self._chosen_changed(), "selection")
        self._chosen_changed()

    def body(self) -> Any:
        """Return the page without its frame."""
        tools = row(*self._buttons, gap="8px", flex_wrap="wrap")
        message = row(*self._outcome.parts, self.downloads.panel, min_height="32px")
        refresh = button("Refresh", "refresh", self.refresh)
        choice = row(self.world, self.slots, refresh, justify_content="space-between", flex_wrap="wrap")
        parts = choice, tools, message, self.table.panel, self.in_use, self._dialog
        runs = card(*parts, area="runs", p="12px", gap="8px")
        demo = card(self.demo.panel, area="demo", p="12px")
        tetris = card(self.trainings.panel, area="tetris")
        return pmui.Column(runs, demo, tetris, sx=GRID, sizing_mode="stretch_both", margin=0)

    def refresh(self) -> None:
        """Read the folder again, and how much the server keeps."""
        self.in_use.object = fill('<div class="hint">{}</div>', self._hub.in_use)
        self._do(lambda: Library().rows(), self._take)

    def _do(self, work: Callable[[], Any], then: Callable[[Any], None] | None = None, done_text: str = "") -> None:
        """Work off the loop; show the outcome and read the folder again, or go on with `then`."""

        def done(future: Future) -> None:
            problem = future.exception()
            if problem is not None:
                self.report("", sentence(problem))
            elif then is not None:
                then(future.result())
            else:
                self.report(done_text.format(future.result()))
                self.refresh()

        in_background(self._files, work, done)

    def _take(self, rows: list[Row]) -> None:
        self._rows = rows
        worlds = {row.world_key: row.world for row in rows if row.world_key and row.world and row.slot != "autosave"}
        titles = sorted(worlds.items(), key=lambda item: (str(item[1]), str(item[0])))
        shared = Counter(worlds.values())
        alike = {key: f" ({str(key).rpartition('-')[2][:4]})" for key, title in titles if shared[title] > 1}
        self._keys = {f"Best in {title}{alike.get(key, '')}": key for key, title in titles}
        options = [ALL, *self._keys]
        kept = self.world.value if self.world.value in options else ALL
        self.world.param.update(options=options, value=kept)
        self._show()

    def _show(self) -> None:
        key = self._keys.get(self.world.value)
        if key is None:
            self.table.show(self._wanted(self._rows), ranked=False)
        else:
            self._do(lambda: Library().leaderboard(key), lambda rows: self.table.show(self._wanted(rows), ranked=True))

    def _wanted(self, rows: list[Row]) -> list[Row]:
        """Return the named runs, with autosaves and best policies only where these are wanted."""
        return [row for row in rows if self.slots.value or not row.slot]

    def _chosen_changed(self) -> None:
        disabled = self.table.chosen is None
        for each in self._buttons:
            if each.disabled != disabled:
                each.disabled = disabled

    def _open(self) -> None:
        name = self.table.chosen
        if name:
            self._do(lambda: Library().open(name), lambda session: self._go_to(name, session))

    def _go_to(self, name: str, session: Any) -> None:
        go_to({**self._kept_in_address, "run": self._hub.runs.open(name, session).id})

    def _go_to_training(self, run_id: str) -> None:
        go_to({**self._kept_in_address, "page": "tetris", "run": run_id})

    def _play(self) -> None:
        name = self.table.chosen
        if name:
            self._do(lambda: Library().open(name), lambda session: self.demo.watch(name, session))

    def _compare(self) -> None:
        """Open the comparison of the marked run's agent with another one."""
        name = self.table.chosen
        if name:
            self._do(lambda: to_query(rival_plan(Library().open(name).settings_in_force)), self._go_to_comparison)

    def _go_to_comparison(self, query: dict[str, str]) -> None:
        go_to({**self._kept_in_address, **query})

    def _make_rename_dialog(self) -> None:
        self._name = pmui.TextInput(label="New name", size="small", max_length=200, margin=(8, 0), width=360)
        self._name_problem = html("", sizing_mode="stretch_width")
        rename = button("Rename run", "edit", self._rename, color="primary", variant="contained", sx={"height": 32})
        parts = self._name, self._name_problem, rename
        self._dialog = pmui.Dialog(*parts, title="Rename", close_on_click=True, show_close_button=True)

    def _ask_name(self) -> None:
        name = self.table.chosen
        if name:
            self._name.param.update(value=name, value_input=name)
            self._name_problem.object = ""
            self._dialog.open = True

    def _rename(self) -> None:
        name, new_name = self.table.chosen, self._name.value_input or self._name.value
        if not name:
            return

        def done(future: Future) -> None:
            problem = future.exception()
            if problem is not None:
                self._name_problem.object = outcome("", sentence(problem))
                return
            self._dialog.open = False
            self.report(f"“{name}” is now called “{future.result()}”.")
            self.refresh()

        in_background(self._files, lambda: Library().rename(name, new_name), done)

    def _duplicate(self) -> None:
        name = self.table.chosen
        if name:
            self._do(lambda: Library().duplicate(name), done_text="The copy is called “{}”.")

    def _export(self) -> None:
        name = self.table.chosen
        if name:
            self.downloads.begin(f"{name}.npz", lambda: Library().content(name), self.report)

    def _delete(self) -> None:
        name = self.table.chosen
        if not name:
            return

        def deleted(ticket: str) -> None:
            self._outcome.report_deleted(name, ticket)
            self.refresh()

        self._do(lambda: Library().delete(name), deleted)

    def _undo_delete(self, ticket: str) -> None:
        self._do(lambda: Library().undo_delete(ticket), done_text=BACK)


def library_page(hub: Hub) -> pmui.Page:
    """Return the page of the library."""
    query = asked()
    library = LibraryPage(hub, {name: query[name] for name in ("theme",) if name in query})
    links = Navigation("library")
    when_ready(library.refresh)
    now_and_then(library.trainings.look, 2.0)
    return shell(
        hub,
        row(links.wide),
        [links.narrow],
        library.body(),
        theme=query.get("theme"),
        drawer_open=False,
        retheme=lambda dark: library.demo.retheme(tokens(dark)),
    )
