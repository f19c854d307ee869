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


@pytest.fixture
def storage(tmp_path):
    return f"sqlite:///{tmp_path / 'study.db'}"


def values(study):
    return [trial.params for trial in study.trials if trial.state.name == "COMPLETE"]


@pytest.mark.slow
def test_a_stored_study_goes_on_as_if_it_had_never_been_interrupted(storage):
    counted = []
    assert len(tune("easy", "sarsa", OVER, trials=2, storage=storage, **SMALL).trials) == 2
    study = tune("easy", "sarsa", OVER, trials=4, storage=storage, progress=counted.append, **SMALL)
    assert values(study) == values(tune("easy", "sarsa", OVER, trials=4, **SMALL))
    assert counted == [2, 1, 1]


@pytest.mark.slow
def test_a_trial_that_was_killed_is_done_again(storage):
    tune("easy", "sarsa", OVER, trials=1, storage=storage, **SMALL).ask()
    study = tune("easy", "sarsa", OVER, trials=3, storage=storage, **SMALL)
    assert values(study) == values(tune("easy", "sarsa", OVER, trials=3, **SMALL))


@pytest.mark.slow
@pytest.mark.parametrize("other", [{"metrics": ("length",)}, {"runs": 4}, {"fixed": {"discount": 0.5}}])
def test_a_stored_study_of_another_order_is_refused(storage, other):
    tune("easy", "sarsa", OVER, trials=1, storage=storage, **SMALL)
    with pytest.raises(ValueError, match=r"'sarsa in easy' of this storage has trials of another order"):
        tune("easy", "sarsa", OVER, trials=2, storage=storage, **{**SMALL, **other})


@pytest.mark.slow
@pytest.mark.parametrize("storage", ["study.db", "sqlite:////dev/null/study.db", "nothing://localhost/study"])
def test_a_storage_that_cannot_be_used_is_a_sentence(storage):
    with pytest.raises(ValueError, match=r"The storage of the study can't be used: .* sqlite:///study\.db"):
        tune("easy", "sarsa", OVER, trials=1, storage=storage, **SMALL)


@pytest.mark.parametrize(("threshold", "is_reached"), [(-1000, True), (1000, False)])
def test_the_steps_to_a_threshold_can_be_tuned(threshold, is_reached):
    line = f"tune easy --agent sarsa --over step_size=0.1..1 --metric steps_to_threshold --threshold {threshold}"
    found = read_json(f"{line} --trials 2 --runs 2 --episodes 60")
    assert (found["value"] is not None) == is_reached


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


ENDLESS = "step limit: 20\n\nS..\n...\n"  # where regret has no value at discount 1


def test_a_metric_without_a_value_ends_in_a_sentence():
    order = {**SMALL, "metrics": ("regret_estimation",), "fixed": {"discount": 1.0}}
    with pytest.raises(ValueError, match="regret_estimation has no value in any trial; tune for another metric"):
        tune(ENDLESS, "sarsa", OVER, trials=2, **order)
