"""What a button does when it is pressed, also one of Panel's own: exported pages need no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def on_press(button: Any, act: Callable[[], Any]) -> None:
    """Let a button act when it is pressed; what is disabled doesn't, though any browser can send such a press."""
    button.on_click(lambda event: None if button.disabled else act())
