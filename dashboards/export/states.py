"""The states of a world without a map, as a table that follows the keyframe."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, DataTable, NumberFormatter, TableColumn

from dashboards.export.board_frames import FRAME, KeyframeViews
from dashboards.views.tables.action_names import names_of_best
from gridworld.pictures.journals import Still
from gridworld.pictures.recording import Recording
from gridworld.planning.policies import preferred_actions
from gridworld.worlds.problem import Problem

MOST_STATES = 300
MOST_ROWS = 30_000  # states x keyframes


def states_of(recording: Recording, keyframe_views: KeyframeViews) -> DataTable:
    """Return a table of the states visited most, with their value and the actions preferred at each keyframe."""
    problem, stills = recording.problem, recording.stills
    visits = stills[-1].scene.visits.sum(axis=1)
    most = max(1, min(MOST_STATES, MOST_ROWS // len(stills)))
    chosen = np.argsort(-visits, kind="stable")[:most]
    parts = [_rows(problem, still, chosen) for still in stills]
    columns: dict[str, Any] = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    columns[FRAME] = np.repeat(np.arange(len(stills), dtype=np.uint16), len(chosen))
    table = DataTable(columns=_columns(problem), index_position=None, sizing_mode="stretch_both", selectable=False)
    table.source = ColumnDataSource()
    keyframe_views.show(table.source, columns, [table])
    return table


def _columns(problem: Problem) -> list[TableColumn]:
    decimals = NumberFormatter(format="0.000", nan_format="–", text_align="right")
    whole = NumberFormatter(format="0,0", text_align="right")
    columns = [TableColumn(field="state", title="State", width=220), TableColumn(field="best", title="Best", width=100)]
    columns += [TableColumn(field="visits", title="Visits", formatter=whole, width=70)]
    columns += [TableColumn(field="value", title="Value", formatter=decimals, width=70)]
    names = enumerate(problem.actions)
    return columns + [TableColumn(field=f"q{i}", title=name, formatter=decimals, width=70) for i, name in names]


def _rows(problem: Problem, still: Still, states: np.ndarray) -> dict[str, Any]:
    """Return one keyframe's columns; values of states never visited, and of actions that a state lacks, are NaN."""
    scene = still.scene
    visits = scene.visits[states].sum(axis=1)
    is_known = (visits[:, None] > 0) & ~np.isneginf(scene.action_values[states])
    values = np.where(is_known, scene.action_values[states], np.nan)
    best = preferred_actions(scene.action_values[states], scene.visits[states])
    actions = [problem.actions_of(int(state)) for state in states]
    names = [names_of_best(own, row) for own, row in zip(actions, best, strict=True)]
    columns = {"state": [problem.state_name(int(state)) for state in states], "best": names, "visits": visits}
    columns["value"] = np.where(visits > 0, scene.action_values[states].max(axis=1), np.nan)
    return columns | {f"q{i}": values[:, i] for i in range(values.shape[1])}
