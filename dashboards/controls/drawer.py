"""The drawer: what is trained, with which numbers. It turns edits into settings and changes, and knows no run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.choices import OTHER, agent_choices, world_choices
from dashboards.controls.form import LOCK, Form, disable
from dashboards.style.widgets import (
    LABELLED,
    NAMED_NOT_SHOWN,
    SEGMENT_SX,
    WIDE,
    field_of,
    row,
    section,
    section_text,
    stack,
)
from gridworld.agents import PRESETS, Agent, agent_class
from gridworld.training.run_options import RunOptions, changed
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

ONLY_WITH = {
    "step_size": ("step_size_schedule", ("constant",)),
    "step_size_power": ("step_size_schedule", ("polynomial",)),
    "epsilon_schedule": ("exploration", ("epsilon-greedy",)),
    "epsilon": ("exploration", ("epsilon-greedy",)),
    "epsilon_end": ("epsilon_schedule", ("linear", "exponential")),
    "epsilon_decay": ("epsilon_schedule", ("linear", "exponential")),
    "temperature": ("exploration", ("softmax",)),
    "confidence": ("exploration", ("UCB",)),
}
"""Hyperparameters that mean something only with some choices of another."""


class Controls(Form):
    """The form of a run.

    `on_settings(settings)` is called when an edit asks for another run, `on_configure(changes)` when it changes the
    present one; both may raise ValueError, whose sentence then stands under the form.
    """

    def __init__(
        self,
        settings: Settings,
        on_settings: Callable[[Settings], None],
        on_configure: Callable[[Mapping[str, Any]], None],
    ) -> None:
        super().__init__()
        self._on_settings, self._on_configure = on_settings, on_configure
        self.options = RunOptions.of(settings)
        self.agent = settings.make_agent()
        self._make_world_part()
        self._make_agent_part()
        self.panel = stack(
            self._world_head,
            self._world_part,
            pmui.Divider(**WIDE),
            row(self._agent_head, self.live, justifyContent="space-between"),
            self._agent_part,
            self.problem_text,
            gap="14px",
            p="16px",
        )
        self.options.param.watch(self._options_edited, ["slip", "step_reward", "step_limit", "seed", "episodes"])
        self.show(settings)

    def _make_world_part(self) -> None:
        self._world_head = section("World")
        self.world = pmui.Select(label="World", options=world_choices(), size="small", **LABELLED)
        self.other = pmui.TextInput(
            label="Gymnasium id", placeholder="FrozenLake-v1?map_name=8x8", size="small", visible=False, **WIDE
        )
        self.world.param.watch(lambda event: self._choose_world(event.new), "value")
        self.other.param.watch(lambda event: self._choose_world(event.new) if event.new else None, "value")
        self._numbers = {
            name: field_of(self.options, name) for name in ("slip", "step_reward", "step_limit", "seed", "episodes")
        }
        self._world_part = stack(self.world, self.other, *self._numbers.values(), gap="4px")

    def _make_agent_part(self) -> None:
        self._agent_head = section("Agent")
        self.live = pmui.Switch(
            label="Live tuning",
            value=False,
            size="small",
            margin=0,
            description="Change α, γ and ε while the run goes on",
        )
        self.live.param.watch(lambda event: self.relock(), "value")
        self.algorithm = pmui.Select(label="Algorithm", options=agent_choices(), size="small", **LABELLED)
        self.algorithm.param.watch(lambda event: self._choose_agent(event.new), "value")
        self.preset = pmui.CheckButtonGroup(
            label="Presets",
            options=list(PRESETS),
            color="primary",
            sx=SEGMENT_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **WIDE,
        )
        self.preset.param.watch(lambda event: self._choose_preset(set(event.new) - set(event.old)), "value")
        self._fields = stack(gap="4px")
        self._agent_part = stack(self.algorithm, self.preset, self._fields, gap="4px")

    def show(self, settings: Settings) -> None:
        """Take over settings that came from elsewhere (another viewer, a loaded run) without asking for anything."""
        with self.adopt():
            problem = settings.make_problem()
            self.options.param.update(
                world=settings.world, agent=settings.agent, seed=settings.seed, episodes=settings.episodes
            )
            self.options.take_numbers(problem)
            known = settings.world in self.world.options.values()
            self.world.value = settings.world if known else OTHER
            self.other.param.update(visible=not known, value="" if known or "\n" in settings.world else settings.world)
            self.algorithm.value = settings.agent
            self._show_agent(settings.make_agent())
            for name in ("slip", "step_reward"):
                self._numbers[name].visible = problem.world is not None
        self.relock()

    def _show_agent(self, agent: Agent) -> None:
        if type(agent) is type(self.agent) and self._fields.objects:
            self.agent.param.update(**agent.settings())
        else:
            self.agent = agent
            self._rows = {name: field_of(agent, name) for name in agent.hyperparameters()}
            self._fields.objects = list(self._rows.values())
            if self._rows:
                agent.param.watch(self._agent_edited, agent.hyperparameters())
        self._show_relevant()

    def _show_relevant(self) -> None:
        """Show the hyperparameters that mean something with the present choices, and the preset they make up."""
        values = self.agent.settings()
        for name, part in self._rows.items():
            governor, choices = ONLY_WITH.get(name, (name, None))
            relevant = choices is None or values[governor] in choices
            if relevant and governor == "epsilon_schedule":
                relevant = values["exploration"] == "epsilon-greedy"
            part.visible = relevant
        self.preset.visible = "step_size" in values
        with self.adopt():
            self.preset.value = [name for name, numbers in PRESETS.items() if numbers.items() <= values.items()]

    def relock(self) -> None:
        """Lock the world and the agent, but for what can be tuned live."""
        self._world_head.object = section_text("World", LOCK if self.running else "")
        for part in (self.world, self.other, self.algorithm, *self._numbers.values()):
            disable(part, self.running)
        disable(self._numbers["episodes"], False)
        tunable = self.live.value or not self.running
        disable(self.preset, self.running)
        for name, part in self._rows.items():
            disable(part, self.running and not (tunable and name in self.agent.live))

    def _ask_anew(self) -> None:
        self.attempt(lambda: self._on_settings(self.options.settings(self.agent)))

    def _choose_world(self, world: str) -> None:
        if self.adopting:
            return
        if world == OTHER:
            self.other.visible = True
            return
        before = self.options.world

        def ask() -> None:
            problem: Problem = Settings(world=world).make_problem()
            with self.adopt():
                self.options.world = world
                self.options.take_numbers(problem)
            self._on_settings(self.options.settings(self.agent))

        self.attempt(ask)
        if self.problem_text.visible:
            self.options.world = before

    def _choose_agent(self, agent_id: str) -> None:
        if self.adopting:
            return
        kept = changed(self.agent)
        agent = agent_class(agent_id)()
        common = {name: kept[name] for name in agent.hyperparameters() if name in kept}
        with self.adopt():
            agent.param.update(**common)
            self.options.agent = agent_id
            self._show_agent(agent)
        self._ask_anew()

    def _choose_preset(self, pressed: set[str]) -> None:
        """Take the numbers of a preset; one that is pressed again stays pressed."""
        if self.adopting:
            return
        numbers = {name: value for preset in pressed for name, value in PRESETS[preset].items()}
        with self.adopt():
            self.agent.param.update(**numbers)
        self._show_relevant()
        if numbers:
            self._agent_asks(numbers)

    def _options_edited(self, *events: Any) -> None:
        if self.adopting:
            return
        if all(event.name == "episodes" for event in events):
            self.attempt(lambda: self._on_configure({"episodes": self.options.episodes}))
        else:
            self._ask_anew()

    def _agent_edited(self, *events: Any) -> None:
        self._show_relevant()
        if not self.adopting:
            self._agent_asks({event.name: event.new for event in events})

    def _agent_asks(self, changes: dict[str, Any]) -> None:
        self._show_relevant()
        if set(changes) <= set(self.agent.live):
            self.attempt(lambda: self._on_configure(changes))
        else:
            self._ask_anew()
