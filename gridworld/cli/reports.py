"""Results as text that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from gridworld.cli.judge import greedy, optimum
from gridworld.storage.checkpoint import mean_return
from gridworld.training.session import TrainingSession
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.problem import Problem

NONE = "-"
MOST_LINES = 1_000  # of values
MOST_SOLVED = 100_000  # states, unless somebody asks for it


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns as wide as they must be, the first `left` flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip_longest(head, *rows, fillvalue="")]
    adjust = [str.ljust] * left + [str.rjust] * (len(head) - left)
    return "\n".join(
        "  ".join(align(text, width) for align, text, width in zip(adjust, row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def number(value: float | None, digits: int = 2) -> str:
    """A number, or a dash where there is none."""
    return NONE if value is None or not np.isfinite(value) else f"{value:,.{digits}f}"


def train_report(sessions: Sequence[TrainingSession]) -> str:
    """What was trained, a line a run, and how it compares with the optimum."""
    first = sessions[0]
    rows = [_run_line(session) for session in sessions]
    lines = [
        f"{first.agent.label} in {first.problem.title}",
        table(["seed", "episodes", "steps", "last returns", "greedy return", "greedy steps"], rows),
    ]
    means = [mean for mean, _ in map(mean_return, sessions) if mean is not None]
    if len(means) > 1:
        mean, error = np.mean(means), np.std(means, ddof=1) / np.sqrt(len(means))
        lines.append(f"Mean of the last returns: {number(float(mean))} ± {number(float(error))} (standard error).")
    if any(row[-1] == NONE for row in rows):
        lines.append(f"{NONE} under greedy: the greedy policy doesn't end the episode.")
    best = optimum(first) if first.problem.n_states <= MOST_SOLVED else None
    if best is not None:
        lines.append(f"The best return is {number(best)}.")
    return "\n".join(lines)


def _run_line(session: TrainingSession) -> list[str]:
    mean, over = mean_return(session)
    verdict = greedy(session)
    return [
        str(session.settings.seed),
        f"{session.episode:,}",
        f"{session.step:,}",
        f"{number(mean)} over {over}" if over else NONE,
        number(verdict.returned),
        number(verdict.length, 1),
    ]


def values_report(problem: Problem, values: np.ndarray) -> str:
    """State values [S] on the world's map where it has one, else a line a state."""
    if problem.layouts:
        layout = problem.layouts[0][1]
        return "\n\n".join(_panel(layout, panel, values) for panel in range(layout.panels))
    digits = _digits(values)
    rows = [[problem.state_name(state), number(value, digits)] for state, value in enumerate(values[:MOST_LINES])]
    more = f"\n... and {len(values) - MOST_LINES:,} states more; --json has them." if len(values) > MOST_LINES else ""
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
    """One decimal for large values, as books print them, and more for small ones."""
    largest = np.abs(values[np.isfinite(values)]).max(initial=0.0)
    return 1 if largest >= 5 else 2 if largest >= 0.5 else 4
