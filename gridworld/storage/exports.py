"""Parts of a run for other programs: its action values, its history, and the recipe that makes it again."""

from __future__ import annotations

import csv
import inspect
import io
import pprint
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from msgspec import Struct

from gridworld.errors import CheckpointError
from gridworld.storage import run_file
from gridworld.storage.archive import Archive, pack_archive
from gridworld.storage.checkpoint import model_checksum
from gridworld.storage.json_records import decode
from gridworld.storage.table_checks import check_finite
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

WORLD = "world"


class _World(Struct):
    world: str
    model: int


MAX_CSV = 1 << 30  # characters
_STATE_COLUMNS = ["state", "name"]
_COUNTS = {"episode", "step", "episodes", "length", "terminated", "success"}


def action_values(session: TrainingSession) -> np.ndarray:
    """The run's own action values, float64 [S, A]."""
    return session.arrays()["table_Q"]


def q_table_npz(session: TrainingSession) -> bytes:
    """The action values as an npz file with one array `Q`, float64 [S, A], which `numpy.load` reads."""
    buffer = io.BytesIO()
    problem = session.problem
    world = {"world": problem.name, "actions": problem.actions, "model": model_checksum(problem)}
    pack_archive(buffer, WORLD, world, {"Q": action_values(session)})
    return buffer.getvalue()


def q_table_csv(session: TrainingSession) -> str:
    """The action values as CSV: a line a state, its number, its name, and a value an action, exact to the bit.

    The first line, a comment, says which world they are of.
    """
    problem = session.problem
    return f"# {_world_line(problem)}\n" + _csv(
        [*_STATE_COLUMNS, *problem.actions],
        ([s, problem.state_name(s), *values] for s, values in enumerate(action_values(session).tolist())),
    )


def read_q_table(content: bytes, problem: Problem) -> np.ndarray:
    """The action values of an npz or CSV file, float64 [S, A], checked against the world they are for.

    A file that doesn't say which world it is of (such as one by `numpy.savez(path, Q=Q)`) needs the right shape only.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    values = _read_npz(content, problem) if content[:2] == b"PK" else _read_csv(content, problem)
    check_finite("Q", values)
    return values


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
    arrays = session.arrays()
    check_shape(values.shape, session.problem)
    arrays["table_Q"][...] = values
    if "table_twins" in arrays:
        arrays["table_twins"][...] = values.repeat(2, axis=0)
    session.departures.append("The run began with action values from a file.")


def session_of(content: bytes, settings: Settings) -> TrainingSession:
    """The run of a file: a saved one, or one of these settings that begins with the action values of the file.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    if content[:2] == b"PK" and Archive(io.BytesIO(content)).text(run_file.DOCUMENT) is not None:
        return run_file.from_bytes(content)
    session = TrainingSession(settings)
    begin_with(session, read_q_table(content, session.problem))
    return session


def history_columns(session: TrainingSession) -> dict[str, np.ndarray]:
    """The history of episodes: name -> [n], int64 where it counts something, else float64."""
    columns = session.history.since()
    return {name: values.astype(np.int64) if name in _COUNTS else values for name, values in columns.items()}


def history_csv(session: TrainingSession) -> str:
    """The history of episodes as CSV, a line a row; see `history.EPISODES` for the columns."""
    columns = history_columns(session)
    return _csv(list(columns), zip(*(values.tolist() for values in columns.values()), strict=True))


