"""Files that go to the user's disk and come from it, and the small parts that report on them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Executor, Future
from html import escape
from itertools import count
from typing import Any

import panel_material_ui as pmui

from dashboards.live.background import in_background, sentence
from dashboards.live.panel_patches.widgets import Upload
from dashboards.style.buttons import on_press

QUIET_SX = {
    "borderColor": "divider",
    "color": "text.primary",
    "whiteSpace": "nowrap",
    "height": 32,
    "&:hover, &.Mui-focusVisible": {
        "bgcolor": "action.hover",
        "borderColor": "text.secondary",
        "color": "text.primary",
    },
}


class Downloads:
    """A page's way to hand over files. Its `panel` shows nothing, and must be part of the page."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.panel = pmui.FileDownload(auto=True, label="", filename="", margin=0, styles={"display": "none"})
        self._serial = count()

    def begin(
        self, name: str, make: Callable[[], bytes], report: Callable[[str, str], None], executor: Executor | None = None
    ) -> None:
        """Make a file off the loop and let the browser save it.

        `report(sentence, error)` is called with one of the two when that is done, the other being empty.
        """
        self.panel.filename = name  # before the data, at whose arrival the browser saves the file
        serial = next(self._serial)  # the browser takes notice of data that differ, so a file saved twice must

        def pack() -> tuple[int, str]:
            content = make()
            return len(content), f"data:application/octet-stream;serial={serial};base64,{b64encode(content).decode()}"

        def hand_over(future: Future) -> None:
            problem = future.exception()
            if problem is not None:
                report("", sentence(problem))
                return
            size, data = future.result()
            self.panel.param.update(filename=name, data=data)
            report(f"{name} was saved ({_size(size)}).", "")

        in_background(executor or self._executor, pack, hand_over)


def _size(count: int) -> str:
    for size, unit in ((1_000_000, "MB"), (1_000, "kB")):
        if count >= 10 * size:
            return f"{count / size:,.0f} {unit}"
    return f"{count:,} bytes"


def outcome(text: str, error: str = "") -> str:
    """Return HTML that reports what was done or, in its place, what was wrong; "" for nothing."""
    colour, role = ("error", "alert") if error else ("success", "status")
    style = f"color:var(--mui-palette-{colour}-main)"
    message = escape(error or text)
    return f'<div class="hint" role="{role}" style="{style}">{message}</div>' if message else ""


def button(label: str, icon: str, clicked: Callable[[], Any], **look: Any) -> pmui.Button:
    """Return a small button of a list of actions."""
    made = pmui.Button(
        **{
            "label": label,
            "icon": icon,
            "icon_size": "1.2em",
            "size": "small",
            "color": "default",
            "variant": "outlined",
            "margin": 0,
            "sx": QUIET_SX,
            **look,
        }
    )
    on_press(made, clicked)
    return made


def load_button(largest: int, refused: Callable[[str], None], uploaded: Callable[[Any], Any]) -> Upload:
    """Return a small button that takes a file of at most `largest` bytes; `uploaded` gets the event of its value."""
    made = Upload(
        refused, label="Load …", uploaded_label="Load …", max_file_size=largest, size="small",
        color="default", variant="outlined", margin=0, sx=QUIET_SX,
    )  # fmt: skip
    made.param.watch(uploaded, "value")
    return made
