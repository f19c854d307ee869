"""Results as text that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.cli.judge import optimum_at
from gridworld.cli.parameters import finite
from gridworld.cli.tables import NONE, has_margin, number, table, with_margin
from gridworld.cli.trained import TrainedRun
from gridworld.planning.outcome import CONFIDENCE
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.problem import Problem

MOST_LINES = 1_000  # of values
MOST_SOLVED = 100_000  # states, unless somebody asks for it


def train_report(problem: Problem, agent: Agent, runs: Sequence[TrainedRun]) -> str:
    """Return a report of what was trained, a line for each run, and how it compares with the optimum."""
    worths = [run.worth for run in runs]
    head = ["seed", "episodes", "steps", "last returns", "greedy return", "greedy steps"]
    lines = [f"{agent.label} in {problem.title}", table(head, list(map(_run_line, runs)))]
    if (last := last_returns(runs)) is not None and last["runs"] > 1:
        mean, error = number(last["mean"]), number(last["standard_error"])
        lines.append(f"Mean of the last returns: {mean} ± {error} (standard error of the mean of {last['runs']} runs).")
    if any(has_margin(worth.interval) for worth in worths):
        lines.append(f"± of the greedy return: {CONFIDENCE:.0%} interval over {worths[0].episodes:,} episodes.")
    if any(worth.endless for worth in worths):
        lines.append(f"{NONE} under greedy steps: some episodes of the greedy policy may never end.")
    if problem.n_states <= MOST_SOLVED:
        lines += _best_lines(problem, agent, runs[0].steps)
    return "\n".join(lines)


def last_returns(runs: Sequence[TrainedRun]) -> dict[str, Any] | None:
    """Return the mean over runs of their last returns, and its standard error; None before an episode has ended."""
    means = [run.last_return for run in runs if run.last_return is not None]
    if not means:
        return None
    error = float(np.std(means, ddof=1) / np.sqrt(len(means))) if len(means) > 1 else None
    return {"mean": finite(float(np.mean(means))), "standard_error": finite(error), "runs": len(means)}


def _best_lines(problem: Problem, agent: Agent, step: int) -> list[str]:
    """Return the optimum in words, and what the agent aims at where its discount makes that less."""
    best, lines = optimum_at(problem, agent, step), []
    if isfinite(best.expected_return):
        lines.append(f"The best return is {number(best.expected_return)}.")
    if best.aims_lower:
        discount, aim = agent.settings()["discount"], number(best.return_for_discount)
        lines.append(f"The best policy for the discount {discount:g} returns {aim}.")
    return lines


def _run_line(run: TrainedRun) -> list[str]:
    return [
        str(run.seed),
        f"{run.episodes:,}",
        f"{run.steps:,}",
        f"{number(run.last_return)} over {run.last_over}" if run.last_over else NONE,
        with_margin(run.worth.expected_return, run.worth.interval),
        number(run.worth.expected_length, 1),
    ]


def values_report(problem: Problem, values: np.ndarray) -> str:
    """Return state values [S] as text: on the world's map where it has one, else one state a line."""
    if problem.layouts:
        layout = problem.layouts[0][1]
        return "\n\n".join(_panel(layout, panel, values) for panel in range(layout.panels))
    digits = _digits(values)
    rows = [[problem.state_name(state), number(value, digits)] for state, value in enumerate(values[:MOST_LINES])]
    more = f"\n... and {len(values) - MOST_LINES:,} more states; --json lists them." if len(values) > MOST_LINES else ""
    return table(["state", "value"], rows) + more


def _panel(layout: Layout, panel: int, values: np.ndarray) -> str:
    digits = _digits(values)
    cells = [
        [
            "#" if kind == Kind.WALL else "" if state < 0 else number(values[state], digits)
            for kind, state in zip(kinds, states, strict=True)
        ]
        for kinds, states in zip(layout.kinds[panel], layout.states[panel], strict=True)
    ]
    width = max(len(text) for row in cells for text in row)
    lines = ["  ".join(text.rjust(width) for text in row).rstrip() for row in cells]
    return "\n".join([layout.titles[panel], *lines] if layout.titles[panel] else lines)


def _digits(values: np.ndarray) -> int:
    """Return one decimal for large values, as books print them, and more for small ones."""
    largest = np.abs(values[np.isfinite(values)]).max(initial=0.0)
    return 1 if largest >= 5 else 2 if largest >= 0.5 else 4
