"""Planning: the ground truth of a small world, worked out from its transition model.

Best values by value iteration and policy iteration, any policy's values by a linear solve, both also under a step
limit, and what a greedy policy returns from the start. Source: Sutton & Barto (2018), chapters 3 and 4.
"""

from gridworld.planning.evaluation import PolicyPath, evaluate_policy, greedy_outcome, greedy_path, policy_outcome
from gridworld.planning.optimal import best_within, policy_iteration, value_iteration
from gridworld.planning.outcome import PolicyOutcome
from gridworld.planning.policies import (
    action_values,
    best_actions,
    epsilon_greedy_policy,
    greedy_policy,
    uniform_policy,
)
from gridworld.planning.solution import Solution

__all__ = [
    "PolicyOutcome",
    "PolicyPath",
    "Solution",
    "action_values",
    "best_actions",
    "best_within",
    "epsilon_greedy_policy",
    "evaluate_policy",
    "greedy_outcome",
    "greedy_path",
    "greedy_policy",
    "policy_iteration",
    "policy_outcome",
    "uniform_policy",
    "value_iteration",
]
