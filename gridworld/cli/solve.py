"""`gridworld solve`: exact values, from the transition model."""

from __future__ import annotations

import click
import numpy as np

from gridworld.cli.inputs import given, number_options, read_world, solvable, world_name
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Real, Whole, finite, json_option, print_json
from gridworld.cli.reports import values_report
from gridworld.cli.tables import number
from gridworld.planning import best_within, epsilon_greedy_policy, evaluate_policy, uniform_policy
from gridworld.planning.dynamics import Dynamics
from gridworld.planning.optimum import solve as solve_model
from gridworld.planning.optimum import start_value
from gridworld.worlds.transition_model import TransitionModel

POLICIES = ("optimal", "uniform", "epsilon-greedy")
MOST_VALUES = 10_000


@click.command
@click.argument("world")
@click.option("--discount", type=Real(0, 1), default=0.99, show_default=True, help="The discount of future rewards.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="optimal",
    show_default=True,
    help="The policy to evaluate.",
)
@click.option("--epsilon", type=Real(0, 1), help="The epsilon of the epsilon-greedy policy.  [default: 0.1]")
@click.option("--horizon", type=Whole(1, 1_000_000), help="Cut episodes after this many steps.  [default: never]")
@number_options("slip", "step_reward")
@load_option
@json_option
def solve(
    world: str,
    discount: float,
    policy: str,
    epsilon: float | None,
    horizon: int | None,
    as_json: bool,
    slip: float | None,
    step_reward: float | None,
) -> None:
    """Compute the values of WORLD: an id, the id of a Gymnasium environment, or the path of a world file.

    The values are those of an unlimited task, whatever the world's step limit; --horizon limits it. Of a world that
    changes they are those of its first map.
    """
    if epsilon is not None and policy != "epsilon-greedy":
        raise click.UsageError("--epsilon belongs to --policy epsilon-greedy.")
    text = read_world(world)
    problem = solvable(text, given(slip=slip, step_reward=step_reward))
    model = problem.phases[0][1]
    try:
        values = state_values(model, policy, discount, 0.1 if epsilon is None else epsilon, horizon)
    except RuntimeError as unfinished:
        raise ValueError(str(unfinished)) from None
    of_start = start_value(model, values)
    if as_json:
        listed = [finite(value) for value in values.tolist()] if len(values) <= MOST_VALUES else None
        result = {"world": world_name(text, problem), "policy": policy, "discount": discount, "values": listed}
        print_json({**result, "start_value": finite(of_start)})
        return
    click.echo(f"{problem.title}, {policy} policy, discount {discount:g}\n")
    if len(values) <= MOST_VALUES:
        click.echo(values_report(problem, values) + "\n")
    click.echo(f"Value of the start: {number(of_start, 4)}")


def state_values(
    model: TransitionModel, policy: str, discount: float, epsilon: float, horizon: int | None
) -> np.ndarray:
    """Return float64 [S]: the values of a policy by name; 0 where no episode comes.

    Raises
    ------
    ValueError
        If the start has no finite value.
    """
    if policy == "uniform":
        values = evaluate_policy(model, uniform_policy(model), discount, horizon)
    elif policy == "optimal" and horizon is not None:
        values = best_within(model, horizon, discount).state_values
    else:
        best = solve_model(model, discount)
        values = best.state_values
        if policy == "epsilon-greedy":
            values = evaluate_policy(model, epsilon_greedy_policy(best, epsilon), discount, horizon)
    return np.where(Dynamics.of(model).reachable, values, 0.0)
