"""Tuning of hyperparameters with Optuna: a trial is a number of runs of common seeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isnan
from typing import Any

import numpy as np

from gridworld.agents import agent_class
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.plan_files import plan_document
from gridworld.experiments.running import compare
from gridworld.experiments.spreads import check_bounds

MOST_TRIALS = 10_000
ORDER = "gridworld"  # what a study keeps of its order


def tune(
    world: str,
    agent: str,
    spreads: Mapping[str, Any],
    *,
    trials: int = 50,
    sampler_seed: int = 0,
    storage: str | None = None,
    name: str | None = None,
    fixed: Mapping[str, Any] | None = None,
    progress: Callable[[int], object] = lambda trials: None,
    **fields: Any,
) -> Any:
    """Return a study of Optuna that looks for the best values of some hyperparameters.

    The same seeds give the same trials. A study that is in a storage goes on there, up to `trials` in all, if it is of
    the same order; it opens in optuna-dashboard.

    Parameters
    ----------
    world, agent
        What is trained.
    spreads
        The hyperparameters that are tuned: each a range (`low`, `high`, `scale`) or a list of values.
    storage, name
        Of Optuna, such as "sqlite:///study.db"; None: in memory.
    fixed
        The other hyperparameters.
    progress
        Called with 1 after each trial, and first with the number of those that the storage has.
    fields
        Of each trial's plan: `runs`, `episodes`, `metrics`, ...; its first metric is what is tuned for.

    Raises
    ------
    ValueError
        In one sentence, if something makes no sense or Optuna is not installed.
    """
    if not 1 <= trials <= MOST_TRIALS:
        raise ValueError(f"trials is {trials}; it must be a whole number from 1 to {MOST_TRIALS:,}.")
    for tuned, spread in spreads.items():
        if isinstance(spread, Mapping):
            check_bounds(tuned, spread)
    optuna = _optuna()

    def plan_of(values: Mapping[str, Any]) -> Plan:
        return Plan((Contestant(agent, {**(fixed or {}), **values}),), (world,), **fields)

    for end in range(2):  # refuses mistakes early
        plan_of({hyperparameter: _ends(spread)[end] for hyperparameter, spread in spreads.items()})
    metric = plan_of({}).metrics[0]

    def objective(trial: Any) -> float:
        values = {name: _suggested(trial, agent, name, spread) for name, spread in spreads.items()}
        result = compare(plan_of(values))
        progress(1)
        value = float(result.estimate(result.plan.cells[0].label).value)
        if isnan(value):
            raise optuna.TrialPruned
        return value

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # what fails in a trial is raised: no need to log it as well
    study = _study(
        storage,
        study_name=name or f"{agent} in {world.splitlines()[0]}",
        direction="maximize" if METRICS[metric].higher_is_better else "minimize",
    )
    _check_same(study, {"plan": plan_document(plan_of({})), "over": dict(spreads)})
    progress(_done(study))
    while (done := _done(study)) < trials:
        study.sampler = optuna.samplers.TPESampler(seed=_seed(sampler_seed, done))
        study.optimize(objective, n_trials=1)
    if not any(trial.state.name == "COMPLETE" for trial in study.trials):
        raise ValueError(f"{metric} has no value in any trial; tune for another metric, or with other settings.")
    return study


def _study(storage: str | None, **options: Any) -> Any:
    """Return the study of a storage, a new one where there is none."""
    try:
        return _optuna().create_study(storage=storage, load_if_exists=True, **options)
    except Exception as problem:  # of any library for databases
        reason = str(problem).partition("\n")[0].rstrip(".")
        raise ValueError(
            f"The storage of the study can't be used: {reason}. Name for example a file that is there or can be made: "
            "sqlite:///study.db."
        ) from None


def _check_same(study: Any, order: dict[str, Any]) -> None:
    """Refuse a study whose trials so far were done by another order: their values can't be compared."""
    order = json.loads(json.dumps(order))
    if not study.trials:
        study.set_user_attr(ORDER, order)
    if study.user_attrs.get(ORDER) != order:
        raise ValueError(
            f"The study {study.study_name!r:.60} of this storage has trials of another order: other ranges, settings, "
            "runs, episodes, seed or metric. Name another storage."
        )


def _done(study: Any) -> int:
    """Return how many trials were done, though some found no value; one that was killed is not."""
    return sum(trial.state.name in ("COMPLETE", "PRUNED") for trial in study.trials)


def _seed(sampler_seed: int, trial: int) -> int:
    """Return the seed of one trial, so that a study that goes on has the trials of one that was never interrupted."""
    return int(np.random.SeedSequence([sampler_seed, trial]).generate_state(1)[0])


def _suggested(trial: Any, agent: str, name: str, spread: Any) -> Any:
    if not isinstance(spread, Mapping):
        return trial.suggest_categorical(name, spread)
    low, high = _ends(spread)
    is_log = spread.get("scale") == "log"
    if isinstance(agent_class(agent).param[name].default, int):
        return trial.suggest_int(name, int(low), int(high), log=is_log)
    return trial.suggest_float(name, low, high, log=is_log)


def _ends(spread: Any) -> tuple[Any, Any]:
    return (spread["low"], spread["high"]) if isinstance(spread, Mapping) else (spread[0], spread[-1])


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise ValueError("Tuning needs the library optuna; install it: pip install optuna.") from None
    return optuna
