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


@pytest.mark.parametrize(("spreads", "titles"), [(1, ["Study"]), (2, ["Sarsa", "q_learning"])])
def test_it_shows_the_study(spreads, titles):
    varied = dict([("step_size", [0.1, 0.5]), ("epsilon", [0.1, 0.2])][:spreads])
    contestants = Contestant("sarsa", varied, "Sarsa"), Contestant("q_learning", varied)
    text = comparison_html(compare(Plan(contestants, ("easy",), runs=12, episodes=30)))
    assert re.findall(r"<h2>(.+?)</h2>", text)[: len(titles)] == titles
    assert "mean of 12 runs at each point" in text
    assert "click a point" not in text, "nothing follows from a click there"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_takes_a_theme(result, theme):
    assert f'content="{theme}"' in comparison_html(result, theme)
