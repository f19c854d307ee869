"""Whether the arrays of a run are such as a run could have left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.policies import Softmax, UpperConfidenceBound
from gridworld.errors import CheckpointError
from gridworld.storage.table_checks import check_finite, check_range, check_tables, require
from gridworld.training import loop
from gridworld.training.session import TrainingSession

LONGEST_RUN = 1 << 56  # steps


def check_form(
    name: str, shape: tuple[int, ...], dtype: np.dtype, wanted_shape: tuple[int, ...], wanted_dtype: np.dtype
) -> None:
    """Refuse an array of another shape or kind of number than is wanted."""
    if dtype != wanted_dtype:
        raise CheckpointError("dtype", f"The array {name!r} holds {dtype} numbers; it must hold {wanted_dtype}.")
    if shape != wanted_shape:
        raise CheckpointError("shape", f"The array {name!r} has the shape {shape}; this world needs {wanted_shape}.")


def check_arrays(session: TrainingSession, arrays: Mapping[str, np.ndarray], agent: Agent) -> None:
    """Refuse numbers that no run of this session leaves; the forms of the arrays must be right.

    Raises
    ------
    CheckpointError
        `not_finite` or `out_of_range`, naming the array.
    """
    _check_position([int(number) for number in arrays["position"]], session)
    tables: Any = type(agent).tables
    check_tables(type(agent), tables(*(arrays[f"table_{name}"] for name in tables._fields)))
    _check_figures(arrays["figures"], agent)
    check_finite("history", arrays["log_rows"])
    check_finite("recent", arrays["log_recent"])
    check_range("trail", arrays["log_trail"], -session.problem.n_states, session.problem.n_states - 1)
    check_range("actions", arrays["log_actions"], 0, LONGEST_RUN)
    require((arrays["generators"][:, 3] & np.uint64(1)).all(), "array generators")  # increments of PCG64 are odd


def _check_position(at: list[int], session: TrainingSession) -> None:
    fits = (
        min(at) >= 0
        and max(at) <= LONGEST_RUN
        and at[loop.STATE] < session.problem.n_states
        and at[loop.ACTION] < session.problem.n_actions
        and at[loop.EPISODE_STEP] < (session.step_limit or LONGEST_RUN)
        and at[loop.EPISODE_STEP] <= at[loop.STEP]
        and at[loop.EPISODE] <= at[loop.STEP]
        and at[loop.ROW_EPISODES] < at[loop.ROW_STRIDE]
    )
    require(fits, "array position")


def _check_figures(figures: np.ndarray, agent: Agent) -> None:
    before_first_end = np.isneginf(figures) & (np.arange(len(figures)) == loop.BEST)
    check_finite("figures", figures[~before_first_end])
    schedule, x = agent.exploration_schedule, figures[loop.EXPLORATION]
    constant = agent.policy in (Softmax, UpperConfidenceBound)
    require(x == schedule.start if constant else schedule.low <= x <= schedule.high, "array figures")
