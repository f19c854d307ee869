"""A run as a document: everything that decides its future, and its history, in plain values and arrays."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from gridworld.agents import agent_class
from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError, EvaluationError
from gridworld.planning.greedy_return import exact_greedy_return
from gridworld.runs.history import EPISODES
from gridworld.storage.array_checks import check_arrays, check_document, check_form
from gridworld.storage.document import FORMAT, VERSION, check_states, read_document
from gridworld.storage.environment_state import read_state, why_not_exact, write_state
from gridworld.storage.json_records import encode
from gridworld.storage.table_checks import check_range, forget_episode, require
from gridworld.training import loop
from gridworld.training.loop import EPISODE_STEP, LONGEST_RUN, ROW, ROW_EPISODES
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from gridworld.worlds.problem import Problem

LAST = 100  # episodes whose mean return is given
_SHORTENED = "log_rows"  # of the history only what is in use is kept


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A copy of a run as it was at one moment. Nothing in it changes when the run goes on."""

    document: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    @property
    def step(self) -> int:
        return int(self.arrays["position"][loop.STEP])

    @property
    def episode(self) -> int:
        return int(self.arrays["position"][loop.EPISODE])

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays.values())


def freeze(session: TrainingSession, *, greedy_return: float | None = None) -> Checkpoint:
    """Copy a run, which takes little time and touches no disk; `run_file.write` writes the copy.

    `greedy_return` is the exact return of the greedy policy where it is known, for the table of the library.
    """
    arrays = session.arrays()
    position = arrays["position"]
    used = position[ROW] + (position[ROW_EPISODES] > 0)
    copies = {name: array[: used if name == _SHORTENED else None].copy() for name, array in arrays.items()}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "settings": session.settings.to_dict(),
        "hyperparameters": session.agent.settings(),
        "pending": session.pending,
        "interventions": [change._asdict() for change in session.interventions],
        "departures": list(session.departures),
        "episodes": session.episodes,
        "stepped": session.stepped,
        "capacity": session.history.capacity,
        "history_version": session.history.version,
        "world_text": WORLDS.get(session.settings.world),
        "model": model_checksum(session.problem),
        "environment": read_state(session.environment) if session.has_environment else None,
        "summary": _summary(session, greedy_return),
    }
    return Checkpoint(document, copies)


def with_greedy_return(checkpoint: Checkpoint, problem: Problem) -> Checkpoint:
    """Return the same run with the exact return of its greedy policy in its world; None where that is not known."""
    limit = problem.step_limit or agent_class(checkpoint.document["settings"]["agent"]).default_step_limit
    phase = problem.at(int(checkpoint.arrays["position"][loop.STEP]))
    worth = None
    with suppress(EvaluationError):
        worth = exact_greedy_return(problem, checkpoint.arrays["table_Q"], phase=phase, step_limit=limit)
    known = None if worth is None else _finite(worth.expected_return)
    summary = {**checkpoint.document["summary"], "greedy_return": known}
    return Checkpoint({**checkpoint.document, "summary": summary}, checkpoint.arrays)


def resumes_exactly(session: TrainingSession) -> str:
    """Return why a stored run would not go on bit for bit within an episode, in a sentence; "" if it would."""
    return why_not_exact(session.environment) if session.stepped else ""


class ArraySource(Protocol):
    """Where arrays come from: a copy in memory, or a file that shows their form before it gives them."""

    def names(self) -> set[str]: ...

    def form(self, name: str) -> tuple[tuple[int, ...], np.dtype]: ...

    def array(self, name: str) -> np.ndarray: ...


@dataclass(frozen=True)
class InMemory:
    """Arrays that are there."""

    arrays: Mapping[str, np.ndarray]

    def names(self) -> set[str]:
        return set(self.arrays)

    def form(self, name: str) -> tuple[tuple[int, ...], np.dtype]:
        return self.arrays[name].shape, self.arrays[name].dtype

    def array(self, name: str) -> np.ndarray:
        return self.arrays[name]


def thaw(checkpoint: Checkpoint, *, compiled: bool = CAN_COMPILE) -> TrainingSession:
    """Return a run of its own that goes on from a checkpoint; the checkpoint stays as it is.

    Raises
    ------
    CheckpointError
        If the checkpoint makes no sense; nothing of it is used then.
    """
    return rebuild(encode(checkpoint.document), InMemory(checkpoint.arrays), compiled)


