"""Values that a browser says again after the server has written others: no person has chosen them.

A React component keeps each of its values, and hands it back to its model a moment after it was drawn. What the server
writes in that moment is then undone, and the value before it arrives as if it were an edit.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from panel.reactive import Syncable
from panel_material_ui.base import MaterialComponent

from dashboards.live.panel_patches.presence import takes, usable
from dashboards.live.panel_patches.widgets import models_of

ECHOED = ("value", "value_input", "value_throttled", "active")  # what a person may change, as far as there is any
LOOK = frozenset(
    {"disabled", "label", "color", "variant", "helper_text", "error_state"}
)  # what only the server changes
LATE = 5.0  # seconds in which a busy browser draws a value and hands it back
PRESSED_LATE = 1.0  # seconds of that for what has few values, so that a person may well choose the one of before


class WithoutEchoes(Syncable):
    """A component whose value, where the server writes it twice in a moment, is not set back by the browser.

    Where Panel no longer asks these methods, it stays a component as any other.
    """

    late = LATE

    def __init__(self, *arguments: Any, **look: Any) -> None:
        self._written: dict[str, tuple[Any, float]] = {}  # name -> what the server wrote last, and when
        self._overtaken: dict[str, list[tuple[Any, float]]] = {}  # name -> what it wrote just before, until when
        self._chosen: dict[str, Any] = {}  # name -> what a person chose, until the server writes another
        super().__init__(*arguments, **look)

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        for name in ECHOED:
            if name in params and self._chosen.get(name) != params[name]:
                self._chosen.pop(name, None)
                self._note_written(name, params[name])
        return super()._process_param_change(params)

    def _process_property_change(self, props: dict[str, Any]) -> dict[str, Any]:
        released = props.get("value_throttled")
        if released is not None and not self._is_echo("value_throttled", released):  # a person let go of a slider
            self._overtaken.clear()
            props = {**props, "value": released}
        heard = {name: value for name, value in props.items() if not self._is_echo(name, value)}
        self._chosen = {name: heard[name] for name in ECHOED if name in heard and heard[name] != getattr(self, name)}
        if self._chosen:
            self._written.clear()
            self._overtaken.clear()
        for name in props.keys() - heard.keys():
            say_again(self, name)
        return super()._process_property_change(heard)

    def _note_written(self, name: str, value: Any) -> None:
        now = monotonic()
        if name in self._written:
            before, since = self._written[name]
            waiting = [entry for entry in self._overtaken.get(name, []) if entry[1] > now]
            if before != value and now - since < self.late:
                waiting.append((before, now + self.late))
            self._overtaken[name] = [entry for entry in waiting if entry[0] != value]
        self._written[name] = value, now

    def _is_echo(self, name: str, value: Any) -> bool:
        now = monotonic()
        return any(value == before and now < until for before, until in self._overtaken.get(name, ()))


def keep_looks() -> None:
    """Let browsers change nothing of what only the server changes, such as whether a button can be pressed.

    After two changes in a moment a busy browser sets back these as well, and its button would stay as it was before.
    """
    process: Any = getattr(MaterialComponent, "_process_property_change", None)
    name = "MaterialComponent._process_property_change(props)"
    if not usable("looks that only the server changes", {name: takes(process, "props")}):
        return

    def process_what_people_change(self: Any, props: dict[str, Any]) -> dict[str, Any]:
        for name in LOOK & props.keys():
            say_again(self, name)
        return process(self, {name: value for name, value in props.items() if name not in LOOK})

    MaterialComponent._process_property_change = process_what_people_change


def say_again(part: Any, name: str) -> None:
    """Send a browser the value that a component has on the server."""
    for model in models_of(part):
        setattr(model.data, name, getattr(part, name))
