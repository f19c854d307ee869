"""The report of a comparison: one file, without any address to load from."""

import re

import pytest

from dashboards.export.comparison import comparison_html, write_report
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare


@pytest.fixture(scope="module")
def result():
    plan = Plan((Contestant("sarsa", {}, "<b>Sarsa</b>"), Contestant("random")), ("easy",), runs=12, episodes=30)
    return compare(plan)


def test_it_is_whole_and_loads_nothing(result, tmp_path):
    text = write_report(result, tmp_path / "report.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="https?:', text)
    assert "For a paper" in text
    assert "&lt;b&gt;Sarsa&lt;/b&gt;" in text
    assert "comparison.csv" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_takes_a_theme(result, theme):
    assert f'content="{theme}"' in comparison_html(result, theme)