def rebuild(text: bytes, source: ArraySource, compiled: bool) -> TrainingSession:
    """Return the run of a document in JSON, its arrays taken once their form is known to be right. Raises as `thaw`."""
    document = read_document(text)
    settings = document.make_settings()
    if "table_Q" in source.names():
        check_states(settings, (*source.form("table_Q")[0], 0)[0])
    session = document.begin(settings, compiled)
    if document.model != model_checksum(session.problem):
        name = session.problem.name
        raise CheckpointError(
            "other_world", f"The world {name!r} is not the one the run was made in; its rules differ."
        )
    arrays = _take(source, session)
    check_arrays(session, arrays, type(session.agent).create(document.hyperparameters))
    check_document(document, arrays["position"])
    session.restore(arrays, document.hyperparameters, document.pending)
    session.history.version = document.history_version
    session.departures = document.departures
    if session.stepped:
        _restore_environment(session, document.environment_state())
    return session


def _take(source: ArraySource, session: TrainingSession) -> dict[str, np.ndarray]:
    """Return the arrays that the session needs, and no others, each of the form it needs."""
    wanted = {name: (array.shape, array.dtype) for name, array in session.arrays().items()}
    if missing := set(wanted) - source.names():
        raise CheckpointError("member", f"The file lacks the array {min(missing)!r}, which such a run has.")
    if strange := source.names() - set(wanted):
        raise CheckpointError("member", f"The file has an array {min(strange)!r}, which such a run doesn't have.")
    check_form("position", *source.form("position"), *wanted["position"])
    position = source.array("position")
    check_range("position", position, 0, LONGEST_RUN)
    used = int(position[ROW] + (position[ROW_EPISODES] > 0))
    require(used <= session.history.capacity, "array position")
    wanted[_SHORTENED] = ((used, len(EPISODES.columns)), wanted[_SHORTENED][1])
    for name, form in wanted.items():
        check_form(name, *source.form(name), *form)
    return {name: source.array(name) for name in wanted}


def _restore_environment(session: TrainingSession, state: Any) -> None:
    """Put the real environment where it was; where that can't be done, give the episode up and begin the next one."""
    if state is None and not session.step:
        return  # it has not been made yet
    reason = why_not_exact(session.environment)
    if state is not None and not reason:
        write_state(session.environment, state, in_episode=session.arrays()["position"][EPISODE_STEP] > 0)
        return
    reason = reason or "The environment could not give its state when the run was stored."
    if reason not in session.departures:
        session.departures.append(reason)
    session.arrays()["position"][EPISODE_STEP] = 0
    forget_episode(session.tables)


@lru_cache(maxsize=32)
def model_checksum(problem: Problem) -> int:
    """Return the CRC-32 of the transition models of a problem; 0 without one."""
    total = 0
    for step, model in problem.phases:
        total = zlib.crc32(str((step, model.successor.shape)).encode(), total)
        for array in (model.successor, model.probability, model.reward, model.ending, model.start):
            total = zlib.crc32(array.tobytes(), total)
    return total


def world_key(problem: Problem) -> str:
    """Return a word that is the same for problems with the same name and the same rules."""
    return f"{problem.name}-{model_checksum(problem):08x}"


def _summary(session: TrainingSession, greedy_return: float | None) -> dict[str, Any]:
    """Return the numbers of this run for a table of runs."""
    mean, over = mean_return(session)
    return {
        "world": session.problem.title,
        "world_key": world_key(session.problem),
        "agent": session.agent.label,
        "agent_id": session.settings.agent,
        "seed": session.settings.seed,
        "step": session.step,
        "episode": session.episode,
        "mean_return": _finite(mean),
        "mean_over": over,
        "greedy_return": _finite(greedy_return),
        "saved": time.time(),
    }


def _finite(value: float | None) -> float | None:
    """Return a number that JSON knows, None for the rest."""
    return value if value is not None and math.isfinite(value) else None


def mean_return(session: TrainingSession) -> tuple[float | None, int]:
    """Return the mean return of the last episodes and their number: 100, or 50 once rows of the history have merged."""
    columns = session.history.since(max(0, len(session.history) - LAST))
    merged = (columns["episodes"] > 1).any()
    returns = session.scene().recent[:, 0] if merged else columns["return"]
    return mean_of(returns), len(returns)


def mean_of(returns: np.ndarray) -> float | None:
    """Return the mean of some returns; None where there are none."""
    with np.errstate(over="ignore", invalid="ignore"):  # of a run that diverged
        return float(returns.mean()) if len(returns) else None
