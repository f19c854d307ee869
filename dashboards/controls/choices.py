"""The worlds and agents that a form offers, by the names people know them by."""

from __future__ import annotations

import gymnasium as gym

from gridworld.agents import AGENTS
from gridworld.worlds.named import load_world, world_ids

OTHER = "other"
OPEN_SIZES = (10, 30, 100)
GYMNASIUM = {
    "FrozenLake 4 × 4": "FrozenLake-v1",
    "FrozenLake 8 × 8": "FrozenLake8x8-v1",
    "CliffWalking": "CliffWalking-v1",
    "CliffWalking, slippery": "CliffWalking-v1?is_slippery=true",
    "Taxi": "Taxi-v4",
    "Taxi, rainy": "Taxi-v4?is_rainy=true",
    "Blackjack": "Blackjack-v1",
    "Maximization bias": "GridWorld/MaximizationBias-v0",
}


def world_choices() -> dict[str, str]:
    """Name -> what `load_problem` takes, worlds of one's own among them."""
    worlds = {load_world(world).title or world: world for world in world_ids()}
    worlds |= {f"Open {size} × {size}": f"open_{size}" for size in OPEN_SIZES}
    worlds |= {name: world for name, world in GYMNASIUM.items() if world.partition("?")[0] in gym.registry}
    return {**worlds, "Other Gymnasium environment …": OTHER}


def agent_choices() -> dict[str, str]:
    """Name -> id."""
    return {agent.label: agent.id for agent in AGENTS.values()}
