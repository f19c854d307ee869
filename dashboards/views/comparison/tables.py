"""What is measured and what is decided, as plain HTML tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from math import isfinite, isinf

from markupsafe import Markup

from dashboards.style.formatting import interval_numbers, number
from dashboards.style.markup import fill
from dashboards.views.comparison.marks import line_mark
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import counted
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Cell
from gridworld.experiments.statistics import FIRST_LOOK, Estimate

TABLE_CSS = """
:host { font: 13px/20px var(--bokeh-base-font); color: var(--mui-palette-text-primary); overflow: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; caption-side: bottom; padding: 8px 8px 0; font-size: 12px; line-height: 18px;
  color: var(--mui-palette-text-secondary); }
th, td { padding: 4px 8px; height: 20px; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--mui-palette-divider); }
th { font-weight: 400; color: var(--mui-palette-text-secondary); font-size: 12px; vertical-align: bottom; }
th[scope=row] { font-size: 13px; color: var(--mui-palette-text-primary); }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--mui-palette-background-paper); }
th svg { vertical-align: middle; margin-right: 8px; }
small { font-size: 12px; color: var(--mui-palette-text-secondary); margin-left: 6px; }
td.own { color: var(--mui-palette-text-secondary); }
abbr { color: var(--mui-palette-warning-main); text-decoration: none; cursor: help; margin-left: 4px; }
a { color: var(--mui-palette-primary-main); }
p { margin: 8px; font-size: 12px; line-height: 18px; color: var(--mui-palette-text-secondary); }
"""
BOLD = "Bold: the best, where the runs decide it."
SOME = "These are some of the combinations of a study; which is the best of all is not marked here."
NOTHING_YET = '<p role="status">There are no runs yet to show; this fills as soon as every contestant has one.</p>'


def metrics_table(cells: Sequence[Cell], result: Comparison | None, world: str) -> str:
    """Return each metric of each contestant with its interval; the best is bold where it is decided."""
    if result is None:
        return NOTHING_YET
    metrics = result.plan.metrics
    best = {metric: _best(cells, result, metric, world) for metric in metrics}
    rows, warnings = Markup(""), dict.fromkeys("")
    for place, cell in enumerate(cells):
        row = Markup("")
        for metric in metrics:
            estimate = result.estimate(cell.label, metric, world=world)
            if estimate.warning and not (result.interim and estimate.n < FIRST_LOOK):
                warnings[estimate.warning] = None
            row += Markup("<td>{}</td>").format(shown(estimate, is_best=best[metric] == cell.label))
        rows += Markup('<tr><th scope="row">{}{}</th>{}</tr>').format(line_mark(place), cell.label, row)
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(METRICS[metric].label) for metric in metrics)
    bold = BOLD if _all_shown(cells, result, world) else SOME
    caption = " ".join([_what_intervals_are(result), bold, *warnings])
    return fill(
        '<table><caption>{}</caption><thead><tr><th scope="col">Contestant</th>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        caption,
        heads,
        rows,
    )


def differences_table(cells: Sequence[Cell], result: Comparison | None, world: str) -> str:
    """Return the paired differences of the first metric, row - column; bold where they are decided."""
    if result is None:
        return NOTHING_YET
    if len(cells) < 2:
        return "<p>Differences need two contestants or more: add one in the form.</p>"
    metric = result.plan.metrics[0]
    decided = result.decision(metric, world=world).pairs if _all_shown(cells, result, world) else frozenset()
    found = {
        (one.label, other.label): result.difference(one.label, other.label, metric, world=world)
        for one, other in combinations(cells, 2)
    }
    rows = Markup("")
    for place, one in enumerate(cells):
        row = Markup("")
        for other in cells:
            if one is other:
                row += Markup('<td class="own">0</td>')
                continue
            there = found.get((one.label, other.label))
            estimate = there if there is not None else negative(found[other.label, one.label])
            is_decided = frozenset((one.label, other.label)) in decided
            row += Markup("<td>{}</td>").format(shown(estimate, is_best=is_decided))
        rows += Markup('<tr><th scope="row">{}{}</th>{}</tr>').format(line_mark(place), one.label, row)
    heads = Markup("").join(Markup('<th scope="col">− {}</th>').format(cell.label) for cell in cells)
    method = "confidence sequences at a level shared among all pairs" if result.interim else "Holm's method, at 5%"
    caption = (
        f"{METRICS[metric].label}: row − column, mean over common seeds. {_what_intervals_are(result)} "
        f"Bold: the two differ, decided over all pairs by {method}."
    )
    return fill(
        '<table><caption>{}</caption><thead><tr><th scope="col">Difference</th>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        caption,
        heads,
        rows,
    )


def runs_table(
    cells: Sequence[Cell], result: Comparison | None, link: Callable[[Cell, int], str], first: int, count: int
) -> str:
    """Return the first metric of single runs, each a link `link(cell, seed)` to the run itself."""
    last = first + (min(count, result.plan.runs) if result else count)
    metric = result.plan.metrics[0] if result else None
    heads = Markup("").join(
        Markup('<th scope="col">{}{}</th>').format(line_mark(place), cell.label) for place, cell in enumerate(cells)
    )
    values = [result.values(cell.label, metric, cell.settings.world) for cell in cells] if result else None
    rows = Markup("")
    for seed in range(first, last):
        row = Markup("")
        for place, cell in enumerate(cells):
            text = number(values[place][seed - first]) if values else "open"
            name = f"Open the run of {cell.label} with seed {seed}"
            row += Markup('<td><a href="{}" target="_blank" aria-label="{}">{}</a></td>').format(
                link(cell, seed), name, text
            )
        rows += Markup('<tr><th scope="row">Seed {}</th>{}</tr>').format(seed, row)
    return fill(
        "<table><caption>Each number opens this very run on the Grid world page, with the same bits; press Start there."
        '</caption><thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table>',
        METRICS[metric].label if metric else "Run",
        heads,
        rows,
    )


def shown(estimate: Estimate, *, is_best: bool = False) -> Markup:
    """Return an estimate with its interval, and a sign with a reason where that is probably too short."""
    has_interval = isfinite(estimate.low) and isfinite(estimate.high)
    ends = (estimate.low, estimate.high) if has_interval else (estimate.value, estimate.value)
    text, low, high = interval_numbers(estimate.value, *ends)
    value = Markup("<b>{}</b>" if is_best else "{}").format(text)
    if isinf(estimate.low) and estimate.n < FIRST_LOOK:
        return value + Markup("<small>± after {} runs</small>").format(FIRST_LOOK)
    if not has_interval and estimate.n == 1:
        return value + Markup("<small>no interval: one run only</small>")
    if not has_interval:
        return value + Markup('<abbr title="{}">!</abbr>').format(estimate.warning)
    warning = Markup('<abbr title="{}">!</abbr>').format(estimate.warning) if estimate.warning else ""
    return value + Markup("<small>[{}, {}]</small>{}").format(low, high, warning)


def negative(estimate: Estimate) -> Estimate:
    """Return the estimate of a difference the other way round."""
    return replace(estimate, value=-estimate.value, low=-estimate.high, high=-estimate.low)


def _all_shown(cells: Sequence[Cell], result: Comparison, world: str) -> bool:
    return len(cells) == sum(cell.settings.world == world for cell in result.plan.cells)


def _best(cells: Sequence[Cell], result: Comparison, metric: str, world: str) -> str | None:
    if not _all_shown(cells, result, world):
        return None
    found = result.decision(metric, world=world)
    return found.best if found.is_decided else None


def _what_intervals_are(result: Comparison) -> str:
    n = f"{counted(result.plan.runs)} each; [low, high]: 95% intervals of the mean over seeds"
    if result.interim:
        return f"{n}, anytime-valid (confidence sequence): you may look as often as you like, and stop when you like."
    return f"{n}, of the runs that were planned."
