"""An agent of your own, in thirty lines: it trains compiled, and can be used on the page and the command line.

python examples/own_agent.py
gridworld train cliff --load examples/own_agent.py --agent pessimistic_q_learning
GRIDWORLD_LOAD=examples/own_agent.py panel serve app.py
"""

import param

from gridworld import TrainingSession, register_agent
from gridworld.agents import ValueAgent, step_size, toward
from gridworld.agents.policies import best
from gridworld.compiled import rule


@register_agent
class PessimisticQLearning(ValueAgent):
    """β-pessimistic Q-learning: it assumes that with probability β the worst action is taken next.

    Q(S, A) += α [R + γ ((1 - β) max_a Q(S', a) + β min_a Q(S', a)) - Q(S, A)]
    """

    id = "pessimistic_q_learning"
    label = "Pessimistic Q-learning"
    source = "Gaskett (2003)"
    live = (*ValueAgent.live, "pessimism")

    pessimism = param.Number(
        0.1, bounds=(0, 1), step=0.01, label="Pessimism β", doc="How likely the worst action is thought to be."
    )

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        target = step.reward
        if not step.terminated:
            worst = m.Q[step.next_state, 0]
            for action in range(1, m.Q.shape[1]):
                worst = min(worst, m.Q[step.next_state, action])
            hoped = best(m.Q, step.next_state)
            target += k.discount * ((1 - k.pessimism) * hoped + k.pessimism * worst)
        return toward(m.Q, step.state, step.action, step_size(k, m.N[step.state, step.action]), target)


def main() -> None:
    """What pessimism does at a cliff: it keeps away from the edge, and so falls less often while it explores."""
    for agent in ("q_learning", "pessimistic_q_learning"):
        session = TrainingSession(
            world="cliff", agent=agent, seed=1, episodes=2_000, step_size=0.5, epsilon=0.1, epsilon_schedule="constant"
        )
        session.advance_episodes(2_000)
        returns = session.history.since()["return"]
        print(f"{session.agent.label:24s} mean return of the last 500 episodes: {returns[-500:].mean():7.2f}")


if __name__ == "__main__":
    main()
