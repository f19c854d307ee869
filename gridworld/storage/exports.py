"""The history of a run for other programs, and the recipe that makes the run again."""

from __future__ import annotations

import csv
import inspect
import io
import pprint
from dataclasses import replace

import numpy as np

from gridworld.errors import CheckpointError
from gridworld.training.session import TrainingSession


def history_columns(session: TrainingSession) -> dict[str, np.ndarray]:
    """Return the history of episodes by column, each [n]: see `History.typed`."""
    return session.history.typed()


def history_csv(session: TrainingSession) -> str:
    """Return the history of episodes as CSV, a line a row; see `history.EPISODES` for the columns."""
    columns, text = history_columns(session), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    return text.getvalue()


def history_parquet(session: TrainingSession) -> bytes:
    """Return the history of episodes as a Parquet file.

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
    """Return a Python program that makes the run again, without a screen and bit for bit, as its `session`.

    Raises
    ------
    ValueError
        If settings and interventions alone don't make this run; the sentence names the reason.
    """
    if session.departures:
        raise ValueError(f"No recipe makes this run again: {session.departures[0]} Save the run itself.")
    settings = replace(session.settings, episodes=session.episodes)
    lines = [
        '"""Makes a run again, bit for bit."""',
        "",
        "from gridworld import Intervention, Settings, TrainingSession",
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
