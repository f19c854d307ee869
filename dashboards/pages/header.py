"""The head of a page: what the run is doing, the dialog with its links, and the way to the other pages."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

import panel as pn
import panel_material_ui as pmui

from dashboards.pages.address import OPEN
from dashboards.pages.connection import SHOWS_STATUS, LostConnection
from dashboards.pages.registry import PAGES
from dashboards.style.buttons import on_press
from dashboards.style.widgets import PART_CSS, html, row
from gridworld.runs.frame import Status

ICONS = {
    Status.READY: ("info", "M9 16.2 4.8 12l-1.4 1.4L9 19 21 7l-1.4-1.4z"),
    Status.STARTING: ("info", "M12 4a8 8 0 1 0 8 8h-2a6 6 0 1 1-6-6z"),
    Status.RUNNING: ("success", "M8 5v14l11-7z"),
    Status.PAUSED: ("warning", "M6 5h4v14H6zm8 0h4v14h-4z"),
    Status.FINISHED: ("info", "M6 3v18h2v-7h10l-2-4 2-4H8V3z"),
    Status.FAILED: ("error", "M11 15h2v2h-2zm0-8h2v6h-2zM12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z"),
}
STOPPED = "Stopped"
ICONS_OF_WORDS = {STOPPED: ("warning", "M6 6h12v12H6z")}
"""The shapes of words that stand in place of a status's own."""


class StatusChip:
    """The status of the run, in colour, shape and word."""

    def __init__(self) -> None:
        self.panel = html("", align="center", styles={"margin-left": "14px"}, tags=[SHOWS_STATUS])

    def show(self, status: Status, word: str = "") -> None:
        """Show a status, by another word where its own would mislead."""
        colour, path = ICONS_OF_WORDS.get(word, ICONS[status])
        text = (
            f'<span class="chip" role="status" style="color:var(--mui-palette-{colour}-main)"><svg width="14" '
            f'height="14" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="{path}"/></svg>'
            f"{word or status.title()}</span>"
        )
        if self.panel.object != text:
            self.panel.object = text


class ShareDialog:
    """The two links of a run, in fields to copy from."""

    def __init__(self, run_id: str) -> None:
        self.button = pmui.Button(
            label=f"Run {run_id}",
            end_icon="share",
            variant="text",
            color="default",
            margin=0,
            align="center",
            sx={"color": "text.primary", "fontSize": ".8125rem"},
        )
        self._run = self._field("This run, live: everyone who opens this link sees and steers the same run")
        self._setup = self._field("The same setup: everyone who opens this link begins a run of their own")
        self.dialog = pmui.Dialog(title="Links", close_on_click=True, show_close_button=True)
        on_press(self.button, lambda: self.dialog.param.update(objects=[self._run, self._setup], open=True))

    def turn_to(self, run_id: str) -> None:
        """Name another run; its links follow."""
        self.button.label = f"Run {run_id}"

    def show(self, run_link: str, setup_link: str) -> None:
        """Set the links; a sentence in place of one, which is longer than a field, is written below it."""
        for field, link in ((self._run, run_link), (self._setup, setup_link)):
            is_link = " " not in link  # an address has none
            field.param.update(value=link if is_link else "", helper_text="" if is_link else link)

    @staticmethod
    def _field(label: str) -> Any:
        return pmui.TextInput(
            label=label, size="small", sx={"& input": {"fontFamily": "monospace"}}, margin=(8, 0), width=480
        )


NAVIGATION_CSS = """
nav { display: flex; gap: 4px; padding: 0 12px; }
a { padding: 4px 10px; border-radius: 6px; font-size: 13px; line-height: 20px; white-space: nowrap;
  text-decoration: none; color: var(--mui-palette-text-secondary); }
a:hover { background: var(--mui-palette-action-hover); }
a:focus-visible { outline: 2px solid var(--mui-palette-primary-main); }
a[aria-current] { color: var(--mui-palette-primary-main); background: var(--mui-palette-action-hover); }
"""
ONLY_WIDE = "@media (max-width: 767px) { :host { display: none !important; } }"
ONLY_NARROW = "@media (min-width: 768px) { :host { display: none !important; } } nav { padding: 12px 6px 0; }"


class Navigation:
    """Links to the pages, the present one marked: `wide` for the app bar, `narrow` for the drawer of a small screen.

    A link to a page names the run that was open there before, so that it comes back: `OPEN` and the page's name are
    the part of an address by which another page remembers it.
    """

    def __init__(self, here: str = "", run_id: str = "") -> None:
        self._here = here
        self.wide, self.narrow = (
            html("", align="center", stylesheets=[PART_CSS, NAVIGATION_CSS, styles])
            for styles in (ONLY_WIDE, ONLY_NARROW)
        )
        self.show(run_id)

    def show(self, run_id: str) -> None:
        """Let other pages come back to this run."""
        asked = pn.state.session_args if pn.state.curdoc else {}
        kept = {"theme": asked["theme"][0].decode(errors="replace")} if "theme" in asked else {}
        remembered = {name: asked[OPEN + name][0].decode(errors="replace") for name in PAGES if OPEN + name in asked}
        if run_id:
            remembered[self._here] = run_id
        links = []
        for name, page in PAGES.items():
            others = {OPEN + other: run for other, run in remembered.items() if other != name}
            own = {"run": remembered[name]} if name in remembered else {}
            query = urlencode({**({"page": name} if name else {}), **kept, **own, **others})
            current = ' aria-current="page"' if name == self._here else ""
            links.append(f'<a href="?{escape(query)}"{current}>{page.title}</a>')
        self.wide.object = self.narrow.object = f'<nav aria-label="Pages">{"".join(links)}</nav>'


def header(skip: pmui.Button, chip: StatusChip, share: ShareDialog, links: Navigation, lost: LostConnection) -> pn.Row:
    """Return the content of the app bar of a page; `skip` is for the keyboard."""
    spacer = pn.Spacer(sizing_mode="stretch_width")
    return row(skip, chip.panel, links.wide, spacer, share.button, lost.panel, gap="0")
