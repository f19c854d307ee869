"""Every colour of the pages is written in one file."""

import re

import pytest

from support.paths import ROOT

THEME = ROOT / "dashboards" / "style" / "theme.py"
MODULES = [path for path in sorted((ROOT / "dashboards").rglob("*.py")) if path != THEME]
COLOUR = re.compile(r"(?:#|%23)[0-9a-fA-F]{6}\b|\b(?:rgb|hsl)a?\(")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_colour_is_written_outside_the_theme(path):
    assert COLOUR.findall(path.read_text()) == []
