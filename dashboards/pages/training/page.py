"""The page of a training, as one document shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.drawer import Controls
from dashboards.controls.run_buttons import RunButtons, RunState, change
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import in_background, load_first
from dashboards.pages.browser import width_watch
from dashboards.pages.run_page import RunPage
from dashboards.pages.training.address import to_query, why_no_link
from dashboards.pages.training.advice import AdviceLine
from dashboards.pages.training.autosave_offer import autosave_offer
from dashboards.pages.training.compare_link import compare_links
from dashboards.pages.training.editing.editing import Editing
from dashboards.pages.training.fork import fork, open_page
from dashboards.pages.training.former_runs import FormerRuns
from dashboards.pages.training.layout import TABS, arranged, page_grid, tabs_of
from dashboards.pages.training.shown_moment import ShownMoment
from dashboards.pages.training.views import VIEWS, Context
from dashboards.style.formatting import changes_text
from dashboards.style.markup import plain
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, WIDE, card, html, section, stack
from dashboards.views.board.switches import ColourChoice, board_switches
from gridworld.insight.recent_past import RecentPast
from gridworld.pictures.curve_facts import EXPLORATIONS
from gridworld.runs.commands import Command, Configure, Extend, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.training.update_watch import RecentUpdates

LOOK_SECONDS = 2.0  # that finding what was learned lately may take
END = (
    '<div class="hint" role="status">All episodes are done. Raise the number of episodes to go on, or press Reset to '
    "begin again.</div>"
)


class TrainingPage(RunPage):
    """A live training on a page or in a cell.

    `go_to(other)` shows another run in place of this one: at an address of its own, unless it is replaced.
    """

    gone = (
        "This run is no longer on the server (it was idle for too long, or the server was restarted). "
        "Reload the page without the run in its address to begin another."
    )
    to_query = staticmethod(to_query)

    def __init__(self, hub: Hub, shared: SharedRun, *, touch: bool = False) -> None:
        super().__init__(hub, shared)
        self.go_to: Callable[[SharedRun], None] = lambda other: open_page(self.address, other)
        self.view = {entry.title: entry.make(self._context(shared, touch)) for entry in VIEWS}
        self.views = list(self.view.values())
        self.buttons = RunButtons(shared.frame.pace, self._press)
        self.controls: Controls = Controls(
            shared.settings, self._begin_again, self._configure, lambda change: self.refresher.soon(change), load_first
        )
        self.offer = pmui.Column(visible=False, **WIDE)
        self.former = FormerRuns(hub.runs, self.find, lambda other: self.go_to(other), self._refuse)
        self.advice = AdviceLine()
        self.view["Rewind"].panel.append(self.former.list)
        self.save_alert = pmui.Alert(object="", severity="warning", visible=False, **WIDE)
        self.comparison = html("", **WIDE)
        self.end = html(END, visible=False, **WIDE)
        self.follow(self.view["Board"].drawing.figure)
        bar = [
            self.buttons.panel,
            self.end,
            self.offer,
            self.former.offer,
            self.advice.panel,
            self.view["Rewind"].banner,
            *self.failure.parts,
        ]
        bar += [self.save_alert, self.view["Files"].downloads.panel]
        self.tabs = tabs_of(self.view, self.refresher.soon)
        self.parts = arranged(self.view, bar, self.tabs, self.arrival)
        self.grid = pmui.Column(*self.parts.values(), **FILL)
        self.editing = Editing(
            self.view["Board"],
            self.find,
            self.ask,
            self.refresher.soon,
            self.hub.executors.insight,
            self.view["Files"].downloads,
            self._show_editor,
            lambda: self.refresher.soon(self.controls.offer_worlds),
        )
        for shown in self.view["Files"].pictures, self.view["Inspect"]:
            shown.moment = lambda: self.view["Rewind"].looking_at
        self.view["Board"].head.append(self.editing.switch)
        self.view["Board"].on_pick = self._inspect
        self.view["Inspect"].on_chosen = self.view["Rewind"].travel.form.choose
        self.view["Inspect"].go_to = self.view["Rewind"].travel.go_to
        self.view["Inspect"].point_out = self.view["Board"].point_out
        show = self.view["Board"].show
        self.display = board_switches(lambda **switches: self.refresher.soon(lambda: show(**switches)))
        source = self.view["Board"].source
        source.slow.work, source.look_back = self._work, self._recent_past
        self.colour = ColourChoice(lambda name: self.refresher.soon(lambda: self._colour_by(name)))
        self.shown = ShownMoment(self.view, self.colour, self.tabs, self._open_tab, self.find)
        self.refresher.refresh(shared)

    def _context(self, shared: SharedRun, touch: bool) -> Context:
        return Context(
            problem=shared.settings.make_problem(),
            colours=tokens(dark=False),
            touch=touch,
            find=self.find,
            send=self.send,
            look_back=self.look_back,
            fork=self.fork,
            theme=lambda: "dark" if self.dark else "light",
            executors=self.hub.executors,
            link=self.moment_link,
        )

    def _show_editor(self, panel: Any | None) -> None:
        """Put the editor in the place of the curves; None: the curves again."""
        if panel is not None and "editor" not in self.parts:
            self.parts["editor"] = card(panel, area="curves", p="8px 12px 12px")
            self.grid.insert(self.grid.objects.index(self.parts["tabs"]), self.parts["editor"])
        self.parts["curves"].visible = panel is None
        if "editor" in self.parts:
            self.parts["editor"].visible = panel is not None

    def _colour_by(self, overlay: str) -> None:
        """Colour the board by an overlay, and what is made of the run in the tab Files."""
        self.view["Board"].colour_by(overlay)
        self.view["Files"].pictures.follow(overlay)

    def _inspect(self, state: int) -> None:
        """Show a state in its tab."""
        self._open_tab("Inspect")
        self.view["Inspect"].pick(state)

    def _open_tab(self, title: str) -> None:
        self.refresher.soon(lambda: self.tabs.param.update(active=TABS.index(title)))

    def moment_link(self) -> str:
        """Return a link to what is shown."""
        return self.shown.link()

    def show_view(self, query: Mapping[str, str]) -> list[str]:
        """Show what an address asks for beside its run; return a sentence for each part that was refused."""
        return self.shown.show(query)

    def _work(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Compute in a thread what takes time."""
        in_background(self.hub.executors.insight, work, lambda future: then(future.result()))

    def _recent_past(self) -> Callable[[], RecentUpdates]:
        """Return what finds what the run did lately before the moment shown, from copies."""
        shared, moment = self.find(), self.view["Rewind"].looking_at
        if shared is None or shared.session is None or shared.keyframes.problem:
            raise ValueError(
                (shared and shared.keyframes.problem)
                or "The run can't be read at this moment; try again in a few seconds."
            )
        past = RecentPast(shared.session, shared.keyframes, seconds=LOOK_SECONDS)
        return partial(past.updates, None if moment is None else moment.step)

    def body(self) -> Any:
        """Return the page without its frame."""
        return self.grid

    def framed(self, theme: str | None = None) -> pmui.Page:
        """Return the page in its frame; where it is wide the board has room for more."""
        page = super().framed(theme)
        if pn.state.curdoc is not None:
            page.header = [*page.header, width_watch("xl", self.view["Board"].make_room)]
        return page

    def drawer(self) -> Any:
        """Return the form and the switches of the board."""
        compared = stack(self.comparison, padding="0 16px 8px")
        return stack(self.controls.panel, compared, pmui.Divider(margin=0), self.display_part())

    def display_part(self) -> Any:
        """Return the switches of the board under their heading."""
        return stack(section("Display"), self.colour.panel, self.display, padding="0 16px 16px")

    def look_back(self, past: Journal | None, episode: int | None) -> None:
        """Show a moment of the past in the views that draw a moment, and mark it on the others; None: now."""
        held = [self.view[entry.title] for entry in VIEWS if entry.moment]

        def change() -> None:
            self.refresher.hold(held, past)
            for title in ("Curves", "Convergence"):
                self.view[title].mark_episode(episode)

        self.refresher.soon(change)

    def fork(self, session: TrainingSession) -> None:
        """Go on with a session in a run of its own; this one stays."""
        self.go_to(fork(self.hub, session, self.run_id))

    def turn_to(self, other: SharedRun) -> None:
        """Show another run in this place."""
        self.run_id = other.id
        self.view["Rewind"].leave()
        self.refresher.turn_to(other.id)

    def offer_autosave(self, name: str | None) -> None:
        """Offer to go on with the autosave of the run that was asked for, which is gone; None: there is none."""
        if name is not None:
            opened = autosave_offer(
                self.hub.executors.files, name, lambda name, session: self.go_to(self.hub.runs.open(name, session))
            )
            self.offer.param.update(objects=[opened], visible=True)

    def _refuse(self, reason: str) -> None:
        self.failure.refusal = reason

    def _press(self, command: Command, code: str, text: str) -> None:
        """Hand on a press of a button; what lets the run go on waits for a world that was chosen before."""
        if isinstance(command, Start | Step):
            self.controls.after_loading(lambda: self.send(command, code, text))
        else:
            self.send(command, code, text)

    def _begin_again(self, settings: Settings) -> None:
        self.ask(Reset(settings), "settings", "New settings: the run begins again")

    def _configure(self, changes: Mapping[str, Any]) -> None:
        shared = self.find()
        about = ", ".join(changes)
        if set(changes) == {"episodes"}:
            text = f"Episodes to do: {changes['episodes'] or 'no end'}"
            self.ask(Extend(changes["episodes"]), "extended", text, about)
            return
        text = changes_text(changes)
        if shared and shared.status is Status.READY:
            merged = {**shared.settings.hyperparameters, **changes}
            self.ask(Reset(replace(shared.settings, hyperparameters=merged)), "settings", text, about)
        else:
            self.ask(Configure(changes), "configured", text + ", from the next episode on", about)

    def unlinked(self, shared: SharedRun) -> str:
        """Return why no link carries the world of a run, in a sentence; "" if one does."""
        return why_no_link(shared.settings)

    def show_epoch(self, shared: SharedRun) -> None:
        """Begin all views again: another world, or another life of the run."""
        problem = shared.settings.make_problem()
        for entry in VIEWS:  # first, because a browser draws what it lays out at once, before it has taken in new data
            self.view[entry.title].panel.visible = entry.suits(problem)
        self.grid.sx = page_grid(problem)
        for view in self.views:
            view.begin(problem)
        name, letter = EXPLORATIONS[shared.settings.make_agent().settings().get("exploration", "epsilon-greedy")]
        self.view["Curves"].set_exploration(name)
        self.view["Episodes"].set_exploration(letter)
        self.controls.show(shared.settings)
        self.editing.offer(problem)
        self.colour.offer(problem, shared.settings.make_agent())
        self.view["Files"].pictures.offer(self.colour.panel.options)

    def show_status(self, shared: SharedRun) -> None:
        """Show what depends on the status."""
        self.buttons.show(RunState(shared.status))
        self.chip.show(shared.status)
        change(self.end, visible=shared.status is Status.FINISHED)

    _pace_shown: Any = None

    def show_news(self, shared: SharedRun) -> None:
        """Show the pace, what can be had back, whether the run is being saved, and what all pages show."""
        if shared.frame.pace != self._pace_shown:
            self.buttons.speed.show(shared.frame.pace)
        self._pace_shown = shared.frame.pace
        self.advice.show(shared)
        self.former.show(shared)
        unsaved = self.hub.runs.save_problem(shared)
        if bool(unsaved) != self.save_alert.visible:
            text = f"The run is not being saved. {unsaved} It goes on; to download it, press Save in the tab Files."
            self.save_alert.param.update(object=plain(text), visible=bool(unsaved))
        self._show_links(shared.settings)
        self.editing.follow(shared)
        super().show_news(shared)

    _linked: Any = None

    def _show_links(self, settings: Settings) -> None:
        """Offer to compare what is trained here with another agent, and with a twin."""
        if (settings, self.run_id) != self._linked:
            self._linked = settings, self.run_id
            self.comparison.object = compare_links(settings, self.run_id)
