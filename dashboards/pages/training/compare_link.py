"""From a run to its comparison: links that open its settings beside another agent, and its twin."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from dashboards.pages.plan_address import MOST_EPISODES, POINTS, checked, to_query, world_of
from dashboards.style.markup import fill
from gridworld.agents import AGENTS, agent_class
from gridworld.experiments.plan import Contestant, Plan
from gridworld.training.settings import Settings

RIVAL = {"sarsa": "q_learning", "dyna_q": "dyna_q_plus"}
"""Which agent an agent is compared with at first; others with Sarsa."""


LINK = '<a href="?{}" style="color:var(--mui-palette-primary-main)">{}</a>'


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


def compare_links(settings: Settings, run_id: str) -> str:
    """Return the links to a run's comparison and to its race against a twin as HTML, or why there are none."""
    try:
        query = to_query(rival_plan(settings))
    except ValueError as problem:
        return fill('<div class="hint">{}</div>', problem)
    links = {
        "Compare with another agent, over many seeds …": query,
        "Race this run against a twin with one thing changed …": {**query, "twin": run_id},
    }
    items = [Markup(LINK).format(urlencode(query), text) for text, query in links.items()]
    return fill('<div class="hint">{}</div>', Markup("<br>").join(items))
