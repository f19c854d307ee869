"""What is recommended for an agent in a world: shown, marked where it was changed, and taken by a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.style.buttons import on_press
from dashboards.style.markup import fill
from dashboards.style.widgets import html, row
from gridworld.agents import Agent, agent_class
from gridworld.training.recommended import recommended_hyperparameters


class Recommendation:
    """A line below the agent's fields; `use(numbers)` is called to take what is recommended."""

    def __init__(self, use: Callable[[dict[str, Any]], None]) -> None:
        self._numbers: dict[str, Any] = {}
        self.text = html("", styles={"flex": "1", "min-width": "0"})
        self.button = pmui.Button(label="Use recommended", size="small", variant="text", margin=0)
        on_press(self.button, lambda: use(self._numbers))
        self.panel = row(self.text, self.button, gap="4px")

    def show(self, world: str, agent: Agent) -> None:
        """Show whether an agent's numbers are those recommended for a world; nothing where none are."""
        self._numbers = recommended_hyperparameters(world, agent.id)
        differing = [name for name, value in self._numbers.items() if getattr(agent, name) != value]
        labels = ", ".join(agent.param[name].label for name in differing)
        sentence = f"Not as recommended for this world: {labels}" if differing else "Recommended for this world"
        self.panel.visible = bool(self._numbers)
        self.button.visible = bool(differing)
        self.text.object = fill('<div class="hint">{}</div>', sentence)


def carried_over(agent: Agent, before: str, now: str) -> dict[str, Any]:
    """Return the hyperparameters that an agent takes over with another world: what was not chosen by hand follows.

    A number is chosen by hand if it is neither recommended for the world before nor, where none is, the default.
    """
    usual = agent_class(agent.id)().settings()
    old, new = (recommended_hyperparameters(world, agent.id) for world in (before, now))
    values = agent.settings()
    follow = [name for name in {**old, **new} if values[name] == old.get(name, usual[name])]
    return {name: new.get(name, usual[name]) for name in follow}
