"""The worlds and agents that a form offers, by the names people know them by."""

from __future__ import annotations

import gymnasium as gym

from gridworld.agents import AGENTS
from gridworld.worlds.ids import is_text
from gridworld.worlds.kept import kept_worlds
from gridworld.worlds.named import WORLDS, is_own, load_world, world_ids
from gridworld.worlds.problem import load_problem

OTHER = "other"
GRIDS = ("easy", "medium", "hard", "four_rooms", "open_10", "open_30", "open_100")
BOOK = (
    "corners",
    "jumps",
    "windy",
    "cliff",
    "GridWorld/MaximizationBias-v0",
    "dyna_maze",
    "blocking_maze",
    "shortcut_maze",
)
GYMNASIUM = {
    "FrozenLake-v1": "FrozenLake 4 × 4",
    "FrozenLake8x8-v1": "FrozenLake 8 × 8",
    "CliffWalking-v1": "CliffWalking",
    "CliffWalking-v1?is_slippery=true": "CliffWalking, slippery",
    "Taxi-v4": "Taxi",
    "Taxi-v4?is_rainy=true": "Taxi, rainy",
    "Blackjack-v1": "Blackjack",
}
ABOUT = {
    "easy": ("an empty room", "An empty room: find the goal in the opposite corner."),
    "medium": ("a few walls", "A room with a few walls between start and goal."),
    "hard": ("walls and pits", "Walls, and pits that end the episode with a loss."),
    "four_rooms": ("narrow doors", "Four rooms joined by narrow doors, after Sutton, Precup and Singh (1999)."),
    "corners": (
        "two ways to end",
        "Example 4.1 of Sutton and Barto: walk to either of two corners; good for evaluating policies.",
    ),
    "jumps": (
        "leaps that pay",
        "Example 3.5: from two cells the agent jumps elsewhere for a large reward. It never ends.",
    ),
    "windy": ("pushed upwards", "Example 6.5: a wind from below pushes the agent upwards."),
    "cliff": (
        "a risky short cut",
        "Example 6.6: the shortest path runs along a cliff. Sarsa keeps away from it, Q-learning does not.",
    ),
    "GridWorld/MaximizationBias-v0": (
        "noisy rewards",
        "Example 6.7: noisy rewards mislead Q-learning, but not Double Q-learning.",
    ),
    "dyna_maze": ("for planning", "Example 8.1: a maze in which planning saves most of the steps."),
    "blocking_maze": (
        "the way closes",
        "Example 8.2: after 1,000 steps the short way is blocked, and another one opens.",
    ),
    "shortcut_maze": ("a way opens", "Example 8.3: after 3,000 steps a shorter way opens; only exploration finds it."),
    "FrozenLake-v1": ("slippery, holes", "Cross the ice to the goal without falling into a hole; it is slippery."),
    "FrozenLake8x8-v1": ("a larger lake", "A larger lake with more holes."),
    "CliffWalking-v1": ("as in the book", "Gymnasium's version of the cliff in Example 6.6."),
    "CliffWalking-v1?is_slippery=true": ("icy ground", "The cliff with ice: the agent may slip to one side."),
    "Taxi-v4": ("fetch and deliver", "Pick up a passenger at one place and drop them off at another."),
    "Taxi-v4?is_rainy=true": ("it may slip", "The taxi in the rain: it may slip to one side."),
    "Blackjack-v1": ("hit or stick", "Hit or stick against a dealer: Example 5.1 of Sutton and Barto."),
    OTHER: ("", "Any environment of Gymnasium with a finite number of observations and actions."),
}
"""What each world is about, by its id: a few words for the list, and a sentence."""


def world_groups(present: str = "") -> dict[str, dict[str, str]]:
    """Return group -> name -> what `load_problem` takes; no two names are alike, and no group is empty.

    A name ends with a few words about the world. The world `present` is among them if it is given as its text; those
    of the user's folder are theirs, which stay when a file changes.
    """
    named = set(WORLDS)
    groups: dict[str, dict[str, str]] = {"Grids": {}, "From the book": {}, "Gymnasium": {}, "My worlds": {}}
    taken: set[str] = set()

    def add(group: str, world: str, name: str) -> None:
        unique = name if name not in taken else f"{name} ({'edited' if is_text(world) else world})"
        taken.add(unique)
        brief = _brief(world)
        groups[group][f"{unique} – {brief}" if brief else unique] = world

    for group, worlds in (("Grids", GRIDS), ("From the book", BOOK)):
        for world in worlds:
            is_grid = world in named or world.startswith("open_")
            add(group, world, (load_world(world).title or world) if is_grid else "Maximization bias")
    for world, name in GYMNASIUM.items():
        if world.partition("?")[0] in gym.registry:
            add("Gymnasium", world, name)
    add("Gymnasium", OTHER, "Other Gymnasium environment …")
    for world in WORLDS:
        if world not in (*GRIDS, *BOOK):
            add("My worlds", world, load_world(world).title or world)
    for kept in kept_worlds():
        if not is_own(kept.name):
            add("My worlds", kept.text, _label(kept.name, kept.title))
    if "\n" in present and present not in groups["My worlds"].values():
        add("My worlds", present, load_problem(present).title)
    return {group: worlds for group, worlds in groups.items() if worlds}


def _label(name: str, title: str) -> str:
    """Return what a kept world is called: its name, by which it is found, and its title if that says more."""
    return f"{name} – {title}" if title and title.casefold() != name.casefold() else title or name


def about(world: str) -> str:
    """Return a sentence about a world; for one that is not among the choices, its kind."""
    name = "" if is_text(world) else world.partition("?")[0]
    known = world if world in ABOUT else name
    if known in ABOUT:
        return ABOUT[known][1]
    if name.startswith("open_"):
        return "An empty square room, start and goal in opposite corners."
    return "A world of your own." if is_text(world) or name in world_ids() else ABOUT[OTHER][1]


def _brief(world: str) -> str:
    return "an empty room" if world.startswith("open_") else ABOUT.get(world, ("", ""))[0]


def agent_choices() -> dict[str, str]:
    """Return name -> id."""
    return {agent.label: agent.id for agent in AGENTS.values()}
