"""What an experiment is: contestants x worlds x seeds, and what is measured."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import isfinite
from typing import Any

from gridworld.agents import agent_class
from gridworld.errors import did_you_mean
from gridworld.experiments.batch import Batch
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.repeated import MOST_STEPS, is_stepped
from gridworld.experiments.spreads import combinations
from gridworld.experiments.tally import MOST_POINTS
from gridworld.training.settings import Settings, checked_settings
from gridworld.worlds.checks import is_number, shown

MOST_CONTESTANTS = 100  # and as many worlds
LONGEST_LABEL = 100  # characters
MOST_CELLS, MOST_RUNS, MOST_EPISODES = 10_000, 1_000_000, 10_000_000
EPISODES_OF_BATCH, STEPS_OF_BATCH, RUNS_OF_BATCH = 100_000, 10_000_000, 1_000
SLOWER = 100  # times, a run in a stepped environment
NUMBERS = {
    "runs": (1, MOST_RUNS),
    "first_seed": (0, 2**53),
    "episodes": (0, MOST_EPISODES),
    "steps": (0, MOST_STEPS),
    "points": (1, MOST_POINTS),
    "draw_seed": (0, 2**53),
}
"""The whole numbers of a plan, and their bounds."""


@dataclass(frozen=True)
class Contestant:
    """An agent with its hyperparameters, each a value or a spread of values: see `docs/experiments.md`.

    Without a `label` it is called by its id and what is spread.
    """

    agent: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""


@dataclass(frozen=True)
class Cell:
    """One contestant with one value of each hyperparameter, in one world: all its runs differ in the seed alone."""

    label: str
    settings: Settings  # its seed and episodes don't count
    episodes: int
    steps: int
    place: int = 0  # of its contestant in the plan

    @cached_property
    def key(self) -> str:
        """Sixteen hexadecimal digits that depend on what is run, and not on its label or on the order of a plan."""
        what = {
            "world": self.settings.world,
            "options": dict(self.settings.options),
            "agent": self.settings.agent,
            "hyperparameters": self.settings.make_agent().settings(),
            "episodes": self.episodes,
            "steps": self.steps,
        }
        text = json.dumps(what, sort_keys=True, default=repr)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Plan:
    """Contestants x worlds x seeds. Plain values: a plan can be written down, compared and sent.

    Parameters
    ----------
    contestants, worlds
        Each contestant meets each world; worlds are ids, ids with options (`cliff?slip=0.1`), or texts.
    runs, first_seed
        Each pair is run with the seeds `first_seed`, `first_seed + 1`, ...; all have the same seeds.
    episodes, steps
        How long a run is: one of them, the other is 0.
    metrics
        Ids of `METRICS`.
    threshold
        The return that `steps_to_threshold` waits for.
    points
        Of a curve, at most 400.
    draw_seed
        Of hyperparameters that are drawn at random.

    Raises
    ------
    ValueError
        In one sentence, if it makes no sense.
    """

    contestants: tuple[Contestant, ...]
    worlds: tuple[str, ...]
    runs: int = 300
    first_seed: int = 0
    episodes: int = 500
    steps: int = 0
    metrics: tuple[str, ...] = ("return", "first_return", "last_return")
    threshold: float | None = None
    points: int = MOST_POINTS
    draw_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("contestants", "worlds", "metrics"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        for name in NUMBERS:
            check_whole(name, getattr(self, name))
        if bool(self.episodes) == bool(self.steps):
            raise ValueError("Give a plan either episodes or steps, and set the other one to 0.")
        if not 0 < len(self.contestants) <= MOST_CONTESTANTS or not 0 < len(self.worlds) <= MOST_CONTESTANTS:
            raise ValueError(
                f"A plan needs at least one contestant and one world, and at most {MOST_CONTESTANTS} of each."
            )
        self._check_labels()
        self._check_metrics()
        self._check_cells()

    def _check_labels(self) -> None:
        for label in (contestant.label for contestant in self.contestants):
            if not label.isprintable() or len(label) > LONGEST_LABEL:
                raise ValueError(
                    f"The label {label!r:.40} can't be used; give one line of at most {LONGEST_LABEL} characters."
                )

    def _check_metrics(self) -> None:
        for name in self.metrics:
            if name not in METRICS:
                hint = did_you_mean(name, METRICS)
                raise ValueError(f"There is no metric {name!r:.40}; the metrics are {', '.join(METRICS)}.{hint}")
        if not self.metrics or len(set(self.metrics)) < len(self.metrics):
            raise ValueError("Name at least one metric, and each only once.")
        if self.threshold is not None and not (is_number(self.threshold) and isfinite(self.threshold)):
            raise ValueError(f"threshold is {self.threshold!r:.40}; it must be a finite number.")
        if "steps_to_threshold" in self.metrics and self.threshold is None:
            raise ValueError("steps_to_threshold needs a threshold: the mean return of 50 episodes to wait for.")

    def _check_cells(self) -> None:
        judged = [name for name in self.metrics if METRICS[name].judge]
        for cell in self.cells:
            problem = checked_settings(cell.settings, {}).make_problem()
            if judged and not problem.phases:
                reason = problem.stepped_because or "its model is not known"
                raise ValueError(f"{judged[0]} can't be computed in {problem.name}: {reason}. Leave it out.")
        repeated = [key for key, count in Counter(cell.key for cell in self.cells).items() if count > 1]
        if repeated:
            alike = [cell.label for cell in self.cells if cell.key == repeated[0]]
            raise ValueError(f"{' and '.join(map(repr, alike[:2]))} are the same contestant in the same world.")
        labels = Counter((cell.label, cell.settings.world) for cell in self.cells)
        twice = next((label for (label, _), count in labels.items() if count > 1), None)
        if twice is not None:
            raise ValueError(f"Two contestants are called {twice!r}; give them labels that differ.")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Each contestant with one value of each hyperparameter, in each world."""
        variants = self._variants()
        return tuple(
            Cell(label, Settings(world, contestant.agent, {}, values), self.episodes, self.steps, place)
            for world in self.worlds
            for place, contestant in enumerate(self.contestants)
            for label, values in variants[place]
        )

    def _variants(self) -> list[list[tuple[str, dict[str, Any]]]]:
        """Return the label and the hyperparameters of each combination of each contestant, checked."""
        room, variants = MOST_CELLS // len(self.worlds), []
        for contestant in self.contestants:
            found = list(islice(combinations(contestant.hyperparameters, self.draw_seed), room + 1))
            room -= len(found)
            if room < 0:
                raise ValueError(f"The plan has over {MOST_CELLS:,} combinations; spread over fewer values.")
            variants.append([_named(contestant, values, spread) for values, spread in found])
        return variants

    def batches(self) -> Iterator[Batch]:
        """Yield the work of the plan in pieces that take a second or so, the same ones each time.

        All cells have their first batch done before any has its next, so that they can be compared early.
        """
        sizes = [self._runs_of_batch(cell) for cell in self.cells]
        for turn in range(-(-self.runs // min(sizes))):
            for cell, size in zip(self.cells, sizes, strict=True):
                done = turn * size
                if done < self.runs:
                    yield self.batch(cell, self.first_seed + done, min(size, self.runs - done))

    def batch(self, cell: Cell, first_seed: int, runs: int) -> Batch:
        """Return runs of a cell as work to do."""
        return Batch(
            cell.key,
            cell.settings,
            first_seed,
            runs,
            self.episodes,
            self.steps,
            self.metrics,
            self.threshold,
            self.points,
        )

    def _runs_of_batch(self, cell: Cell) -> int:
        runs = EPISODES_OF_BATCH // self.episodes if self.episodes else STEPS_OF_BATCH // self.steps
        stepped = is_stepped(cell.settings.make_problem())
        return min(max(runs // SLOWER if stepped else runs, 1), RUNS_OF_BATCH)


def check_whole(name: str, value: object) -> None:
    """Refuse a value of one of `NUMBERS` that is no whole number within its bounds."""
    low, high = NUMBERS[name]
    if type(value) is not int or not low <= value <= high:
        given = repr(value) if isinstance(value, float) else shown(value)  # 3.0 is no whole number
        raise ValueError(f"{name} is {given}; it must be a whole number from {low:,} to {high:,}.")


def _named(contestant: Contestant, values: dict[str, Any], spread: list[str]) -> tuple[str, dict[str, Any]]:
    """Return how a combination is called, and its hyperparameters, checked."""
    agent_class(contestant.agent).create(values)
    chosen = [f"{name}={_shown(values[name])}" for name in spread]
    return ", ".join([contestant.label or contestant.agent, *chosen]), values


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
