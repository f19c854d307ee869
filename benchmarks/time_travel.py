"""What going back in a long run takes, and the speed of runs that look out for something; in processor time."""

from __future__ import annotations

import time

import numpy as np
from verdicts import asked, machine

from gridworld.agents import AGENTS
from gridworld.insight.travel import TimeTravel
from gridworld.storage.keyframes import Keyframes
from gridworld.training.conditions import CONDITIONS, Condition
from gridworld.training.session import TrainingSession

STEPS, KEYFRAMES, QUESTIONS = 100_000_000, 320, 60
TARGET = 0.05  # seconds for a step back, 95 of 100
HALF = 0.5  # of full speed, at the least
SLICE, ROUNDS = 300_000, 9


def step_back(world: str, agent: str) -> None:
    """Print how long a step back takes from the end of a run, and from moments drawn at random."""
    session, keyframes = TrainingSession(world=world, agent=agent, episodes=0), Keyframes(share=0)
    for _ in range(KEYFRAMES):
        keyframes.offer(session, keep=True)
        session.advance(STEPS // KEYFRAMES)
    TimeTravel(session, keyframes).at(STEPS - 1)
    steps = np.random.default_rng(0).integers(1, STEPS, QUESTIONS)
    for what, places in (("from the end", np.arange(STEPS, STEPS - QUESTIONS, -1)), ("from anywhere", steps)):
        seconds, visited = [], []
        for place in places:
            began = time.process_time()
            travel = TimeTravel(session, (*keyframes, *visited))
            travel.at(int(place) - 1)
            seconds.append(time.process_time() - began)
            visited = [*visited, *travel.visited][-16:]
        median, most = 1000 * np.quantile(seconds, [0.5, 0.95])
        print(
            f"{world} {agent}, a step back {what}: median {median:.0f} ms, p95 {most:.0f} ms, "
            f"{asked(most, most=1000 * TARGET)}"
        )


def speed(world: str, agent: str) -> None:
    """Print the speed of a run under each condition as a share of the same run without one, in turns."""
    sessions = {"": TrainingSession(world=world, agent=agent, episodes=0)}
    for name in CONDITIONS:
        watched = TrainingSession(world=world, agent=agent, episodes=0)
        watched.watch(Condition(name, state=1, number=1e9).watch())
        sessions[name] = watched
    seconds: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(ROUNDS):
        for name, session in sessions.items():
            began = time.process_time()
            session.advance(SLICE)
            seconds[name].append(time.process_time() - began)
    shares = {name: np.median(seconds[""]) / np.median(of) for name, of in seconds.items() if name}
    worst = min(shares, key=shares.__getitem__)
    million = SLICE / np.median(seconds[""]) / 1e6
    print(
        f"{world} {agent}, {million:.0f} M steps/s:", ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    )
    print(f"{world} {agent}, {worst}: {shares[worst]:.2f} of full speed, {asked(shares[worst], least=HALF)}")


def main() -> None:
    """Print all of it."""
    print(machine())
    for agent in AGENTS:
        if agent != "random":
            speed("hard", agent)
    for world, agent in (("medium", "q_learning"), ("FrozenLake-v1", "q_learning"), ("hard", "dyna_q")):
        step_back(world, agent)


if __name__ == "__main__":
    main()
