"""Each piece of advice appears where it applies, and not where it doesn't."""

import pytest

from gridworld.insight.advice import RULES, WORDS, Found, Situation, advise, recent_starts
from gridworld.insight.glossary import GLOSSARY
from gridworld.planning.greedy_return import Sampling, greedy_return
from gridworld.training.session import TrainingSession
from support.paths import ROOT


def advice(steps, evaluated=1.0, **settings):
    """What is said after some steps, with an evaluation after a share of the episodes so far."""
    session = TrainingSession(episodes=0, compiled=False, **settings)
    session.advance(steps)
    columns = session.history.typed()
    worth = greedy_return(session.problem, session.tables.Q, step_limit=session.step_limit, sampling=Sampling(400))
    evaluation = Found(evaluated * session.episode, worth.expected_return, worth.expected_length, worth.margin)
    successes, starts = columns["success"].sum(), recent_starts(session)
    situation = Situation(session.problem, session.agent, session.frame(), successes, evaluation, starts)
    found = dict(advise(situation))
    assert all(sentence.endswith(".") for sentence in found.values())
    return found


ENDLESS = {"world": "jumps", "discount": 1.0, "options": {"step_limit": 0}}
BIASED = {"world": "GridWorld/MaximizationBias-v0", "step_size": 0.5, "epsilon": 0.5, "epsilon_end": 0.5, "seed": 2}
CASES = [
    # code, steps, settings with which it appears, and changes with which it doesn't
    ("cut-episodes", 2_000, {"world": "medium", "options": {"step_limit": 12}}, {"options": {"step_limit": 5_000}}),
    ("epsilon-zero", 50, {"world": "easy", "epsilon": 0.0, "epsilon_end": 0.0}, {"epsilon": 0.2}),
    ("epsilon-zero", 50, {"world": "easy", "epsilon": 0.0, "epsilon_end": 0.0}, {"initial_value": 1.0}),
    ("epsilon-zero", 50, {"world": "easy", "epsilon": 0.0, "epsilon_end": 0.0}, {"exploration": "softmax"}),
    ("endless-discount", 50, ENDLESS, {"discount": 0.9}),
    ("endless-discount", 50, ENDLESS, {"world": "medium"}),
    ("endless-discount", 50, ENDLESS, {"options": {"step_limit": 100}}),
    ("goal-out-of-reach", 50, {"world": "medium", "options": {"step_limit": 7}}, {"options": {"step_limit": 8}}),
    ("maximization-bias", 3_000, BIASED, {"agent": "double_q_learning"}),
    ("maximization-bias", 3_000, BIASED, {"world": "FrozenLake-v1"}),
    ("maximization-bias", 3_000, BIASED, {"initial_value": 2.0}),
    ("goal-not-reached", 3_300, {"world": "FrozenLake-v1", "epsilon": 0.0, "epsilon_end": 0.0, "step_size": 0.0,
                                 "initial_value": 1.0, "options": {"step_limit": 2}}, {"options": {}}),
    ("nothing-learned", 5_100, {"world": "medium", "step_size": 0.0}, {"step_size": 0.1}),
    ("nothing-learned", 5_100, {"world": "medium", "step_size": 0.0}, {"agent": "random"}),
    ("values-too-high", 5_100, {"world": "medium", "initial_value": 500.0, "step_size": 0.001}, {"initial_value": 0.0}),
    ("constant-step-size", 6_000, {"world": "FrozenLake-v1"}, {"step_size_schedule": "1/N"}),
    ("constant-step-size", 6_000, {"world": "FrozenLake-v1"}, {"world": "medium"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "steps", "settings", "changes"), CASES)
def test_advice_appears_where_it_applies_and_only_there(code, steps, settings, changes):
    other = {**settings, **changes}
    if other.get("agent") == "random":
        other = {"world": other["world"], "agent": "random"}
    assert code in advice(steps, **settings)
    assert code not in advice(steps, **other)


def test_values_are_not_compared_with_what_the_policy_of_long_ago_was_worth():
    assert "maximization-bias" not in advice(3_000, evaluated=0.5, **BIASED)


def test_where_nothing_is_learned_because_of_the_step_size_that_is_said():
    assert "step size is 0" in advice(5_100, world="medium", step_size=0.0)["nothing-learned"]
    unrewarded = {"world": "FrozenLake-v1", "step_size": 0.1, "epsilon": 0.0, "epsilon_end": 0.0}
    assert "no reward" in advice(3_300, options={"step_limit": 2}, **unrewarded)["nothing-learned"]


def test_every_rule_is_tested():
    assert {code for code, *_ in CASES} == set(RULES)


def test_every_rule_names_an_entry_of_the_glossary():
    assert set(WORDS) == set(RULES)
    text = (ROOT / "docs" / "glossary.md").read_text()
    entries = [row.split("|")[1].strip() for row in text.splitlines() if "|" in row]
    words = {word.strip() for entry in entries for word in (entry, *entry.split(","))}
    assert set(WORDS.values()) <= words
    assert set(WORDS.values()) == set(GLOSSARY)
    for word, meaning in GLOSSARY.items():
        assert f"| {word} | {meaning} |" in text


def test_a_run_that_has_not_begun_and_one_that_goes_well_need_no_advice():
    assert advice(0, world="medium", epsilon=0.0, epsilon_end=0.0) == {}
    assert advice(8_000, world="medium") == {}
