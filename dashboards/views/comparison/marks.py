"""How contestants are distinguished: by a colour and a dash each, the same in every view."""

from __future__ import annotations

from markupsafe import Markup

from gridworld.drawing.dashes import DASHES, place_of


def line_mark(number: int) -> Markup:
    """Return a short line as the contestant's curve is drawn, as SVG."""
    place = place_of(number)
    dash = ",".join(map(str, DASHES[place]))
    return Markup(
        '<svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true"><path d="M0 6H28" stroke-width="2.5" '
        'stroke="var(--mui-palette-contestant-c{})" stroke-dasharray="{}"/></svg>'
    ).format(place, dash)
