"""From a run to its comparison: a link that opens the run's settings beside another agent, over many seeds."""

from __future__ import annotations

from urllib.parse import urlencode

from dashboards.pages.plan_address import MOST_EPISODES, POINTS, checked, to_query, world_of
from dashboards.style.markup import fill
from gridworld.agents import AGENTS, agent_class
from gridworld.experiments.plan import Contestant, Plan
from gridworld.training.settings import Settings

RIVAL = {"sarsa": "q_learning", "dyna_q": "dyna_q_plus"}
"""Which agent an agent is compared with at first; others with Sarsa."""


def rival_plan(settings: Settings) -> Plan:
    """Return a plan that compares the agent of some settings with another one that has the same numbers.

    Raises
    ------
    ValueError
        In one sentence, if a page can't compare them.
    """
    rival = RIVAL.get(settings.agent, "sarsa")
    known = agent_class(rival).hyperparameters()
    shared = {name: value for name, value in settings.hyperparameters.items() if name in known}
    pair = (settings.agent, dict(settings.hyperparameters)), (rival, shared)
    contestants = tuple(Contestant(agent, numbers, AGENTS[agent].label) for agent, numbers in pair)
    episodes = min(settings.episodes or Settings.episodes, MOST_EPISODES)
    metrics = ("last_return", "first_return", "return", "length")
    return checked(
        Plan(
            contestants,
            (world_of(settings),),
            episodes=episodes,
            first_seed=settings.seed,
            metrics=metrics,
            points=POINTS,
        )
    )


def compare_link(settings: Settings) -> str:
    """Return the link as HTML, or why there is none."""
    try:
        query = urlencode(to_query(rival_plan(settings)))
    except ValueError as problem:
        return fill('<div class="hint">{}</div>', problem)
    text = "Compare with another agent, over many seeds"
    return fill(
        '<div class="hint"><a href="?{}" style="color:var(--mui-palette-primary-main)">{} …</a></div>', query, text
    )
