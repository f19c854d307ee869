"""Every colour of pages and pictures is written in one file."""

import re

from support.paths import ROOT

PALETTE = ROOT / "gridworld" / "drawing" / "palette.py"
FOLDERS = ("dashboards", "gridworld")
MODULES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")) if path != PALETTE]
COLOUR = re.compile(r"(?:#|%23)[0-9a-fA-F]{6}\b|\b(?:rgb|hsl)a?\(\d")


def test_no_colour_is_written_outside_the_palette():
    found = {str(path.relative_to(ROOT)): COLOUR.findall(path.read_text()) for path in MODULES}
    assert {path: colours for path, colours in found.items() if colours} == {}
