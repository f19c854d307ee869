"""Every agent, compiled and on the real environment, against the loop of a tutorial: one table, measured in one run.

    python benchmarks/agents.py            the table, then what ticks, seeds, first runs and imports cost: two minutes
    python benchmarks/agents.py --quick    fewer repetitions

Rates are million steps a second of processor time (`time.process_time`) of one core, the best of several rounds; all
rows of a world take turns within a round, so that what else the machine does falls on all of them alike. Everybody
learns with step size 0.1, discount 0.99 and a constant epsilon of 0.1, without a step limit beyond the world's own.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import costs
import gymnasium as gym
from loops import DISCOUNT, EPSILON, STEP_SIZE, list_loop, tutorial_loop
from verdicts import asked, machine

from gridworld import AGENTS, TrainingSession
from gridworld.agents import ValueAgent

WORLDS = {"FrozenLake 8x8": "FrozenLake8x8-v1", "grid 10x10": "open_10", "grid 100x100": "open_100"}
NUMBERS = {"step_size": STEP_SIZE, "discount": DISCOUNT, "epsilon": EPSILON, "epsilon_schedule": "constant"}
TARGETS = {"q_learning": 300, "sarsa": 300, "expected_sarsa": 300, "double_q_learning": 200}
SLOW, FAST = 20_000, 1_000_000  # steps measured at once
STEPPED_TARGET = 0.95  # of the list loop
LARGE_TARGETS = {"sarsa_lambda": 12.0, "prioritized_sweeping": 1.5}  # million steps a second on the grid 100x100
DYNA_TARGET = 50.0  # million updates a second


def make_env(world: str) -> gym.Env:
    """The environment as a user has it, without Gymnasium's checks of what an environment returns."""
    if world in gym.registry:
        return gym.make(world, disable_env_checker=True)
    return gym.make("GridWorld-v0", world=world, disable_env_checker=True)


def session(world: str, agent: str, stepped: bool = False) -> TrainingSession:
    """An endless run that is compiled and has begun."""
    numbers = NUMBERS if issubclass(AGENTS[agent], ValueAgent) else {}
    made = TrainingSession(world=world, agent=agent, episodes=0, stepped=stepped, hyperparameters=numbers)
    made.advance(1_000)
    return made


def contestants(world: str) -> dict[str, tuple[Callable[[int], None], int]]:
    """Row -> a function that does a number of steps, and how many to do at once."""
    rows: dict[str, tuple[Callable[[int], None], int]] = {
        "tutorial loop": (partial(tutorial_loop, make_env(world)), SLOW),
        "list loop": (partial(list_loop, make_env(world)), SLOW),
        "q_learning, stepped": (session(world, "q_learning", stepped=True).advance, SLOW),
    }
    return rows | {agent: (session(world, agent).advance, FAST) for agent in AGENTS}


def rates(world: str, rounds: int) -> dict[str, float]:
    """Row -> million steps a second, the best of the rounds."""
    rows, best = contestants(world), dict.fromkeys(contestants(world), 0.0)
    for _ in range(rounds):
        for name, (work, steps) in rows.items():
            began = time.process_time()
            work(steps)
            best[name] = max(best[name], steps / (time.process_time() - began) / 1e6)
    return best


def verdict(name: str, measured: list[dict[str, float]]) -> str:
    """The target of a row, and whether it is met in all worlds."""
    if name in TARGETS:
        return asked(min(column[name] / column["tutorial loop"] for column in measured), least=TARGETS[name])
    if name in LARGE_TARGETS:
        return f"on the last, {asked(measured[-1][name], least=LARGE_TARGETS[name])}"
    return ""


def show_table(rounds: int) -> None:
    print(f"million steps a second (ratio to the tutorial loop); {machine()}")
    measured = [rates(world, rounds) for world in WORLDS.values()]
    print(f"\n{'':22s}" + "".join(f"{name:>22s}" for name in WORLDS) + "   target")
    for name in measured[0]:
        cells = [f"{column[name]:9.3f} ({column[name] / column['tutorial loop']:6.1f} x)" for column in measured]
        print(f"{name:22s}" + "".join(f"{cell:>22s}" for cell in cells) + f"   {verdict(name, measured)}".rstrip())
    ratios = [column["q_learning, stepped"] / column["list loop"] for column in measured]
    cells = "".join(f"{ratio:22.2f}" for ratio in ratios)
    print(f"{'stepped / list loop':22s}{cells}   {asked(min(ratios), least=STEPPED_TARGET)}")
    show_dyna(measured)


def show_dyna(measured: list[dict[str, float]]) -> None:
    """A step of Dyna-Q(5) makes six updates."""
    updates = [6 * column["dyna_q"] for column in measured]
    shares = [made / column["q_learning"] for made, column in zip(updates, measured, strict=True)]
    cells = "".join(f"{f'{made:9.1f} ({share:4.2f} of Q)':>22s}" for made, share in zip(updates, shares, strict=True))
    print(f"{'dyna_q, updates':22s}{cells}   {asked(min(updates), least=DYNA_TARGET)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast the agents learn.")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    quick = parser.parse_args().quick
    show_table(3 if quick else 9)
    costs.show(quick)


if __name__ == "__main__":
    main()
