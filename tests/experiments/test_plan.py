"""Plans: what they expand to, how they are written, and what is refused."""

import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.plan_files import plan_document, plan_from, read_plan, write_plan

GRID = {"low": 0.1, "high": 1.0, "points": 10}


def plan(**changes):
    """A small plan with some of its fields changed."""
    usual = {"contestants": [Contestant("sarsa"), Contestant("q_learning")], "worlds": ["cliff"], "episodes": 10}
    return Plan(**(usual | changes))


def test_a_grid_has_each_combination_and_short_numbers():
    spread = {"step_size": GRID, "epsilon": [0.1, 0.2], "discount": 1.0}
    cells = plan(contestants=[Contestant("sarsa", spread)], worlds=["cliff", "windy"]).cells
    assert len(cells) == 40 == len({cell.key for cell in cells})
    sizes = [cell.settings.hyperparameters["step_size"] for cell in cells[:10]]
    assert sizes == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert cells[0].label == "sarsa, epsilon=0.1, step_size=0.1"
    assert {cell.settings.hyperparameters["discount"] for cell in cells} == {1.0}


def test_a_logarithmic_range_has_equal_ratios():
    spread = {"temperature": {"low": 0.01, "high": 10.0, "points": 4, "scale": "log"}}
    cells = plan(contestants=[Contestant("sarsa", spread)]).cells
    assert [cell.settings.hyperparameters["temperature"] for cell in cells] == [0.01, 0.1, 1.0, 10.0]


def test_draws_are_made_together_within_their_bounds_and_again():
    spread = {
        "step_size": {"low": 0.01, "high": 1.0, "draws": 20, "scale": "log"},
        "epsilon": {"low": 0.0, "high": 0.5, "draws": 20},
        "discount": [0.9, 1.0],
    }
    drawn = plan(contestants=[Contestant("sarsa", spread)])
    assert len(drawn.cells) == 40
    sizes = {cell.settings.hyperparameters["step_size"] for cell in drawn.cells}
    assert len(sizes) == 20
    assert all(0.01 <= size <= 1 for size in sizes)
    assert drawn == plan(contestants=[Contestant("sarsa", spread)])
    assert [cell.key for cell in drawn.cells] == [
        cell.key for cell in plan(contestants=[Contestant("sarsa", spread)]).cells
    ]
    other = plan(contestants=[Contestant("sarsa", spread)], draw_seed=1)
    assert not {cell.key for cell in drawn.cells} & {cell.key for cell in other.cells}


def test_a_key_depends_on_what_is_run_alone():
    (first, _), (other, _) = (
        plan().cells,
        plan(contestants=[Contestant("sarsa", label="A"), Contestant("random")]).cells,
    )
    assert first.key == other.key
    default = plan(contestants=[Contestant("sarsa", {"step_size": 0.1})]).cells[0]
    assert default.key == first.key
    assert plan(episodes=11).cells[0].key != first.key
    assert plan(worlds=["cliff?slip=0.1"]).cells[0].key != first.key
    assert plan(runs=7, metrics=["length"]).cells[0].key == first.key


@pytest.mark.parametrize("name", ["plan.toml", "plan.json"])
def test_a_plan_is_read_as_it_was_written(tmp_path, name):
    spread = {
        "step_size": {"low": 0.1, "high": 1.0, "points": 3},
        "epsilon_schedule": "constant",
        "epsilon": [0.1, 0.2],
    }
    whole = plan(
        contestants=[Contestant("sarsa", spread, "mine"), Contestant("random")],
        worlds=["cliff", "title: a world\n\nS.G\n..."],
        metrics=["return", "steps_to_threshold"],
        threshold=-20.0,
        runs=3,
    )
    write_plan(whole, tmp_path / name)
    again = read_plan(tmp_path / name)
    assert plan_document(again) == plan_document(whole)
    assert [cell.key for cell in again.cells] == [cell.key for cell in whole.cells]


def test_batches_cover_each_seed_of_each_cell_once():
    whole = plan(runs=2_500, first_seed=5, episodes=500)
    seeds = {cell.key: [] for cell in whole.cells}
    for batch in whole.batches():
        seeds[batch.cell] += range(batch.first_seed, batch.first_seed + batch.runs)
    assert all(found == list(range(5, 2_505)) for found in seeds.values())


