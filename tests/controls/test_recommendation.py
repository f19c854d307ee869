"""What is recommended for a world: said, named where it was changed, taken by one press, followed to another world."""

import pytest

from dashboards.controls.drawer import Controls
from dashboards.controls.recommendation import carried_over
from dashboards.live.background import load_first
from gridworld.agents import agent_class
from gridworld.training.settings import Settings

BOOK = {"step_size": 0.5, "discount": 1.0, "epsilon": 0.1, "epsilon_schedule": "constant"}


class Form:
    """A form, and what it asked for."""

    def __init__(self, **fields):
        self.asked = []
        self.controls = Controls(
            Settings(**fields), self.asked.append, self.asked.append, lambda change: change(), load_first
        )
        self.line = self.controls.recommendation

    @property
    def sentence(self):
        """What stands below the agent's fields, without its markup."""
        return self.line.text.object.partition(">")[2].rpartition("<")[0]


def test_nothing_is_shown_of_a_world_without_recommended_numbers():
    assert not Form(world="easy").line.panel.visible


def test_the_books_numbers_are_recommended_for_its_world():
    form = Form(world="cliff", agent="sarsa", hyperparameters=BOOK)
    assert form.line.panel.visible
    assert form.sentence == "Recommended for this world"
    assert not form.line.button.visible


def test_a_number_that_was_changed_is_named_and_one_press_takes_what_is_recommended():
    form = Form(world="cliff", agent="sarsa", hyperparameters=BOOK)
    form.controls.agent.step_size = 0.25
    assert form.sentence == "Not as recommended for this world: Step size α"
    assert form.line.button.visible
    form.line.button.clicks += 1
    assert form.controls.agent.step_size == 0.5
    assert form.sentence == "Recommended for this world"
    assert form.asked[-1].hyperparameters == BOOK


def test_numbers_nobody_chose_follow_to_another_world():
    form = Form(world="easy", agent="dyna_q_plus")
    form.controls.world.list.value = "blocking_maze"
    assert form.sentence == "Recommended for this world"
    assert (form.controls.agent.step_size, form.controls.agent.planning_steps) == (1.0, 50)
    assert form.asked[-1].world == "blocking_maze"
    form.controls.world.list.value = "easy"
    assert (form.controls.agent.step_size, form.controls.agent.planning_steps) == (0.1, 5)


@pytest.mark.parametrize(("chosen", "follows"), [(0.1, True), (0.3, False)])
def test_a_number_that_was_chosen_by_hand_stays(chosen, follows):
    agent = agent_class("dyna_q").create({"step_size": chosen})
    taken = carried_over(agent, "easy", "blocking_maze")
    assert ("step_size" in taken) is follows
    assert taken["planning_steps"] == 50