def history_parquet(session: TrainingSession) -> bytes:
    """The history of episodes as a Parquet file.

    Raises
    ------
    CheckpointError
        `pyarrow`, where that library is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise CheckpointError(
            "pyarrow",
            "A Parquet file needs the library pyarrow; install it with: pip install pyarrow. CSV needs nothing.",
        ) from None
    buffer = io.BytesIO()
    parquet.write_table(pa.table(history_columns(session)), buffer)
    return buffer.getvalue()


def recipe(session: TrainingSession) -> str:
    """A Python program that makes the run again, without a screen and bit for bit; it leaves it in `session`.

    Raises
    ------
    ValueError
        If settings and interventions alone don't make this run; the sentence says why.
    """
    if session.departures:
        raise ValueError(f"No recipe makes this run again: {session.departures[0]} Save the run itself.")
    settings = replace(session.settings, episodes=session.episodes)
    lines = [
        '"""Makes a run again, bit for bit."""',
        "",
        "from gridworld.training.scene import Intervention",
        "from gridworld.training.session import TrainingSession",
        "from gridworld.training.settings import Settings",
        "",
        "settings = Settings(",
        *(f"    {name}={_python(value)}," for name, value in settings.to_dict().items()),
        ")",
        "interventions: list[Intervention] = [",
        *(f"    {intervention!r}," for intervention in session.interventions),
        "]",
        f"session = TrainingSession.replay(settings, interventions, {session.step}{_session_options(session)})",
    ]
    if session.pending:
        lines.append(f"session.configure({_python(session.pending)})")
    return "\n".join([*lines, ""])


def _session_options(session: TrainingSession) -> str:
    stepped = ", stepped=True" if session.stepped and session.problem.phases else ""
    usual = inspect.signature(TrainingSession).parameters["history"].default
    capacity = session.history.capacity
    return stepped + (f", history={capacity}" if capacity != usual else "")


def _python(value: object) -> str:
    return pprint.pformat(value, width=100, sort_dicts=False)


def _csv(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _world_line(problem: Problem) -> str:
    return f"action values of {' '.join(problem.name.split())}, model {model_checksum(problem):08x}"


def _read_npz(content: bytes, problem: Problem) -> np.ndarray:
    archive = Archive(io.BytesIO(content))
    if "Q" not in archive.array_names:
        raise CheckpointError("member", "The npz file has no array named Q, which the action values must be.")
    header = archive.header("Q")
    if header.dtype.kind not in "fiu":
        raise CheckpointError("dtype", f"The action values are {header.dtype}, not numbers.")
    check_shape(header.shape, problem)
    text = archive.text(WORLD)
    of = None if text is None else decode(text, _World, "The npz file")
    if of is not None and of.model != model_checksum(problem):
        raise _other_world(of.world, problem)
    return archive.array("Q").astype(float)


def _read_csv(content: bytes, problem: Problem) -> np.ndarray:
    if len(content) > MAX_CSV:
        raise CheckpointError("too_large", f"The file has {len(content):,} bytes; at most {MAX_CSV:,} are allowed.")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CheckpointError("not_a_checkpoint", "This is neither an npz file nor a text.") from None
    if lines and lines[0].startswith("#"):
        said = lines.pop(0).strip("# ,").strip()
        if said != _world_line(problem):
            raise _other_world(said.partition(", model")[0].removeprefix("action values of "), problem)
    header = next(csv.reader(lines[:1]), [])
    if header != [*_STATE_COLUMNS, *problem.actions]:
        raise CheckpointError("shape", f"The columns must be {', '.join([*_STATE_COLUMNS, *problem.actions])}.")
    check_shape((len(lines) - 1, len(problem.actions)), problem)
    return np.array([_csv_row(line, state, len(header)) for state, line in enumerate(csv.reader(lines[1:]))])


def _csv_row(cells: list[str], state: int, width: int) -> list[float]:
    try:
        if len(cells) != width or int(cells[0]) != state:
            raise ValueError
        return [float(cell) for cell in cells[len(_STATE_COLUMNS) :]]
    except ValueError:
        raise CheckpointError("damaged", f"The line of state {state} is not its number, name and values.") from None


def check_shape(shape: tuple[int, ...], problem: Problem) -> None:
    wanted = (problem.n_states, problem.n_actions)
    if shape != wanted:
        raise CheckpointError("shape", f"The action values have the shape {shape}; {problem.name!r} needs {wanted}.")


def _other_world(said: str, problem: Problem) -> CheckpointError:
    return CheckpointError(
        "other_world", f"The action values are of {said[:60]!r}, another world than {problem.name!r}."
    )