MISTAKES = {
    "runs is 0; it must be a whole number from 1 to 1,000,000.": {"runs": 0},
    "runs is True; it must be": {"runs": True},
    "Give a plan either episodes or steps": {"steps": 100},
    "at least one contestant": {"contestants": []},
    "There is no metric 'retrun'; the metrics are return, .* Did you mean 'return'?": {"metrics": ["retrun"]},
    "each only once": {"metrics": ["return", "return"]},
    "threshold is nan; it must be a finite number": {"threshold": float("nan")},
    "needs a threshold": {"metrics": ["steps_to_threshold"]},
    "There is no agent 'sarsaa'": {"contestants": [Contestant("sarsaa")]},
    "Sarsa has no hyperparameter 'stepsize'": {"contestants": [Contestant("sarsa", {"stepsize": 1})]},
    "step_size is 2; it must be a number from 0 to 1": {"contestants": [Contestant("sarsa", {"step_size": [0.1, 2]})]},
    "There is no world": {"worlds": ["clif"]},
    "give one line of at most": {"contestants": [Contestant("sarsa", label="x" * 1_000)]},
    "can't be used; give one line": {"contestants": [Contestant("sarsa", label="two\nlines")]},
    "are the same contestant": {"contestants": [Contestant("sarsa"), Contestant("sarsa", label="again")]},
    "Two contestants are called 'a'": {
        "contestants": [Contestant("sarsa", label="a"), Contestant("random", label="a")]
    },
    "give a value, {values": {"contestants": [Contestant("sarsa", {"epsilon": {"low": 0}})]},
    "above 0 on a log scale": {
        "contestants": [Contestant("sarsa", {"epsilon": {"low": 0, "high": 1, "points": 2, "scale": "log"}})]
    },
    r"goes from 100000\S+ to 100000\S+; give two numbers": {
        "contestants": [Contestant("sarsa", {"epsilon": {"low": 10**400, "high": 10**401, "points": 2}})]
    },
    r"goes from -1e\+308 to 1e\+308; give two numbers": {
        "contestants": [Contestant("sarsa", {"epsilon": {"low": -1e308, "high": 1e308, "points": 2}})]
    },
    "runs is 3.0; it must be a whole number": {"runs": 3.0},
    "greedy_return can't be computed in Blackjack-v1": {"worlds": ["Blackjack-v1"], "metrics": ["greedy_return"]},
    "over 10,000 combinations": {
        "contestants": [Contestant("sarsa", {name: {**GRID, "points": 200} for name in ("step_size", "epsilon")})]
    },
}


@pytest.mark.parametrize(("sentence", "changes"), MISTAKES.items())
def test_a_mistake_is_one_sentence(sentence, changes):
    with pytest.raises(ValueError, match=sentence):
        plan(**changes)


@pytest.mark.parametrize(
    ("sentence", "document"),
    [
        ("The plan has 'run', which no plan has; .* Did you mean 'runs'?", {"run": 3}),
        ("The plan has 'seed', which no contestant has", {"contestants": [{"agent": "sarsa", "seed": 1}]}),
        ("The plan: runs is 'many'; it must be a whole number from 1 to 1,000,000.", {"runs": "many"}),
        ("The plan: steps is nan; it must be a whole number from 0 to", {"steps": float("nan")}),
        ("The plan: contestants is a whole number; it must be a list.", {"contestants": 3}),
        (r"contestants\[0\] is a text; it must be a table of names and values.", {"contestants": ["sarsa"]}),
        (r"agent is missing in contestants\[0\]; every plan needs it.", {"contestants": [{}]}),
        ("threshold is a text; it must be a number or nothing.", {"threshold": "x"}),
        ("The plan: runs is 0", {"runs": 0}),
        ("not a table", [1]),
    ],
)
def test_a_wrong_document_is_refused_by_the_place(sentence, document):
    if isinstance(document, dict):
        document = {"contestants": [{"agent": "sarsa"}], "worlds": ["cliff"], **document}
    with pytest.raises(ValueError, match=sentence):
        plan_from(document)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "plan.toml").write_text("runs = ")
    with pytest.raises(ValueError, match=r"plan.toml can't be read as TOML"):
        read_plan(tmp_path / "plan.toml")


@pytest.mark.parametrize("name", ["plan.toml", "plan.json"])
def test_a_plan_that_notepad_has_saved_is_read(tmp_path, name):
    write_plan(plan(), tmp_path / name)
    (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + (tmp_path / name).read_bytes())
    assert read_plan(tmp_path / name) == plan()
