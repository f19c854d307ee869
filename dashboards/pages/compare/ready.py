"""Ready comparisons for a lecture: each a plan, and two sentences on what to watch for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from dashboards.pages.plan_address import POINTS
from dashboards.style.markup import fill
from gridworld.experiments.curves import CurveKind
from gridworld.experiments.plan import Contestant, Plan

GREEDY = {"epsilon": 0.1, "epsilon_schedule": "constant"}
BOOK = {**GREEDY, "step_size": 0.5, "discount": 1.0}
MAZE = {**GREEDY, "step_size": 0.1, "discount": 0.95}
QUICK = {**MAZE, "step_size": 0.5}
CHANGING = {**GREEDY, "step_size": 1.0, "discount": 0.95, "planning_steps": 50}


@dataclass(frozen=True)
class ReadyComparison:
    """A comparison that can be begun by one click; `watch` are two sentences, `curve` is what to look at.

    The plan is made from its `fields` when it is asked for, because its world must be loaded for that.
    """

    title: str
    watch: str
    fields: Mapping[str, Any]
    curve: CurveKind = "returns"

    @property
    def plan(self) -> Plan:
        """The plan. Raises ValueError if its world can't be used here."""
        return Plan(**self.fields)

    def describes(self, plan: Plan) -> bool:
        """Return whether a plan is that of this comparison; no world is loaded for that."""
        return all(getattr(plan, name) == value for name, value in self.fields.items())


def _plan(world: str, contestants: Sequence[tuple[str, str, dict[str, Any]]], **fields: Any) -> dict[str, Any]:
    made = tuple(Contestant(agent, numbers, label) for label, agent, numbers in contestants)
    usual = {"runs": 300, "points": POINTS, "metrics": ("last_return", "first_return", "return", "length")}
    return {"contestants": made, "worlds": (world,), **usual, **fields}


LENGTH = ("length", "return", "last_return")


def _changing_maze(name: str, steps: int, watch: str) -> ReadyComparison:
    agents = [("Dyna-Q", "dyna_q", CHANGING), ("Dyna-Q+", "dyna_q_plus", CHANGING)]
    plan = _plan(f"{name}_maze", agents, metrics=LENGTH, episodes=0, steps=steps, runs=200)
    return ReadyComparison(f"The {name} maze: Dyna-Q against Dyna-Q+", watch, plan, "lengths")


