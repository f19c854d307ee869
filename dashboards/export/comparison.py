"""A comparison as one HTML file that needs no server and no network: curves, tables, plan, data and a paragraph."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bokeh.document import Document
from markupsafe import Markup

from dashboards.export import words
from dashboards.export.page import ADDRESSES, TEMPLATE
from dashboards.export.plots import paint
from dashboards.export.style import page_css
from dashboards.live.panel_patches.standalone import page_of
from dashboards.style.markup import fill
from dashboards.style.theme import tokens
from dashboards.views.comparison.curves import ComparisonCurves
from dashboards.views.comparison.figures import HEAD_CSS
from dashboards.views.comparison.study import StudyView
from dashboards.views.comparison.tables import TABLE_CSS, differences_table, metrics_table
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.outputs import csv_text, paragraph
from gridworld.experiments.plan import Cell
from gridworld.experiments.plan_files import plan_toml
from gridworld.experiments.study import study_of
from gridworld.storage.atomic_files import written_whole

MOST_CURVES = 8
LAYOUT_CSS = """
main { display: block; } section { margin-bottom: 12px; overflow-x: auto; } .comparison { height: 420px; }
pre { margin: 0; white-space: pre-wrap; } caption { font-weight: 400; }
"""


def write_report(result: Comparison, path: str | Path) -> Path:
    """Write the report of a comparison, and return its path."""
    path = Path(path)
    content = comparison_html(result).encode()
    with written_whole(path) as file:
        file.write(content)
    return path


def comparison_html(result: Comparison, theme: str = "auto", now: datetime | None = None) -> str:
    """Return the report of a comparison as the content of a file; its theme is "auto", "light" or "dark"."""
    document, models, sections = Document(), [], []
    colours = tokens(dark=theme == "dark")
    if len(result.plan.worlds) == 1 and (study := study_of(result.plan, result)) is not None:
        view = StudyView(colours)
        view.show(study)
        for number, (title, figure) in enumerate(view.figures):
            paint(figure, colours)
            figure.name = f"study-{number}"
            document.add_root(figure)
            models.append(figure)
            sections.append(_study_html(title, view.heading, figure.name))
    for number, world in enumerate(result.plan.worlds):
        cells = [cell for cell in result.plan.cells if cell.settings.world == world]
        drawn = ComparisonCurves(colours)
        shown = cells[:MOST_CURVES]
        curves = [result.curve(cell.label, world=world) for cell in shown]
        drawn.show(shown, curves, "returns", result.plan.runs)
        paint(drawn.figure, colours)
        drawn.figure.name = f"curves-{number}"
        document.add_root(drawn.figure)
        models.append(drawn.figure)
        sections.append(_world_html(result, world, cells, drawn))
    variables = {
        "css": "\n".join(
            [page_css(theme), *(css.replace(":host", "section") for css in (HEAD_CSS, TABLE_CSS)), LAYOUT_CSS]
        ),
        "scheme": "light dark" if theme == "auto" else theme,
        "addresses": ADDRESSES,
        "body": _body(result, sections, now or datetime.now().astimezone()),
    }
    return page_of(models, "Comparison", TEMPLATE, variables)


def _study_html(title: str, heading: str, name: str) -> Markup:
    """Return the study, or the map of one contestant; the comment is the place of the figure."""
    section = '<section class="card"><h2>{}</h2>{}<div class="comparison plot">{}</div></section>'
    return Markup(section).format(title, Markup(heading), Markup("<!--{}-->").format(name))


def _world_html(result: Comparison, world: str, cells: list[Cell], view: ComparisonCurves) -> Markup:
    """Return the curves and the tables of one world; the comment is the place of the figure."""
    title = "A world given as text" if "\n" in world else world
    holder = Markup("<!--{}-->").format(view.figure.name)
    few = cells if len(cells) <= MOST_CURVES else []
    tables = [metrics_table(cells, result, world), *([differences_table(few, result, world)] if len(few) > 1 else [])]
    return Markup(
        '<section class="card"><h2>{}</h2>{}<div class="comparison plot">{}</div></section>{}'
    ).format(
        title,
        Markup(view.heading),
        holder,
        Markup("").join(Markup('<section class="card">{}</section>').format(Markup(table)) for table in tables),
    )  # fmt: skip


def _body(result: Comparison, sections: list[Markup], now: datetime) -> str:
    plan = plan_toml(result.plan)
    links = words.download(csv_text(result), "comparison.csv", "All runs (CSV)", "text/csv")
    links += words.download(plan, "plan.toml", "The plan (TOML)", "application/toml")
    return fill(
        '<header><h1>Gridworld</h1><span class="chip">Comparison</span><span class="what">{:%Y-%m-%d}</span></header>'
        '<main>{}<section class="card"><h2>For a paper</h2><p>{}</p></section>'
        '<section class="card"><h2>The plan: gridworld compare plan.toml does these runs again</h2>'
        '<pre><code>{}</code></pre><div class="links">{}</div></section></main>',
        now,
        Markup("").join(sections),
        paragraph(result),
        plan,
        Markup(links),
    )
