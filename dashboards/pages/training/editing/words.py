"""What the editor reports about a draft: its numbers, and when the run takes it."""

from __future__ import annotations

from math import isinf, isnan

import numpy as np

from dashboards.style.formatting import number
from gridworld.insight.appraisal import Appraisal
from gridworld.training.session import TrainingSession
from gridworld.worlds.layout import Kind
from gridworld.worlds.problem import Problem

ENDING = Kind.GOAL, Kind.PIT, Kind.EXIT


def numbers_text(found: Appraisal) -> str:
    """Return the optimum, the value of the start and the greedy return, as far as they are known, in a sentence."""
    parts = (
        ("Optimum", found.optimum),
        ("v* of the start", found.start_value),
        ("return of the greedy policy", found.greedy_return),
    )
    text = ", ".join(f"{name} {number(value)}" for name, value in parts if not (isnan(value) or isinf(value)))
    sentences = [f"{text}." if text else "The optimum of this world is not known."]
    if not any(np.isin(layout.kinds, ENDING).any() for _, layout in found.problem.layouts):
        sentences.append("Nothing on the map ends an episode; mark a goal, unless it shall go on for ever.")
    elif isinf(found.greedy_return):
        sentences.append("The greedy policy has episodes that never end.")
    return " ".join(sentences)


def held_back(session: TrainingSession, problem: Problem) -> str:
    """Return from when a run is in an edited world, and what its agent does until then; "" where it is there."""
    if "world" not in session.pending:
        return ""
    text = "It takes effect with the next episode."
    kind = Kind(problem.layouts[session.problem.at(session.step)][1].kinds.ravel()[session.scene().state])
    if kind is Kind.WALL:
        text += " The agent is in a cell that becomes a wall; it ends its episode on the map as it was."
    return text
