"""Tuning of hyperparameters with Optuna: a trial is a number of runs of common seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gridworld.agents import agent_class
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.spreads import check_bounds

MOST_TRIALS = 10_000


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

    The same seeds give the same trials. A study that is in a storage goes on there, up to `trials` in all; it opens in
    optuna-dashboard.

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
        Called with 1 after each trial.
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
        return float(result.estimate(result.plan.cells[0].label).value)

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=name or f"{agent} in {world.splitlines()[0]}",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=sampler_seed),
        direction="maximize" if METRICS[metric].higher_is_better else "minimize",
    )
    study.optimize(objective, n_trials=max(0, trials - len(study.trials)))
    return study


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
