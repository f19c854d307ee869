"""What other programs take of a comparison: data frames, rliable's arrays, and a picture."""

import numpy as np
import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.pictures.comparison import draw_comparison

PLAN = Plan(
    [Contestant("sarsa", {}, "<Sarsa>"), Contestant("random")], ["easy", "cliff"], runs=12, episodes=30, points=10
)


@pytest.fixture(scope="module")
def result():
    return compare(PLAN)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_has_a_row_a_run(result, library):
    pytest.importorskip(library)
    frame = result.to_frame(library)
    assert list(frame.columns) == ["world", "contestant", "agent", "seed", *PLAN.metrics]
    assert len(frame) == 48
    own = np.asarray(frame["contestant"]) == "<Sarsa>"
    there = own & (np.asarray(frame["world"]) == "cliff")
    np.testing.assert_array_equal(np.asarray(frame["return"])[there], result.values("<Sarsa>", world="cliff"))


def test_another_library_is_refused(result):
    with pytest.raises(ValueError, match="There are no data frames of 'numpy'; choose one of pandas, polars"):
        result.to_frame("numpy")


def test_rliable_takes_the_scores(result):
    """Its form: algorithm -> [runs, tasks], a run the same row in each."""
    scores = result.scores("return")
    assert {label: array.shape for label, array in scores.items()} == {"<Sarsa>": (12, 2), "random": (12, 2)}
    np.testing.assert_array_equal(scores["random"][:, 1], result.values("random", "return", "cliff"))


def test_a_picture_has_the_curves_of_one_world(result, tmp_path):
    picture = draw_comparison(result, world="cliff")
    assert picture.svg().startswith("<svg")
    assert "&lt;Sarsa&gt;" in picture.svg()
    assert "mean of 12 runs; bands: 95% intervals" in picture.svg()
    assert picture.save(tmp_path / "curves.svg").read_text("utf-8") == picture.svg()
    with pytest.raises(ValueError, match="The plan has 2 worlds; name the one to draw"):
        draw_comparison(result)
    with pytest.raises(ValueError, match="There are 0 contestants in that world"):
        draw_comparison(result, world="easy?slip=1")


def test_a_plot_is_drawn_by_an_installed_package(result, tmp_path, monkeypatch):
    """Nothing here imports what draws; the package that does declares it."""
    installed = tmp_path / "pictures-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: pictures\nVersion: 1\n")
    declared = "[gridworld.reports]\npicture = gridworld.pictures.comparison:draw_comparison\n"
    (installed / "entry_points.txt").write_text(declared)
    monkeypatch.syspath_prepend(tmp_path)
    assert "Steps of an episode" in result.plot("lengths", world="easy").svg()


def test_a_median_curve_has_a_band_of_the_runs_themselves(result):
    curve = result.quantiles("random", world="cliff", level=0.8)
    returns = result.runs("random", "cliff").returns
    np.testing.assert_allclose(curve.value, np.median(returns, 0), rtol=1e-6)
    np.testing.assert_allclose(curve.low, np.quantile(returns, 0.1, axis=0), rtol=1e-6)
    assert curve.method == "median and quantiles"
    with pytest.raises(ValueError, match="There is no curve of 'rewards'; choose one of returns, lengths"):
        result.quantiles("random", "rewards", world="cliff")
