"""The curves that an export draws: a journal of a session, or a copy of one that a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gridworld.planning.greedy_return import greedy_return
from gridworld.runs.frame import Columns, Frame, Status, concatenate
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.evaluator import evaluation_row, optimum_of
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession

MOST_EVALUATED = 400  # states; the policies of larger worlds are not evaluated


class Still(NamedTuple):
    """How a run stood at one moment."""

    step: int
    episode: int
    scene: Scene


def still_of(session: TrainingSession) -> Still:
    """Return a journal of a session as it is now."""
    return Still(session.step, session.episode, session.scene())


def journal_of(session: TrainingSession, stills: Sequence[Still] = (), journal: Journal | None = None) -> Journal:
    """Return a journal of a session: its episodes, and what its greedy policy was worth at each still, or now.

    `journal` has the episodes where the session itself has none.
    """
    stills = stills or (still_of(session),)
    columns = journal.columns() if journal is not None else session.history.since()
    log = {EPISODES.name: columns} if len(columns["episode"]) else {}
    last, journal = stills[-1], Journal()
    journal.add(Frame(0, Status.FINISHED, last.step, last.episode, last.scene, log))
    _evaluate(session, stills, journal)
    return journal


def copy_of(journal: Journal) -> Journal:
    """Return a copy of a journal, which later frames don't change."""
    assert journal.frame is not None
    columns = {stream.name: journal.columns(stream.name) for stream in (EPISODES, EVALUATIONS)}
    copied = Journal()
    copied.add(replace(journal.frame, log={name: rows for name, rows in columns.items() if len(rows["episode"])}))
    return copied


def _evaluate(session: TrainingSession, stills: Sequence[Still], journal: Journal) -> None:
    """Put into the journal what the greedy policy was worth at each still, where its model is known and small."""
    problem = session.problem
    if not problem.phases or problem.n_states > MOST_EVALUATED:
        return
    discount, limit = getattr(session.agent, "discount", None), session.step_limit
    optima = {phase: optimum_of(problem, phase, discount, limit) for phase in {still.scene.phase for still in stills}}
    columns: Columns = {}
    for still in stills:
        scene = still.scene
        worth = greedy_return(problem, scene.action_values, phase=scene.phase, step_limit=limit)
        row = evaluation_row(still.episode, worth, optima[scene.phase], scene.action_values)
        columns = concatenate(columns, row)
    last = stills[-1]
    journal.add(Frame(0, Status.FINISHED, last.step, last.episode, last.scene, {EVALUATIONS.name: columns}))
