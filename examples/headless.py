"""Training without a page: the curve as numbers, the path learned, and how far from the optimum it is.

python examples/headless.py
"""

import numpy as np

from gridworld import TrainingSession
from gridworld.planning import greedy_outcome, greedy_path, value_iteration

EPISODES = 400


def main() -> None:
    """Sarsa on the four rooms."""
    session = TrainingSession(world="four_rooms", agent="sarsa", seed=7, episodes=EPISODES, epsilon_decay=0.98)
    session.advance_episodes(EPISODES)
    columns = session.history.since()
    print("episodes      mean return  mean length  epsilon")
    for part in np.split(np.arange(EPISODES), 8):
        returns, lengths = columns["return"][part].mean(), columns["length"][part].mean()
        print(
            f"{part[0] + 1:4d} to {part[-1] + 1:4d} {returns:12.2f} {lengths:12.1f} {columns['epsilon'][part[-1]]:8.3f}"
        )

    model = session.problem.phases[0][1]
    path = greedy_path(model, session.tables.Q)
    print("\nThe path the greedy policy takes:")
    rows, columns_of_map = session.problem.world.rows, session.problem.world.columns
    letters = np.array([list(row) for row in session.problem.world.maps[0][1]])
    letters.flat[path.states[:-1]] = "*"
    print("\n".join("  " + "".join(row) for row in letters.reshape(rows, columns_of_map)))

    best = value_iteration(model, 1.0)
    learned, exact = (greedy_outcome(model, values) for values in (session.tables.Q, best))
    print(
        f"\nreturn {learned.expected_return:.2f} in {learned.expected_length:.0f} steps; "
        f"the optimum is {exact.expected_return:.2f} in {exact.expected_length:.0f}"
    )


if __name__ == "__main__":
    main()
