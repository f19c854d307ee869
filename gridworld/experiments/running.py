"""From a plan to its comparison: in memory or in a folder, on any backend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

from gridworld.agents import agent_class
from gridworld.errors import did_you_mean
from gridworld.experiments.backends import completed, executor_of
from gridworld.experiments.batch import Batch, BatchResult, run_batch
from gridworld.experiments.comparison import Comparison, so_far
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.results_folder import ResultsFolder

LARGEST = 2 << 30  # bytes of curves in memory


def compare(
    plan: Plan | str,
    agents: str | Iterable[str] = (),
    *,
    out: str | Path | None = None,
    backend: str | Executor = "threads",
    progress: Callable[[int], object] = lambda runs: None,
    stop_when_decided: bool = False,
    **fields: Any,
) -> Comparison:
    """Do the runs of a plan, or of some agents in a world, and return what came out.

    `compare("cliff", ["sarsa", "q_learning"], runs=100, step_size=0.5)` gives each agent those of the hyperparameters
    that it has; each of them may be a spread of values.

    Parameters
    ----------
    plan, agents
        A `Plan`, or a world and the ids of agents.
    out
        A folder for the results; an interrupted experiment continues from it; see `docs/experiments.md`.
    backend
        "threads", "processes", or any executor, such as that of a Dask client.
    progress
        Called with a number of runs each time that many were done, first with those that are there before.
    stop_when_decided
        Whether to end as soon as the best contestant is decided in each world; all intervals may then be looked at any
        time (confidence sequences), and the plan of the result has the runs that were done. Not with `out`.
    fields
        Of the plan (`runs`, `metrics`, `episodes` or `steps`, ...); what `Plan` doesn't have is a hyperparameter.

    Raises
    ------
    ValueError
        In one sentence, if something makes no sense.
    """
    if isinstance(plan, Plan):
        if fields or agents:
            raise ValueError("Give a plan, or a world with agents and fields, not both.")
    else:
        for name in ("contestants", "worlds"):
            if name in fields:
                raise ValueError(f"With {name}, give a plan: compare(Plan(contestants, worlds, ...)).")
        own = {name: fields.pop(name) for name in list(fields) if name in Plan.__dataclass_fields__}
        if own.get("steps"):
            own = {"episodes": 0, **own}
        plan = Plan(shared_contestants([agents] if isinstance(agents, str) else agents, fields), (plan,), **own)
    if out is not None and stop_when_decided:
        raise ValueError("An experiment in a folder does all its runs; leave out either the folder or the early end.")
    check_memory(plan, curves=out is None)
    if out is not None:
        return _in_folder(ResultsFolder(out, plan), backend, progress)
    results = []
    with executor_of(backend) as executor:
        progress(0)
        for result in completed(_calls(plan.batches()), executor):
            results.append(result)
            progress(len(result.seeds))
            if stop_when_decided and (early := decided_early(plan, results)):
                return early
    return Comparison(plan, results)


def decided_early(plan: Plan, results: Iterable[BatchResult]) -> Comparison | None:
    """Return the comparison of the runs so far if they decide who is best in each world; else None."""
    found = so_far(plan, results)
    if found is None or found.plan.runs == plan.runs:
        return None
    return found if all(found.decision(world=world).is_decided for world in plan.worlds) else None


def read_results(path: str | Path, memory: int = LARGEST) -> Comparison:
    """Return the comparison of a folder; its curves too, unless they take more than `memory` bytes.

    Raises
    ------
    ValueError
        In one sentence, if it is no such folder, a file is damaged, or runs are missing.
    """
    folder = ResultsFolder(path)
    check_memory(folder.plan, memory, curves=False)
    return Comparison(folder.plan, folder.read(curves=_curve_bytes(folder.plan) <= memory))


def _calls(batches: Iterable[Batch]) -> Iterator[Callable[[], BatchResult]]:
    return (partial(run_batch, batch) for batch in batches)


def _in_folder(folder: ResultsFolder, backend: str | Executor, progress: Callable[[int], object]) -> Comparison:
    """Do the runs that a folder lacks."""
    with folder.writing(), executor_of(backend) as executor:
        progress(folder.done)
        for result in completed(_calls(folder.missing()), executor):
            folder.write(result)
            progress(len(result.seeds))
    return read_results(folder.path)


def check_memory(plan: Plan, memory: int = LARGEST, *, curves: bool = True) -> None:
    """Refuse a plan whose results, with or without their curves, take more than `memory` bytes."""
    number = len(plan.cells) * plan.runs
    measured = number * len(plan.metrics) * 8
    if measured > memory:
        raise ValueError(
            f"The metrics of {number:,} runs take {measured / 2**30:.1f} GB, and {memory / 2**30:.0f} GB may be used; "
            "do fewer runs, or measure less."
        )
    if curves and (drawn := _curve_bytes(plan)) > memory:
        raise ValueError(
            f"The curves of {number:,} runs take {drawn / 2**30:.1f} GB, and {memory / 2**30:.0f} GB may be used; name "
            "a folder for the results (out), or set fewer points, such as 10."
        )


def _curve_bytes(plan: Plan) -> int:
    return len(plan.cells) * plan.runs * min(plan.points, plan.episodes or plan.steps) * 8


def shared_contestants(agents: Iterable[str], hyperparameters: Mapping[str, Any]) -> tuple[Contestant, ...]:
    """Return agents with those of the hyperparameters that they have.

    Raises
    ------
    ValueError
        If there is no such agent, one is named twice, or a hyperparameter that none of them has.
    """
    agents = list(agents)
    known = {agent: set(agent_class(agent).hyperparameters()) for agent in agents}
    twice = next((agent for agent, count in Counter(agents).items() if count > 1), None)
    if twice is not None:
        raise ValueError(
            f"{twice} is named twice; name each agent once. Contestants of one agent that differ in their "
            "hyperparameters have a label each in a plan, or are the values of a sweep."
        )
    for name in hyperparameters:
        if not any(name in names for names in known.values()):
            hint = did_you_mean(name, set().union(*known.values()))
            raise ValueError(f"None of the agents has a hyperparameter {name!r:.40}.{hint}")
    return tuple(
        Contestant(agent, {name: value for name, value in hyperparameters.items() if name in names})
        for agent, names in known.items()
    )
