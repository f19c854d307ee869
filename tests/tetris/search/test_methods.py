"""The two searches: a step by hand, a hill to climb, and a way through a file."""

import random
import sys

import numpy as np
import pytest

from gridworld.tetris.search.methods import CovarianceMatrixAdaptation, CrossEntropy


def cross_entropy(**options) -> CrossEntropy:
    return CrossEntropy(**{"size": 2, "population": 40, "elite": 8, "spread": 5.0, "noise": 0.0, "fade": 0.0} | options)


def cma_es() -> CovarianceMatrixAdaptation:
    try:
        return CovarianceMatrixAdaptation(2, 20, 5.0)
    except ModuleNotFoundError:
        pytest.skip("needs the library cma")


def climb(search, rng, generations: int) -> None:
    """Towards (30, -20) on an elongated hill."""
    for _ in range(generations):
        candidates = search.ask(rng)
        search.tell(candidates, -((candidates[:, 0] - 30) ** 2) - 9 * (candidates[:, 1] + 20) ** 2)


def test_a_cross_entropy_step_by_hand():
    search = cross_entropy(population=4, elite=2, noise=3.0, fade=2.0)
    candidates = np.array([[1.0, 0.0], [9.0, 9.0], [3.0, 4.0], [5.0, 5.0]])
    search.tell(candidates, np.array([7.0, 1.0, 9.0, 7.0]))
    assert search.mean.tolist() == [2.0, 2.0], "of two equal scores the earlier one is elite"
    assert search.deviation**2 == pytest.approx([1 + 3, 4 + 3])
    search.tell(candidates, np.array([7.0, 1.0, 9.0, 7.0]))
    assert search.deviation**2 == pytest.approx([1 + 1, 4 + 1])
    search.tell(candidates, np.array([7.0, 1.0, 9.0, 7.0]))
    assert search.deviation**2 == pytest.approx([1, 4]), "the noise fades to zero, not below"


def test_among_equal_scores_the_first_are_elite():
    search, candidates = cross_entropy(elite=10), np.arange(600.0).reshape(300, 2)
    search.tell(candidates, np.tile([1.0, 0.0, 1.0], 100))
    elite = candidates[[0, 2, 3, 5, 6, 8, 9, 11, 12, 14]]
    assert search.mean.tolist() == elite.mean(axis=0).tolist()


def test_the_first_generation_is_drawn_with_the_spread():
    candidates = cross_entropy(population=4000, spread=10.0).ask(np.random.default_rng(0))
    assert candidates.shape == (4000, 2)
    assert candidates.mean(axis=0) == pytest.approx([0, 0], abs=0.6)
    assert candidates.std(axis=0) == pytest.approx([10, 10], abs=0.4)


@pytest.mark.parametrize(("make", "near"), [(lambda: cross_entropy(noise=0.5), 1.5), (cma_es, 0.1)])
def test_a_search_climbs_a_hill(make, near):
    search = make()
    climb(search, np.random.default_rng(1), 60)
    assert search.mean == pytest.approx([30, -20], abs=near)


def test_the_scale_of_cma_es_stays_in_bounds():
    search, rng = cma_es(), np.random.default_rng(4)
    for _ in range(1500):  # only the direction counts, and (3, 4) is the best
        candidates = search.ask(rng)
        search.tell(candidates, candidates @ [3.0, 4.0] / np.linalg.norm(candidates, axis=1))
        assert search.deviation.max() < 1000
    assert search.mean / np.linalg.norm(search.mean) == pytest.approx([0.6, 0.8], abs=1e-4)


@pytest.mark.parametrize("make", [cross_entropy, cma_es])
def test_a_search_goes_on_from_its_state_bit_for_bit(make):
    whole, halves = make(), [make(), make()]
    rngs = [np.random.default_rng(2) for _ in range(2)]
    climb(whole, rngs[0], 24)
    climb(halves[0], rngs[1], 11)
    halves[1].restore(halves[0].state())
    climb(halves[0], np.random.default_rng(3), 3)  # what the first one does now is its own affair
    climb(halves[1], rngs[1], 13)
    for name, array in whole.state().items():
        assert array.dtype.kind in "fi", f"{name} is a plain array"
        assert np.array_equal(array, halves[1].state()[name]), name


@pytest.mark.parametrize("make", [cross_entropy, cma_es])
def test_global_random_numbers_play_no_part(make):
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - to see that nobody touched it
    climb(make(), np.random.default_rng(2), 3)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002


def test_without_the_library_the_sentence_explains_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "cma", None)
    with pytest.raises(ModuleNotFoundError, match="pip install cma"):
        CovarianceMatrixAdaptation(2, 20, 5.0)
