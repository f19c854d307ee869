"""Addresses of pages: what is written into one, such as the id of the run, and read out of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.registry import PAGES

OPEN = "open_"  # and a page's name: the part by which an address remembers the run that was open there
ShowLinks = Callable[[str, str], None]
"""Show the link to a run, and the link to its setup."""


def differing(values: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, str]:
    """Return the values that differ from the usual ones, as an address has them."""
    return {name: str(value) for name, value in values.items() if value != usual.get(name)}


class Reading:
    """Takes values out of an address; `problems` has a sentence for each that was refused."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self.query = query
        self.problems: list[str] = []

    def take(self, name: str, read: Callable[[str], Any]) -> dict[str, Any]:
        """Return `{name: read(text)}`; an empty mapping where the address has no such part or `read` refuses it."""
        if name not in self.query:
            return {}
        try:
            return {name: read(self.query[name])}
        except ValueError as problem:
            self.problems.append(f"In the address: {problem} The default is used.")
            return {}


def value_like(usual: Any, text: str) -> Any:
    """Return the text as a value of the kind of `usual`: a truth value, a whole number, a number, or itself.

    Raises
    ------
    ValueError
        If the text is no such value.
    """
    if isinstance(usual, bool):
        if text not in ("True", "False"):
            raise ValueError(f"{text!r} is neither True nor False.")
        return text == "True"
    if isinstance(usual, int | float):
        return number_of(type(usual), text)
    return text


def number_of(kind: type, text: str) -> Any:
    """Return the text as a number of a kind; ValueError if it is none."""
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"{text!r} is not {'a whole number' if kind is int else 'a number'}.") from None


def to_link(page: str, query: Mapping[str, str]) -> str:
    """Return a whole address."""
    return page + "?" + urlencode(query)


def go_to(query: Mapping[str, str]) -> None:
    """Let the browser open another address of this site."""
    location: Any = pn.state.location
    if location is not None:
        location.param.update(reload=True, search=to_link("", query))


class KeptAddress:
    """The page's address, which names the run and its settings, so that a reload and a copy of it find them."""

    def __init__(self, links: ShowLinks, query: Mapping[str, str]) -> None:
        parts = ("page", "theme", *(OPEN + name for name in PAGES))
        self.kept = {name: query[name] for name in parts if name in query}
        self._show_links = links
        self._settings: Any = None

    def keep(self, name: str, value: str) -> None:
        """Have another part in the address from the next `show` on."""
        self.kept[name] = value
        self._settings = None

    def show(self, shared: SharedRun, to_query: Callable[[Any], dict[str, str]], unlinked: str = "") -> None:
        """Put a run into the address and the links, unless nothing has changed.

        `unlinked` is why no link carries the setup; it is then shown in place of the link.
        """
        if shared.settings == self._settings:
            return
        self._settings = shared.settings
        page = {name: value for name, value in self.kept.items() if name == "page"}
        setup = {**page, **to_query(shared.settings)}
        self._show_links(_on_this_page({**setup, "run": shared.id}), unlinked or _on_this_page(setup))
        location: Any = pn.state.location
        location.search = to_link("", {**self.kept, **setup, "run": shared.id})


def link_to(shared: SharedRun, to_query: Callable[[Any], dict[str, str]], parts: Mapping[str, str]) -> str:
    """Return a whole address of a run on this page, with further parts."""
    return _on_this_page({**to_query(shared.settings), "run": shared.id, **parts})


def _on_this_page(query: Mapping[str, str]) -> str:
    location: Any = pn.state.location
    if location is None:
        return to_link("", query)
    port = f":{location.port}" if location.port else ""
    return to_link(f"{location.protocol}//{location.hostname}{port}{location.pathname}", query)