READY = {
    "cliff": ReadyComparison(
        "Q-learning against Sarsa on the cliff",
        "Watch the end of the curves: Q-learning falls off the cliff again and again, because it learns the path along "
        "the edge and explores on it. Sarsa takes the safe way and earns more, although its greedy path is longer.",
        _plan("cliff", [("Sarsa", "sarsa", BOOK), ("Q-learning", "q_learning", BOOK)]),
    ),
    "epsilon": ReadyComparison(
        "Epsilon too small and too large",
        "Watch who finds the way over the slippery ice: with ε = 0.001 the agent keeps to the first way that works. "
        "With ε = 0.5 it finds a good one, as the exact return of its greedy policy shows, and slips into a hole all "
        "the same, because half of its steps are random.",
        _plan(
            "FrozenLake-v1",
            [
                (f"ε = {e}", "q_learning", {**GREEDY, "epsilon": e, "step_size": 0.1, "discount": 0.99})
                for e in (0.001, 0.1, 0.5)
            ],
            metrics=("last_return", "first_return", "return", "greedy_return"),
            episodes=2_000,
        ),
    ),
    "optimism": ReadyComparison(
        "Optimistic start against epsilon",
        "Watch the first episodes: values that begin too high make an agent try everything, without any randomness. "
        "After that it is greedy and takes the shortest way, 14 steps, while ε keeps on costing steps.",
        _plan(
            "dyna_maze",
            [
                ("Starts at 0.5, ε = 0", "q_learning", {**QUICK, "epsilon": 0.0, "initial_value": 0.5}),
                ("Starts at 0, ε = 0.1", "q_learning", QUICK),
            ],
            metrics=LENGTH,
            episodes=150,
        ),
        "lengths",
    ),
    "dyna": ReadyComparison(
        "Dyna-Q with 0, 5 and 50 planning steps",
        "Watch the steps of the first ten episodes: planning learns from a few real steps what otherwise takes dozens "
        "of episodes. The first episode is the same for all three, until the step that Race names: there is nothing to "
        "plan with yet.",
        _plan(
            "dyna_maze",
            [(f"n = {n}", "dyna_q", {**MAZE, "planning_steps": n}) for n in (0, 5, 50)],
            metrics=LENGTH,
            episodes=50,
            runs=200,
        ),
        "lengths",
    ),
    "blocking": _changing_maze(
        "blocking",
        3_000,
        "Watch step 1,000, at which the way is blocked and a longer one opens. Dyna-Q plans with a model that is wrong "
        "now; Dyna-Q+ is curious about what it has not tried for long, and finds the new way sooner.",
    ),
    "shortcut": _changing_maze(
        "shortcut",
        6_000,
        "Watch step 3,000, at which a shorter way opens and the old one stays. Dyna-Q has no reason to look for it; "
        "Dyna-Q+ tries old actions again now and then, and finds it.",
    ),
    "bias": ReadyComparison(
        "Double Q-learning and the maximization bias",
        "An episode has 2 steps if the agent goes left, which is wrong, and 1 if it goes right: the curve less 1 "
        "is the share of “left” in the book's Figure 6.5. Watch Q-learning rise above 1.9 before it learns better, "
        "and Double Q-learning fall from 1.5 at once.",
        _plan(
            "GridWorld/MaximizationBias-v0",
            [
                (label, agent, {**GREEDY, "step_size": 0.1, "discount": 1.0})
                for label, agent in (("Q-learning", "q_learning"), ("Double Q-learning", "double_q_learning"))
            ],
            metrics=("length", "return"),
            episodes=300,
            runs=200,
        ),
        "lengths",
    ),
    "traces": ReadyComparison(
        "One step, n steps, and traces",
        "Watch the first twenty episodes: with n steps or with traces one success teaches the way that led to it, and "
        "not its last step alone. With one step, Sarsa still takes twice as many steps after a hundred episodes.",
        _plan(
            "four_rooms",
            [
                ("Sarsa, one step", "sarsa", MAZE),
                ("4 steps", "n_step_sarsa", {**MAZE, "n": 4}),
                ("Sarsa(λ), λ = 0.9", "sarsa_lambda", {**MAZE, "trace_decay": 0.9}),
            ],
            metrics=LENGTH,
            episodes=100,
        ),
        "lengths",
    ),
    "discount": ReadyComparison(
        "The discount in the world of jumps",
        "Watch what is earned in 100 steps. With γ = 0 only the next reward counts, so nothing leads the agent to the "
        "jumps; γ = 0.3 is far-sighted enough for this small world, and γ = 0.95 takes longer to learn the same.",
        _plan(
            "jumps",
            [(f"γ = {g:g}", "q_learning", {**QUICK, "discount": g}) for g in (0.0, 0.3, 0.95)],
            metrics=("last_return", "first_return", "return"),
            episodes=300,
        ),
    ),
}
"""By the name that stands in an address."""
READY_CSS = """
:host { font: 13px/19px var(--bokeh-base-font); color: var(--mui-palette-text-primary); overflow: auto; }
ul { list-style: none; margin: 0; padding: 8px 0 0; display: grid; gap: 8px;
  grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); }
a { display: block; height: 100%; box-sizing: border-box; padding: 10px 12px; border-radius: 8px; text-decoration: none;
  color: inherit; border: 1px solid var(--mui-palette-divider); }
a:hover { background: var(--mui-palette-action-hover); border-color: var(--mui-palette-primary-main); }
a:focus-visible { outline: 2px solid var(--mui-palette-primary-main); }
b { display: block; color: var(--mui-palette-primary-main); margin-bottom: 2px; }
span { font-size: 12px; line-height: 18px; color: var(--mui-palette-text-secondary); }
"""


def ready_list(kept: dict[str, str]) -> str:
    """Return the links to all ready comparisons, which begin at once; `kept` stays in the address."""
    items = Markup("")
    for name, ready in READY.items():
        query = urlencode({"page": "compare", "ready": name, **kept})
        items += Markup('<li><a href="?{}"><b>{}</b><span>{}</span></a></li>').format(query, ready.title, ready.watch)
    return fill("<ul>{}</ul>", items)


def watch_html(plan: Plan) -> str:
    """Return what to watch for, if the plan is that of a ready comparison; else nothing."""
    found = next((ready for ready in READY.values() if ready.describes(plan)), None)
    return fill('<div class="hint"><b>{}.</b> {}</div>', found.title, found.watch) if found else ""
