"""What a comparison is made from beside its contestants, as parameters that a form can be made from."""

from __future__ import annotations

import param

from dashboards.pages.plan_address import MOST_EPISODES, MOST_RUNS, MOST_STEPS
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Plan

EPISODES, STEPS = "episodes", "steps"
MEASURED = ("last_return", "first_return", "return", "length")
"""The metrics of a comparison from the form, beside the one that decides."""
DECIDING = {metric.label: name for name, metric in METRICS.items() if name != "steps_to_threshold"}


class PlanOptions(param.Parameterized):
    """How long and how often to run, and what decides."""

    unit = param.Selector(
        default=EPISODES,
        objects=[EPISODES, STEPS],
        label="Length in",
        doc="What a run's length is counted in; its curve has the same axis.",
    )
    episodes = param.Integer(
        500, bounds=(1, MOST_EPISODES), label="Episodes of a run", doc="Every run of every contestant has this many."
    )
    steps = param.Integer(
        5_000, bounds=(1, MOST_STEPS), label="Steps of a run", doc="Every run of every contestant has this many."
    )
    runs = param.Integer(
        300,
        bounds=(1, MOST_RUNS),
        label="Runs of each",
        doc="Each run has its own seed; all contestants use the same seeds. Skewed returns need some hundreds.",
    )
    first_seed = param.Integer(
        0, bounds=(0, 2**53), label="First seed", doc="The seeds are this one and those after it."
    )
    metric = param.Selector(
        default="last_return", objects=DECIDING, label="Decide by", doc="The number by which the best is decided."
    )

    def take(self, plan: Plan) -> None:
        """Take over the numbers of a plan."""
        length = {"episodes": plan.episodes} if plan.episodes else {"steps": plan.steps}
        deciding = plan.metrics[0] if plan.metrics[0] in DECIDING.values() else self.metric
        self.param.update(
            unit=EPISODES if plan.episodes else STEPS,
            runs=plan.runs,
            first_seed=plan.first_seed,
            metric=deciding,
            **length,
        )

    def fields(self, kept: tuple[str, ...]) -> dict[str, int | tuple[str, ...]]:
        """Return the fields of a plan; of `kept`, its metrics so far, stays what is beside the deciding one."""
        by_episode = self.unit == EPISODES
        return {
            "runs": self.runs,
            "first_seed": self.first_seed,
            "episodes": self.episodes if by_episode else 0,
            "steps": 0 if by_episode else self.steps,
            "metrics": (self.metric, *(name for name in kept if name != self.metric)),
        }
