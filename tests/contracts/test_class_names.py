"""One class name has one meaning."""

import ast
from collections import defaultdict

import pytest

from support.paths import ROOT


@pytest.fixture(scope="module")
def places():
    """Where each class is defined: name -> files."""
    found = defaultdict(list)
    for package in ("gridworld", "dashboards"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(file.relative_to(ROOT)))
    return found


def test_no_two_classes_share_a_name(places):
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_all_classes_are_looked_at(places):
    assert {"Frame", "LocalRun", "Hub"} <= places.keys()
