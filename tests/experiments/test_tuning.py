"""Tuning with Optuna: the same seed gives the same trials, and a stored study goes on."""

import pytest

from gridworld.experiments.tuning import tune
from support.command_line import mistake, read_json

pytest.importorskip("optuna", reason="install the extra 'tune'")
SMALL = {"runs": 3, "episodes": 20, "points": 1, "metrics": ("return",)}
OVER = {"step_size": {"low": 0.1, "high": 1.0}, "epsilon_schedule": ["constant", "exponential"]}


def test_the_same_seed_gives_the_same_trials():
    one, other = (tune("easy", "sarsa", OVER, trials=5, sampler_seed=4, **SMALL) for _ in range(2))
    assert [trial.params for trial in one.trials] == [trial.params for trial in other.trials]
    assert [trial.value for trial in one.trials] == [trial.value for trial in other.trials]
    assert one.best_value == max(trial.value for trial in one.trials)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_stored_study_goes_on(tmp_path):
    storage = f"sqlite:///{tmp_path / 'study.db'}"
    assert len(tune("easy", "sarsa", OVER, trials=2, storage=storage, **SMALL).trials) == 2
    assert len(tune("easy", "sarsa", OVER, trials=3, storage=storage, **SMALL).trials) == 3


def test_the_command_prints_the_best():
    words = "tune easy --agent dyna_q --over step_size=0.1..1 --over planning_steps=1..8:log --trials 3"
    found = read_json(f"{words} --runs 2 --episodes 10")
    assert found["trials"] == 3
    assert 0.1 <= found["settings"]["step_size"] <= 1
    assert found["settings"]["planning_steps"] in range(1, 9)


def test_the_command_lists_what_was_fixed_as_recommended_or_set():
    found = read_json(
        "tune cliff --agent sarsa --over step_size=0.1..1 --set epsilon=0.2 --trials 1 --runs 2 --episodes 5"
    )
    assert found["fixed"] == {"discount": 1.0, "epsilon": 0.2, "epsilon_schedule": "constant"}
    assert set(found["settings"]) == {"step_size"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("tune easy --over stepsize=0..1", "has no hyperparameter 'stepsize'"),
        ("tune easy --over step_size=0.5..7", "step_size is 7"),
        (
            "tune easy --over step_size=0..1:log",
            "step_size goes from 0 to 1; give two numbers, the lower one first, above 0",
        ),
        ("tune easy --over step_size", "names no hyperparameter"),
    ],
)
def test_a_mistake_is_one_line(line, sentence):
    assert sentence in mistake(f"{line} --trials 2 --runs 2 --episodes 5")
