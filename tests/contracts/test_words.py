"""What is written is plain technical English: some words of the project's past don't come back."""

import re

import pytest

from support.paths import ROOT

WORDS = re.compile(
    r"\b(?:anew|whoever|whomever|told|tells?|in mid-run|gives whether|obituary|so many)\b", re.IGNORECASE
)
CODE = re.compile(r"\.tell\(|def tell\(|`tell`|\btells? (?:\w+ )?apart\b")  # an interface of another library; an idiom
FILES = [
    *(path for package in ("gridworld", "dashboards") for path in sorted((ROOT / package).rglob("*.py"))),
    *sorted(ROOT.glob("docs/*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_none_of_the_words(path):
    lines = (CODE.sub("", line) for line in path.read_text(encoding="utf-8").splitlines())
    assert [line for line in lines if WORDS.search(line)] == []
