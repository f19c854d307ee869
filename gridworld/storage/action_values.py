"""Action values for and from other programs: npz, npy, and text."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
from msgspec import Struct

from gridworld.errors import CheckpointError
from gridworld.storage import run_file
from gridworld.storage.archive import MAX_BYTES, Archive, Header, as_array, pack_archive, read_header
from gridworld.storage.checkpoint import model_checksum
from gridworld.storage.json_records import decode
from gridworld.storage.table_checks import check_finite
from gridworld.storage.value_text import STATE_COLUMNS, parse_values
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

_WORLD = "world"
_NPY = b"\x93NUMPY"


class _World(Struct):
    """Which world the values of an npz file of this program are of."""

    world: str
    model: int


def action_values(session: TrainingSession) -> np.ndarray:
    """Return the run's own action values, float64 [S, A]."""
    return session.arrays()["table_Q"]


def q_table_npz(session: TrainingSession) -> bytes:
    """Return the action values as an npz file with one array `Q`, float64 [S, A], which `numpy.load` reads."""
    buffer = io.BytesIO()
    problem = session.problem
    world = {"world": problem.name, "actions": problem.actions, "model": model_checksum(problem)}
    pack_archive(buffer, _WORLD, world, {"Q": action_values(session)})
    return buffer.getvalue()


def q_table_csv(session: TrainingSession) -> str:
    """Return the action values as CSV: a line a state, its number, its name, and a value an action, exact to the bit.

    The first line, a comment, names the world they are of.
    """
    problem, text = session.problem, io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*STATE_COLUMNS, *problem.actions])
    values = action_values(session).tolist()
    writer.writerows([state, problem.state_name(state), *row] for state, row in enumerate(values))
    return f"# {_world_line(problem)}\n{text.getvalue()}"


def read_q_table(content: bytes, problem: Problem) -> np.ndarray:
    """Return the action values of a file, float64 [S, A], checked against the world they are for; -inf: no action.

    Read are npz files (the array `Q`, or else the only array if it has a name that begins with q or none, as
    `numpy.savez` gives it), npy files, and texts (see `parse_values`). A file that doesn't name its world needs the
    right shape only; for a grid world [rows, columns, A] is one too.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    if content[:2] == b"PK":
        values = _read_npz(content, problem)
    elif content.startswith(_NPY):
        values = _read_npy(content, problem)
    else:
        comments, values = parse_values(content, problem)
        _check_comments(comments, problem)
    check_finite("Q", np.where(problem.missing, 0.0, values))
    return np.where(problem.missing, -np.inf, values)


def begin_with(session: TrainingSession, values: np.ndarray) -> None:
    """Let a session that has not done a step begin with these action values, float64 [S, A] from `read_q_table`.

    Raises
    ------
    ValueError
        If the session has begun, or (`CheckpointError`) the shape is another one.
    """
    if session.step:
        raise ValueError(
            f"The run has done {session.step:,} steps; values can only be loaded into one that has not begun."
        )
    if values.shape != session.tables.Q.shape:
        raise _other_shape(values.shape, session.problem)
    session.agent.set_values(session.tables, values)
    session.departures.append("The run began with action values from a file.")


def session_of(content: bytes, settings: Settings, *, limit: int = MAX_BYTES) -> TrainingSession:
    """Return the run of a file: a saved one, or one of these settings that begins with the file's action values.

    `limit` is how many bytes an npz file may unpack to.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    if content[:2] == b"PK" and Archive(io.BytesIO(content), limit).text(run_file.DOCUMENT) is not None:
        return run_file.from_bytes(content, limit=limit)
    session = TrainingSession(settings)
    begin_with(session, read_q_table(content, session.problem))
    return session


def _world_line(problem: Problem) -> str:
    return f"action values of {' '.join(problem.name.split())}, model {model_checksum(problem):08x}"


def _check_comments(comments: list[str], problem: Problem) -> None:
    """Refuse a text of this program that is of another world; what others write into comments is their affair."""
    for comment in map(_words, comments):
        if comment.startswith("action values of ") and comment != _words(_world_line(problem)):
            raise _other_world(comment.partition(" model")[0].removeprefix("action values of "), problem)


def _words(comment: str) -> str:
    """Return a comment without delimiters, which spreadsheets change."""
    return " ".join(re.split(r"[,;\s]+", comment))


def _read_npz(content: bytes, problem: Problem) -> np.ndarray:
    archive = Archive(io.BytesIO(content))
    name = _name_of_values(archive.array_names)
    _check_form(archive.header(name), problem)
    text = archive.text(_WORLD)
    if text is not None:
        of = decode(text, _World, "The npz file")
        if of.model != model_checksum(problem):
            raise _other_world(of.world, problem)
    return _as_table(archive.array(name), problem)


def _read_npy(content: bytes, problem: Problem) -> np.ndarray:
    header = read_header(content, "Q")
    _check_form(header, problem)
    numbers = content[header.length :]
    if len(numbers) != header.nbytes:
        raise CheckpointError("damaged", f"The npy file declares {header.nbytes:,} bytes and has {len(numbers):,}.")
    return _as_table(as_array(numbers, header), problem)


def _name_of_values(names: set[str]) -> str:
    """Return the name of the array of an npz file that has the action values."""
    if "Q" in names:
        return "Q"
    (only,) = names if len(names) == 1 else ("",)
    if only == "arr_0" or only[:1] in ("q", "Q"):
        return only
    found = ", ".join(sorted(names))[:100] or "none"
    raise CheckpointError(
        "member", f"The npz file has no array named Q (its arrays: {found}); save it with numpy.savez(path, Q=Q)."
    )


def _check_form(header: Header, problem: Problem) -> None:
    if header.dtype.kind not in "fiu":
        raise CheckpointError("dtype", f"The action values are {header.dtype}, not numbers.")
    if header.shape not in _shapes(problem):
        raise _other_shape(header.shape, problem)


def _shapes(problem: Problem) -> list[tuple[int, ...]]:
    """Return the shapes that the action values of a problem may have."""
    world = problem.world
    by_cell = [] if world is None else [(world.rows, world.columns, problem.n_actions)]
    return [(problem.n_states, problem.n_actions), *by_cell]


def _as_table(values: np.ndarray, problem: Problem) -> np.ndarray:
    return values.astype(float).reshape(problem.n_states, problem.n_actions)


def _other_shape(shape: tuple[int, ...], problem: Problem) -> CheckpointError:
    wanted = _shapes(problem)[0]
    advice = "; save its transpose, Q.T" if shape == wanted[::-1] else ""
    return CheckpointError(
        "shape", f"The action values have the shape {shape}; {problem.name!r} needs {wanted}{advice}."
    )


def _other_world(of: str, problem: Problem) -> CheckpointError:
    return CheckpointError("other_world", f"The action values are of {of[:60]!r}, another world than {problem.name!r}.")
