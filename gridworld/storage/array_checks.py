"""Checks that the arrays of a run are what a run leaves, at any later step too: what is loaded can be saved again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.policies import Softmax, UpperConfidenceBound
from gridworld.errors import CheckpointError
from gridworld.runs.history import EPISODES
from gridworld.storage.document import Document
from gridworld.storage.table_checks import check_finite, check_range, check_tables, require
from gridworld.training import loop
from gridworld.training.loop import LONGEST_RUN
from gridworld.training.session import TrainingSession

_LENGTH, _EXPLORATION, _ENDING = 1, 2, 3  # columns of log_recent


def check_form(
    name: str, shape: tuple[int, ...], dtype: np.dtype, wanted_shape: tuple[int, ...], wanted_dtype: np.dtype
) -> None:
    """Refuse an array of another shape or kind of number than is wanted."""
    if dtype != wanted_dtype:
        raise CheckpointError("dtype", f"The array {name!r} holds {dtype} numbers; it must hold {wanted_dtype}.")
    if shape != wanted_shape:
        raise CheckpointError("shape", f"The array {name!r} has the shape {shape}; this world needs {wanted_shape}.")


def check_document(document: Document, position: np.ndarray) -> None:
    """Refuse a document that doesn't belong to a run at this position."""
    at = position.tolist()
    last = document.interventions[-1:]
    require(all(change.step <= at[loop.STEP] for change in last), "list of interventions")
    require(at[loop.ROW_STRIDE] == 1 << document.history_version, "history's version")


def check_arrays(session: TrainingSession, arrays: Mapping[str, np.ndarray], agent: Agent) -> None:
    """Refuse numbers that no run of this session leaves; the forms of the arrays must be right.

    Raises
    ------
    CheckpointError
        `not_finite` or `out_of_range`, naming the array.
    """
    at = [int(number) for number in arrays["position"]]
    _check_position(at, session)
    tables: Any = type(agent).tables
    _check_actions(arrays, session)
    check_tables(type(agent), tables(*(arrays[f"table_{name}"] for name in tables._fields)), at[loop.STEP])
    _check_figures(arrays["figures"], agent)
    _check_history(arrays["log_rows"], at)
    recent = arrays["log_recent"]
    check_finite("recent", recent[:, [_LENGTH, _EXPLORATION, _ENDING]])
    check_range("recent", recent[:, _LENGTH], 0, at[loop.STEP])
    check_range("trail", arrays["log_trail"], -session.problem.n_states, session.problem.n_states - 1)
    check_range("actions", arrays["log_actions"], 0, at[loop.STEP])
    require((arrays["generators"][:, 3] & np.uint64(1)).all(), "array generators")  # increments of PCG64 are odd


def _check_actions(arrays: Mapping[str, np.ndarray], session: TrainingSession) -> None:
    """Refuse values and visits of actions that a state doesn't have."""
    missing, values = session.problem.missing, arrays["table_Q"]
    if ((arrays["table_N"] > 0) & missing).any() or not np.where(missing, np.isneginf(values), True).all():
        raise CheckpointError(
            "other_world", f"The run has taken actions that states of {session.problem.name!r} don't have."
        )


def _check_position(at: list[int], session: TrainingSession) -> None:
    fits = (
        min(at) >= 0
        and at[loop.STEP] <= LONGEST_RUN
        and at[loop.STATE] < session.problem.n_states
        and at[loop.ACTION] < max(1, len(session.problem.actions_of(at[loop.STATE])))
        and at[loop.EPISODE_STEP] < (session.step_limit or LONGEST_RUN + 1)
        and at[loop.EPISODE_STEP] <= at[loop.STEP]
        and at[loop.EPISODE] <= at[loop.STEP]
        and at[loop.ROW_EPISODES] < at[loop.ROW_STRIDE]
        and at[loop.TRAIL_COUNT] <= 2 * at[loop.STEP] + 1
    )
    require(fits, "array position")


def _check_figures(figures: np.ndarray, agent: Agent) -> None:
    check_finite("figures", figures[[loop.EXPLORATION, loop.WINDOW_LENGTH]])
    schedule, x = agent.exploration_schedule, figures[loop.EXPLORATION]
    constant = agent.policy in (Softmax, UpperConfidenceBound)
    require(x == schedule.start if constant else schedule.low <= x <= schedule.high, "array figures")


def _check_history(rows: np.ndarray, at: list[int]) -> None:
    """Refuse rows that don't add up to the run; returns and errors may be anything, as those of a run that diverged."""
    columns = dict(zip(EPISODES.columns, rows.T, strict=True))
    for name in ("epsilon", "mean_length"):
        check_finite("history", columns[name])
    for name in EPISODES.whole:
        check_finite("history", columns[name])
        check_range("history", columns[name], 0, at[loop.STEP])
        require((columns[name] % 1 == 0).all(), f"column {name} of the history")
    covered, complete = columns["episodes"], columns["episodes"][: at[loop.ROW]]
    adds_up = (
        covered.sum() == at[loop.EPISODE]
        and (covered[at[loop.ROW] :] == at[loop.ROW_EPISODES]).all()
        and (2 * complete >= at[loop.ROW_STRIDE]).all()
        and (complete <= at[loop.ROW_STRIDE]).all()
        and columns["length"].sum() + at[loop.EPISODE_STEP] <= at[loop.STEP]
        and all(columns[name].sum() <= at[loop.EPISODE] for name in ("terminated", "success"))
    )
    require(adds_up, "history")
