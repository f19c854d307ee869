"""Edits of a grid world during a run: what can change while the tables stay, and the world that is then in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gridworld.errors import WorldError
from gridworld.training.scene import Intervention
from gridworld.training.settings import Settings
from gridworld.worlds.ids import is_text
from gridworld.worlds.problem import Problem, load_problem
from gridworld.worlds.tabular_env import TabularEnv
from gridworld.worlds.text import format_world

WORLD = "world"
"""The change of an intervention that is no hyperparameter: the text of the world that is in force from then on."""
MAX_EDITS = 1_000  # of a run
MAX_EDIT_BYTES = 6 << 20  # of all of them together: what is saved with a run is bounded


def numbers_of(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hyperparameters among changes."""
    return {name: value for name, value in changes.items() if name != WORLD}


def grid_of(text: Any) -> Problem:
    """Return the problem of the text of a grid world. Raises WorldError for anything else."""
    if not isinstance(text, str) or not is_text(text):
        raise WorldError("An edit is the whole text of a world: a header, a blank line, and the map.")
    return load_problem(text)


def edited_problem(now: Problem, text: Any, edits: Iterable[Intervention] = ()) -> Problem:
    """Return the problem of an edited world, for a run that has the tables of the problem `now`.

    Raises
    ------
    WorldError
        In one sentence, if the text is no world, or the tables don't fit it, or the run has too many `edits`.
    """
    if now.world is None:
        raise WorldError(f"{now.name} is not a grid world of this program, so its map can't be edited.")
    problem = grid_of(text)
    assert problem.world is not None
    before, after = (f"{world.rows} × {world.columns}" for world in (now.world, problem.world))
    if before != after:
        raise WorldError(
            f"The run has values for {before} cells, and the map now has {after}. "
            "Begin a new run with it, or take back what changed its size."
        )
    if now.step_limit != problem.step_limit:
        raise WorldError(
            f"The run's episodes are cut after {now.step_limit or 'no number of'} steps, and those of the edited world "
            f"after {problem.step_limit or 'no number of'}. Begin a new run with it, or leave the step limit as it is."
        )
    sizes = [len(edit.changes[WORLD].encode()) for edit in edits if WORLD in edit.changes]
    if len(sizes) >= MAX_EDITS or sum(sizes) + len(text.encode()) > MAX_EDIT_BYTES:
        raise WorldError(
            f"This run has {len(sizes):,} edits of its world with {sum(sizes):,} bytes; at most {MAX_EDITS:,} with "
            f"{MAX_EDIT_BYTES:,} bytes are kept with a run. Begin a new one with the edited world."
        )
    return problem


def world_in_force(interventions: Iterable[Intervention]) -> str | None:
    """Return the text of the world after the changes of a run; None if its world was not edited."""
    texts = [change.changes[WORLD] for change in interventions if WORLD in change.changes]
    return texts[-1] if texts else None


def problem_in_force(settings: Settings, interventions: Iterable[Intervention]) -> Problem:
    """Return the problem of a run after the changes that were made in it.

    Raises
    ------
    ValueError
        If the settings make no sense, or an edited world does not fit the run's tables.
    """
    begun, text = settings.make_problem(), world_in_force(interventions)
    return begun if text is None else edited_problem(begun, text)


def is_changed(now: Problem, text: str) -> bool:
    """Return whether a text describes another world than the one in force."""
    assert now.world is not None
    return text != format_world(now.world) and load_problem(text).world != now.world


def carried_over(before: TabularEnv, problem: Problem, seed: int) -> TabularEnv:
    """Return the real environment of an edited world, in the state of the one before the edit."""
    env = problem.make_env()
    env.reset(seed=seed)
    env.unwrapped.set_state(before.unwrapped.get_state())  # type: ignore[attr-defined]
    return env
