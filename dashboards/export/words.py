"""The words of an exported page: what the run was made from, as tables, a program and a file to download."""

from __future__ import annotations

import base64
import csv
import importlib.metadata
import io
import platform
from datetime import datetime
from html import escape
from typing import Any

from dashboards.style.formatting import count, plain_number
from gridworld.agents import agent_class
from gridworld.pictures.draw import agent_title
from gridworld.pictures.recording import Recording

PACKAGES = ("gridworld-lab", "numpy", "numba", "gymnasium", "panel", "bokeh")


def run_rows(recording: Recording, now: datetime) -> list[tuple[str, str]]:
    """Return a description of the run, and when and by which version its page was written."""
    settings = recording.settings
    rows = [
        ("World", recording.problem.title or recording.problem.name),
        ("Algorithm", agent_title(settings.agent)),
        ("Seed", str(settings.seed)),
        ("Episodes", count(recording.episode)),
        ("Steps", count(recording.step)),
        *((name.replace("_", " ").capitalize(), _plain(value)) for name, value in settings.options.items()),
        ("Changes during the run", str(len(recording.stills[-1].scene.interventions) or "none")),
        ("Written", now.strftime("%Y-%m-%d %H:%M")),
    ]
    return rows + versions()


def versions() -> list[tuple[str, str]]:
    """Return the versions of what computed and drew."""
    rows = [("Python", platform.python_version())]
    for package in PACKAGES:
        try:
            rows.append((package, importlib.metadata.version(package)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return rows


def hyperparameter_rows(recording: Recording) -> list[tuple[str, str]]:
    """Return the hyperparameters by the labels of the page's controls, as they were at the end."""
    params = agent_class(recording.settings.agent).param
    return [(params[name].label or name, _plain(value)) for name, value in recording.hyperparameters.items()]


def _plain(value: Any) -> str:
    return plain_number(value) if isinstance(value, float) else str(value)


def table(rows: list[tuple[str, str]], caption: str) -> str:
    """Return two columns as HTML."""
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(text)}</td></tr>' for name, text in rows)
    return f"<table><caption>{escape(caption)}</caption><tbody>{lines}</tbody></table>"


def curves_csv(recording: Recording) -> str:
    """Return the data of the curves, a line a row; see `gridworld.runs.history.EPISODES` for the columns."""
    columns = recording.journal.columns()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*(values.tolist() for values in columns.values()), strict=True):
        writer.writerow([int(value) if value.is_integer() else value for value in row])
    return text.getvalue()


def download(content: str, name: str, label: str, media: str) -> str:
    """Return a link that holds the file it saves."""
    data = base64.b64encode(content.encode()).decode()
    return f'<a class="button" download="{escape(name)}" href="data:{media};charset=utf-8;base64,{data}">{label}</a>'
