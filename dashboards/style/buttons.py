"""What all buttons have in common, also Panel's own: exported pages need no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NEEDS_SERVER = "needs the server"
"""The tag of what a page locks when its connection is lost."""


def on_press(button: Any, act: Callable[[], Any]) -> None:
    """Let a button act when it is pressed; what is disabled doesn't, though any browser can send such a press."""
    button.on_click(lambda event: None if button.disabled else act())
