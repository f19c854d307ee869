"""What is known of one state and of one of its actions, as HTML that follows the theme by itself."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
from markupsafe import Markup

from dashboards.style.formatting import count, fixed
from dashboards.style.markup import fill
from gridworld.insight.inspection import ActionFacts, PossibleOutcome, StateFacts, WhyNot
from gridworld.insight.words import Line, written
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

INSPECTION_CSS = """
:host { font-family: var(--bokeh-base-font); color: var(--mui-palette-text-primary); width: 100%; }
.inspection { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 4px 28px;
  align-items: start; font-size: 13px; line-height: 20px; font-variant-numeric: tabular-nums; }
.inspection h3 { font-size: 13px; line-height: 20px; font-weight: 700; margin: 0 0 2px; }
.inspection p { margin: 0 0 6px; color: var(--mui-palette-text-secondary); font-size: 12px; line-height: 17px; }
.inspection table { border-collapse: collapse; width: 100%; }
.inspection th { font-weight: 400; font-size: 12px; color: var(--mui-palette-text-secondary); text-align: right;
  padding: 0 0 2px 10px; white-space: nowrap; }
.inspection td { padding: 1px 0 1px 10px; text-align: right; vertical-align: top; white-space: nowrap; }
.inspection th:first-child, .inspection td:first-child { text-align: left; padding-left: 0; }
.inspection td.words, .inspection th.words { text-align: left; white-space: normal; }
.inspection tr.chosen td { background: var(--mui-palette-action-hover); }
.inspection .small { font-size: 12px; color: var(--mui-palette-text-secondary); }
.inspection .equation td { text-align: left; white-space: normal; }
.inspection .equation td:first-child { white-space: nowrap; }
.inspection .equation td:last-child { text-align: right; font-weight: 700; white-space: nowrap; }
.inspection details { font-size: 12px; color: var(--mui-palette-text-secondary); }
.inspection summary { cursor: pointer; }
.inspection svg { display: block; width: 100%; height: 76px; margin: 2px 0 4px; }
.inspection svg text { font-size: 11px; fill: var(--mui-palette-text-secondary); }
"""
ARROWS = {"up": "↑", "right": "→", "down": "↓", "left": "←"}
MOST_OUTCOMES = 3
CHART = 300, 76  # the width and height of the little chart, in its own units


def facts_html(facts: StateFacts, problem: Problem, action: int) -> Markup:
    """Return the heading of a state and the table of its actions, the chosen one marked."""
    rows = Markup("").join(_row(act, problem, act.action == action) for act in facts.actions)
    head = '<th>Action</th><th>Q</th><th>q*</th><th>Visits</th><th>π</th><th class="words">Leads to</th>'
    kind = "" if facts.kind in ("floor", "state") else f", {facts.kind}"
    return Markup('<div><h3>{}{}</h3><table class="facts"><tr>{}</tr>{}</table></div>').format(
        facts.name[:1].upper() + facts.name[1:], kind, Markup(head), rows
    )


def still_html(facts: StateFacts) -> Markup:
    """Return a sentence about a state in which no action is ever taken."""
    why = "Nothing can be in a wall." if facts.kind == "wall" else "An episode ends here, so no action is taken."
    return Markup("<div><h3>{}, {}</h3><p>{}</p></div>").format(
        facts.name[:1].upper() + facts.name[1:], facts.kind, why
    )


def _row(action: ActionFacts, problem: Problem, is_chosen: bool) -> Markup:
    name = " ".join(filter(None, (ARROWS.get(action.name), action.name)))
    label = Markup("<b>{}</b>" if action.is_best else "{}").format(name)
    where = ", ".join(_outcome(outcome, problem) for outcome in action.outcomes[:MOST_OUTCOMES])
    if len(action.outcomes) > MOST_OUTCOMES:
        where += f", and {len(action.outcomes) - MOST_OUTCOMES} more"
    cells = _exact(action.value), _exact(action.optimal_value), count(action.visits), fixed(action.probability, 3)
    row = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in (label, *cells))
    words = Markup('<td class="words small">{}</td>').format(where or "not known")
    return Markup("<tr{}>{}{}</tr>").format(Markup(' class="chosen"' if is_chosen else ""), row, words)


def _outcome(outcome: PossibleOutcome, problem: Problem) -> str:
    share = "" if outcome.probability == 1 else f"{outcome.probability:.0%} "
    end = {Ending.NONE: "", Ending.SUCCESS: ", success", Ending.FAILURE: ", ends"}[outcome.ending]
    return f"{share}{problem.state_name(outcome.successor)} ({written(outcome.reward)}{end})"


def _exact(value: float) -> Markup:
    """Return a number to four decimals, with all its digits in a tooltip."""
    if not isfinite(value):
        return Markup("–")
    return Markup('<span title="{}">{}</span>').format(repr(value), fixed(value, 4))


def update_html(title: str, cause: str, lines: Sequence[Line]) -> Markup:
    """Return an update: its cause in a sentence, and its equation, a line for each step of the computation."""
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{} <span class='small'>({})</span></td><td title='{}'>{}</td></tr>").format(
            line.name, f"= {line.numbers}", line.symbols, repr(line.value), written(line.value)
        )
        for line in lines
    )
    digits = "; ".join(f"{line.name} = {line.value!r}" for line in lines)
    return Markup(
        "<div><h3>{}</h3><p>{}</p><table class='equation'>{}</table>"
        "<details><summary>All digits</summary>{}</details></div>"
    ).format(title, cause, rows, digits)


def why_not_text(lack: WhyNot) -> str:
    """Return in sentences why an action is not the best of its state."""
    chosen, best = lack.action, lack.best
    text = (
        f"Why not {chosen.name}? Its value {written(chosen.value)} ({count(chosen.visits)} visits) is "
        f"{written(lack.gap)} below that of {best.name}, {written(best.value)} ({count(best.visits)} visits)."
    )
    if isfinite(lack.needed_target):
        text += f" To draw level by one update, with step size {written(lack.step_size)}, it needs the target "
        text += f"{written(lack.needed_target)}."
        if isfinite(lack.expected_target):
            off = lack.needed_target - lack.expected_target
            text += f" Its expected target now is {written(lack.expected_target)}"
            text += f", {written(off)} less." if off > 0 else ", which is enough."
    return text


def chart_html(steps: np.ndarray, values: np.ndarray, names: Sequence[str], action: int) -> Markup:
    """Return Q(s, .) over the run, float64 [n, A] at `steps` [n], as lines; that of the chosen action is strong."""
    known = values[np.isfinite(values)]
    if len(steps) < 2 or not known.size or steps[-1] == steps[0]:
        return Markup("")
    low, high = float(known.min()), float(known.max())
    span, (width, height) = (high - low) or 1.0, CHART
    x = 44 + (width - 70) * (steps - steps[0]) / (steps[-1] - steps[0])
    y = 6 + (height - 12) * (high - values) / span
    lines = Markup("").join(
        _line(x, y[:, other], ARROWS.get(name, name[:6]), other == action)
        for other, name in sorted(enumerate(names), key=lambda entry: entry[0] == action)
    )
    label = f"Action values at {len(steps)} moments of the run, from {written(low)} to {written(high)}"
    ends = Markup('<text x="0" y="12">{}</text><text x="0" y="{}">{}</text>').format(
        f"{high:.3g}".replace("-", "−"), height - 3, f"{low:.3g}".replace("-", "−")
    )
    return Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>').format(
        width, height, label, ends, lines
    )


def _line(x: np.ndarray, y: np.ndarray, name: str, is_chosen: bool) -> Markup:
    is_known = np.isfinite(y)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[is_known], y[is_known], strict=True))
    paint = "stroke:var(--mui-palette-primary-main);stroke-width:2" if is_chosen else (
        "stroke:var(--mui-palette-text-secondary);stroke-width:1;opacity:.55"
    )  # fmt: skip
    name_of_chosen = Markup('<text x="{}" y="{}">{}</text>').format(f"{x[-1] + 4:.1f}", f"{y[-1] + 4:.1f}", name)
    line = Markup('<polyline points="{}" fill="none" vector-effect="non-scaling-stroke" style="{}"/>')
    return line.format(points, paint) + (name_of_chosen if is_chosen and is_known[-1] else Markup(""))


def inspection_html(*parts: Markup) -> str:
    """Return the parts beside one another."""
    return fill('<div class="inspection">{}</div>', Markup("").join(parts))
