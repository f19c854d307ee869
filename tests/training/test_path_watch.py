"""What watches of all arrows see of what a step writes, by looking at all of it."""

import numpy as np

from gridworld.planning.optimum import solve
from gridworld.planning.policies import best_actions
from gridworld.training.path_watch import OPTIMAL_PATH, ArrowsWatch, notices_arrows, noting
from gridworld.training.session import TrainingSession
from support.greedy_path import goes_astray


def test_the_greedy_path_is_seen_to_become_optimal_whatever_steps_write():
    session = TrainingSession(world="medium")
    model, tables, rng = session.problem.phases[0][1], session.tables, np.random.default_rng(0)
    optimum = solve(model, session.agent.discount)
    tables.Q[:] = optimum.action_values
    watch = ArrowsWatch(OPTIMAL_PATH)
    arrays = watch.attach(session)
    Q = noting(tables, arrays)[0]
    was_astray, found = False, []
    for n in range(1, 4_001):
        for _ in range(rng.integers(1, 25)):
            place = int(rng.integers(len(tables.Q))), int(rng.integers(tables.Q.shape[1]))
            Q[place] = optimum.action_values[place] + (0.2 if rng.random() < 0.03 else 0)
        notices_arrows(arrays, tables, None, 0.0, 0.0, 0, n)
        is_astray = goes_astray(model, best_actions(tables.Q), optimum.best_actions)
        assert (watch.found == n) == (was_astray and not is_astray), n
        was_astray = is_astray
        found.append(watch.found)
    assert len(set(found)) > 50
