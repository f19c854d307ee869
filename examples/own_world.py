"""Worlds of your own: one as text, and a small Gymnasium environment, with and without its transition table.

python examples/own_world.py
gridworld train island --load examples/own_world.py
GRIDWORLD_LOAD=examples/own_world.py panel serve app.py
"""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.toy_text.utils import categorical_sample

from gridworld import TrainingSession, load_problem, register_world
from gridworld.planning import value_iteration

register_world(
    "island",
    """
title: Island 5 × 7
step reward: -0.1
slip: 0.1
W: pit -5
B: goal 2

WWWWWWW
WS...#W
W.#...W
W...#BW
WWWWWWW
""",
)


class Gambler(gym.Env):
    """Stake what you have on a coin until you have nothing, or enough (Sutton & Barto 2018, Example 4.3).

    Observation: `Discrete(goal + 1)`, the capital. Action: `Discrete(goal // 2)`, action a stakes a + 1, or as much as
    there is or is needed. Reward: 1 for reaching the goal, else 0. Start: 1 to goal - 1, evenly. End: at 0 or the goal.

    With `publish` it offers its dynamics as Gymnasium's own small worlds do: `P` and `initial_state_distrib`.
    """

    def __init__(self, goal: int = 16, heads: float = 0.4, publish: bool = True) -> None:
        self.observation_space = gym.spaces.Discrete(goal + 1)
        self.action_space = gym.spaces.Discrete(goal // 2)
        self.action_names = [f"stake {a + 1}" for a in range(goal // 2)]
        self.table = {s: {a: self._outcomes(s, a, goal, heads) for a in range(goal // 2)} for s in range(goal + 1)}
        self.start = np.array([0, *[1 / (goal - 1)] * (goal - 1), 0])
        if publish:
            self.P, self.initial_state_distrib = self.table, self.start

    @staticmethod
    def _outcomes(capital: int, action: int, goal: int, heads: float) -> list[tuple[float, int, float, bool]]:
        """(probability, successor, reward, terminated) of winning and of losing."""
        stake = min(action + 1, capital, goal - capital)
        won, lost = capital + stake, capital - stake
        return [(heads, won, float(won == goal and stake > 0), won == goal), (1 - heads, lost, 0.0, lost == 0)]

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.capital = int(categorical_sample(self.start, self.np_random))
        return self.capital, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        outcomes = self.table[self.capital][int(action)]
        drawn = categorical_sample([outcome[0] for outcome in outcomes], self.np_random)
        _, self.capital, reward, terminated = outcomes[drawn]
        return self.capital, reward, terminated, False, {}


gym.register("Gambler-v0", entry_point=Gambler)
gym.register("GamblerInTheDark-v0", entry_point=Gambler, kwargs={"publish": False})


def main() -> None:
    """Train in each; with and without its table the environment gives the same results, bit for bit."""
    session = TrainingSession(world="island", seed=1)
    session.advance_episodes(500)
    print(f"island: mean return of the last 50 episodes {session.scene().recent[:, 0].mean():.2f}")
    learned = []
    for world in ("Gambler-v0", "GamblerInTheDark-v0"):
        session = TrainingSession(world=world, seed=1, episodes=5_000, discount=1.0, step_size=0.02, epsilon_end=0.2)
        session.advance_episodes(5_000)
        learned.append(session.tables.Q)
        how = session.problem.stepped_because or "its table is compiled"
        print(f"{world}: with half the goal it expects {session.tables.Q[8].max():.2f}; {how}")
    assert np.array_equal(*learned)
    best = value_iteration(load_problem("Gambler-v0").phases[0][1], 1.0)
    print(f"exact: {best.state_values[8]:.2f}")


if __name__ == "__main__":
    main()
