"""How long it takes to find the update behind an action value, at the end of a long run: processor time."""

from __future__ import annotations

import time

import numpy as np
from verdicts import asked, machine

from gridworld.insight.past import Past
from gridworld.storage.keyframes import Keyframes
from gridworld.training.session import TrainingSession

STEPS, KEYFRAMES, QUESTIONS = 100_000_000, 320, 60
TARGET = 0.3  # seconds, for 95 of 100 questions


def main() -> None:
    """Ask for the last update of values drawn at random, and print how long the answers took."""
    print(machine())
    generator = np.random.default_rng(0)
    for world, agent in (("medium", "q_learning"), ("FrozenLake-v1", "q_learning"), ("open_30", "sarsa")):
        session, keyframes = TrainingSession(world=world, agent=agent, episodes=0), Keyframes(share=0)
        for _ in range(KEYFRAMES):
            keyframes.offer(session, keep=True)
            session.advance(STEPS // KEYFRAMES)
        places = np.argwhere(session.tables.Q != 0)
        Past(session, keyframes, seconds=600).last_update(*places[0])  # compiles its loop
        seconds = []
        for state, action in generator.choice(places, QUESTIONS):
            began = time.process_time()
            Past(session, keyframes).last_update(int(state), int(action))
            seconds.append(time.process_time() - began)
        median, most = np.quantile(seconds, [0.5, 0.95])
        print(f"{world} {agent}: median {median:.3f} s, p95 {most:.3f} s, {asked(most, most=TARGET)}")


if __name__ == "__main__":
    main()
