"""What is written is plain technical English: some words of the project's past don't come back."""

import re

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


def test_no_file_has_one_of_the_words():
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in FILES
        for line in path.read_text(encoding="utf-8").splitlines()
        if WORDS.search(CODE.sub("", line))
    ]
    assert found == []
