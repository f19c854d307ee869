"""`gridworld agents`: the agents there are, with their hyperparameters."""

from __future__ import annotations

from typing import Any

import click

from gridworld.agents import AGENTS, Agent, ValueAgent, agent_class
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import json_option, print_json
from gridworld.cli.tables import table
from gridworld.parameters import allowed


@click.command
@click.argument("agent", required=False)
@load_option
@json_option
def agents(agent: str | None, as_json: bool) -> None:
    """List the agents and their hyperparameters, or describe one AGENT."""
    chosen = [agent_class(agent)] if agent is not None else list(AGENTS.values())
    if as_json:
        print_json({"agents": [_describe_agent(kind) for kind in chosen]})
        return
    if agent is None:
        click.echo("Hyperparameters of all agents that learn action values:\n")
        click.echo(_hyperparameter_table(ValueAgent, ValueAgent.hyperparameters()) + "\n")
    click.echo("\n\n".join(_agent_text(kind, whole=agent is not None) for kind in chosen))


def _agent_text(kind: type[Agent], whole: bool) -> str:
    summary = (kind.__doc__ or kind.label).strip().splitlines()[0]
    lines = [f"{kind.id}: {summary}"] + ([kind.source] if kind.source else [])
    names = [name for name in kind.hyperparameters() if whole or not _is_shared(kind, name)]
    return "\n".join([*lines, *([_hyperparameter_table(kind, names)] if names else [])])


def _is_shared(kind: type[Agent], name: str) -> bool:
    """Return whether a hyperparameter is the one that all value agents have, its default included."""
    return name in ValueAgent.hyperparameters() and kind.param[name].default == ValueAgent.param[name].default


def _hyperparameter_table(kind: type[Agent], names: list[str]) -> str:
    rows = [
        [f"  {name}", _shown(kind.param[name].default), allowed(kind.param[name]), kind.param[name].doc or ""]
        for name in names
    ]
    return table(["  hyperparameter", "default", "allowed", "what it is"], rows, left=4)


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _describe_agent(kind: type[Agent]) -> dict[str, Any]:
    return {
        "id": kind.id,
        "label": kind.label,
        "source": kind.source,
        "hyperparameters": [_describe_hyperparameter(kind.param[name]) for name in kind.hyperparameters()],
    }


def _describe_hyperparameter(declared: Any) -> dict[str, Any]:
    low, high = getattr(declared, "bounds", None) or (None, None)
    return {
        "name": declared.name,
        "default": declared.default,
        "low": low,
        "high": high,
        "choices": getattr(declared, "objects", None) and list(declared.objects),
        "doc": declared.doc,
    }
