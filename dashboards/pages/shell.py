"""What all pages share: the app bar, the theme, the parameters in the address, and the tabs that rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.presses import Tabs
from dashboards.hub.hub import Hub
from dashboards.live.page_cleanup import watch
from dashboards.live.panel_patches.colour_scheme import hinted_dark
from dashboards.live.panel_patches.pages import never_busy
from dashboards.live.panel_patches.widgets import read_scripts_once
from dashboards.live.served import served_page
from dashboards.pages.arrival import in_theme
from dashboards.pages.browser import follow_preference, on_phone, when_ready, width_watch
from dashboards.style.theme import DARK, LIGHT, THEME_CONFIG
from dashboards.style.widgets import FILL, WIDE

TITLE = "Gridworld"
FAVICON = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='3' "
    f"fill='{LIGHT['primary']}'/><circle cx='8' cy='8' r='4' fill='{DARK['agent']}'/></svg>",
    safe=" ='/:",
)
SPINNER_CSS = (
    f"#loader {{ background: transparent !important; }} .spinner {{ border-top-color: {LIGHT['primary']} !important; }}"
)
GROUND_CSS = ":root {{ --mui-palette-background-default: {bg}; }}"
DARK_CSS = GROUND_CSS.format_map(DARK)
GROUNDS = {
    "light": GROUND_CSS.format_map(LIGHT),
    "dark": DARK_CSS,
    "": f"{GROUND_CSS.format_map(LIGHT)} @media (prefers-color-scheme: dark) {{ {DARK_CSS} }}",
}
"""The theme of an address -> the ground of a page until it is drawn, which brings its own."""
APP_BAR = {
    ".MuiAppBar-root": {"bgcolor": "primary.contrastText", "color": "primary.main"},
    ".MuiAppBar-root.header": {
        "bgcolor": "background.paper",
        "color": "text.primary",
        "boxShadow": "none",
        "height": "52px",
        "boxSizing": "border-box",
        "borderBottom": "1px solid",
        "borderColor": "divider",
    },
    ".MuiAppBar-root .title": {"color": "text.primary"},
    ".MuiAppBar-root > .MuiLinearProgress-root": {"display": "none"},  # is there without an indicator as well
    ".MuiToolbar-root": {"minHeight": "52px !important", "height": "52px", "m": "0 !important"},
}


def shell(
    hub: Hub,
    header: Any,
    drawer: Sequence[Any],
    main: Any,
    *,
    theme: str | None = None,
    drawer_open: bool,
    retheme: Callable[[bool], None],
) -> pmui.Page:
    """Return a page as it is served.

    Parameters
    ----------
    hub, header, drawer, main
        What counts open pages, and the parts of the page.
    theme
        "dark" or "light"; anything else is the browser's preference.
    drawer_open
        Whether the drawer is open where the page is wide enough for both.
    retheme
        `retheme(dark)`, called at once and whenever the theme is switched.
    """
    is_open, theme = drawer_open and not on_phone(), known_theme(theme)
    page = frame(
        theme,
        header=[header],
        sidebar=list(drawer) if is_open else list(map(waiting_part, drawer)),
        main=[main],
        sidebar_open=is_open,
        dark_theme=is_dark(theme, pn.state.headers),
    )
    never_busy(page, never=page.param.contextbar_open)  # there is no such bar
    read_scripts_once(page)
    page.param.watch(lambda event: retheme(event.new), "dark_theme")
    retheme(page.dark_theme)
    if not is_open:
        fill_when_opened(page, drawer)
    document = served_page()
    if document is not None:
        watch(document, hub.open_pages)
        place = partial(place_drawer, page, drawer_open)
        page.header = [*page.header, width_watch("md", place)]
        if not theme:
            when_ready(lambda: follow_preference(page))
    return page


def known_theme(theme: str | None) -> str:
    """Return the theme of an address: "dark", "light", or "" where the browser's preference is followed."""
    return theme if theme in GROUNDS else ""


def is_dark(theme: str, headers: Mapping[str, str] | None) -> bool:
    """Return whether a page is to be dark: by the theme in its address, or else by what its browser prefers."""
    return theme == "dark" or (not theme and hinted_dark(headers))


def frame(theme: str, **parts: Any) -> pmui.Page:
    """Return a page with these parts; its HTML, which may come before its document, depends on its colours only."""
    return pmui.Page(
        title=TITLE,
        sidebar_resizable=False,
        busy_indicator=None,
        favicon=FAVICON,
        raw_css=[SPINNER_CSS, GROUNDS[theme]],
        theme_config=THEME_CONFIG,
        sx=APP_BAR,
        **parts,
    )


def waiting_part(part: Any) -> Any:
    """Return a part of a closed drawer, or an empty place for it if it has lists of Bokeh's.

    A browser draws nothing in a drawer that was never open, and a list that is changed before it was drawn is a script
    error, and stays as it was.
    """
    return pn.Column(**WIDE) if part.select(pn.widgets.Select) else part


def fill_when_opened(page: pmui.Page, drawer: Sequence[Any]) -> None:
    """Give the places of a drawer their parts when it first opens."""

    def fill(event: Any) -> None:
        for place, part in zip(page.sidebar, drawer, strict=True):
            if event.new and place is not part and not place.objects:
                place.append(in_theme(part))

    page.param.watch(fill, "sidebar_open")


def place_drawer(page: pmui.Page, open_where_wide: bool, is_wide: bool) -> None:
    """Keep the drawer beside a wide page, closed and above a narrow one."""
    page.param.update(sidebar_variant="auto" if is_wide else "temporary", sidebar_open=is_wide and open_where_wide)


def asked() -> dict[str, str]:
    """Return the parameters in the address that the browser asked for."""
    return {name: values[0].decode(errors="replace") for name, values in pn.state.session_args.items()}


def resting_tabs(
    panels: Mapping[str, Any], views: Mapping[str, Any], soon: Callable[[Callable[[], None]], None]
) -> Tabs:
    """Return tabs, title -> content; the `views` of hidden tabs rest. `soon` makes a change of Bokeh models.

    What a tab shows is built when the tab is first opened, which halves the time a page takes to come.
    """
    holders = {title: pn.Column(styles={"min-width": "0"}, **FILL) for title in panels}
    tabs = Tabs(*holders.items(), **FILL)

    def choose() -> None:
        for position, (title, holder) in enumerate(holders.items()):
            chosen = position == tabs.active
            if title in views:
                views[title].active = chosen
            if chosen and not holder.objects:
                holder.append(in_theme(panels[title]))

    tabs.param.watch(lambda event: soon(choose), "active")
    choose()
    return tabs
