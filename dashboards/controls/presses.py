"""Switches, segments and tabs that the server sets too: what a busy browser says again of it is no press."""

from __future__ import annotations

import panel_material_ui as pmui

from dashboards.live.panel_patches.echoes import PRESSED_LATE, WithoutEchoes


class Pressed(WithoutEchoes):
    """A component in which a press chooses one of a few values."""

    late = PRESSED_LATE


class Switch(Pressed, pmui.Switch):
    """One of two values."""


class Segments(Pressed, pmui.RadioButtonGroup):
    """One of several values."""


class CheckedSegments(Pressed, pmui.CheckButtonGroup):
    """Any of several values."""


class Tabs(Pressed, pmui.Tabs):
    """Several panels, of which one is shown."""
