"""Addresses of pages: how values are written into one, read out of one, and how the browser is sent to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn


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
