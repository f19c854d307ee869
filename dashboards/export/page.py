"""One HTML file with everything in it: figures, their data, the libraries that draw them, and the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from html import escape

from bokeh.document import Document
from bokeh.events import ButtonClick
from bokeh.models import Button, InlineStyleSheet, Model, SetValue
from panel.models.widgets import Player

from dashboards.export import words
from dashboards.export.board_frames import BoardKeyframes, KeyframeViews
from dashboards.export.moments import Moment, moments_of
from dashboards.export.plots import curves_of, tile_labels, tiles_of
from dashboards.export.states import states_of
from dashboards.export.style import MOMENT_CSS, PLAYER_CSS, page_css
from dashboards.live.panel_patches.standalone import page_of
from dashboards.style.theme import tokens
from dashboards.views.board.legend import bar_html, head_html, kinds_shown, titles_html
from gridworld.pictures.draw import agent_title, meaning_of
from gridworld.pictures.recording import Recording

ADDRESSES = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
"""What a browser may load for the page: nothing but what is in the file."""
TRAIL = "trail: last steps of the episode"
MOST_SHOWN_AT_ONCE = 100  # Panel's slider begins at most here
BUTTONS = ["first", "previous", "pause", "play", "next", "last"]
TEMPLATE = """
{% block title %}{{ title | e }}{% endblock %}
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{{ scheme }}">
<meta http-equiv="Content-Security-Policy" content="{{ addresses }}">
<link rel="icon" href="data:,">
{% endblock %}
{% block css_resources %}{{ bokeh_css }}<style>{{ css }}</style>{% endblock %}
{% block js_resources %}{% endblock %}
{% block contents %}
{% set page = namespace(body=body) %}
{% for root in roots %}
{% set page.body = page.body | replace("<!--" ~ root.name ~ "-->", embed(root)) %}
{% endfor %}
{{ page.body }}{{ bokeh_js }}
{% endblock %}
"""
"""Each comment with the name of a model is its place. The libraries come after the words: a browser
shows those first, and has the type before it draws on canvas."""


class Page:
    """The parts of a page of a recording, in the colours of a theme: "auto", "light" or "dark".

    `html` is the file; `overlay` is what the colours of the board mean. Each of the moments worth seeing has a button
    that sets the player to its keyframe.
    """

    def __init__(self, recording: Recording, theme: str, overlay: str = "state value") -> None:
        self.theme = theme
        self.moments = moments_of(recording)
        self.recording = recording
        colours = tokens(dark=theme == "dark")
        last = len(recording.stills) - 1
        self.keyframe_views = KeyframeViews(first=last if last <= MOST_SHOWN_AT_ONCE else 0)
        self.board = None
        if recording.problem.layouts:
            settings = replace(recording.settings, hyperparameters=recording.hyperparameters)
            meaning = meaning_of(recording.problem, settings, overlay)
            self.board = BoardKeyframes(recording, meaning, colours, self.keyframe_views)
        self.states = None if self.board else states_of(recording, self.keyframe_views)
        self.curves = curves_of(recording, colours, self.keyframe_views)
        self.tiles = tiles_of(recording, colours, self.keyframe_views)
        self.player = self._player(last)
        self.buttons = [self._button(moment) for moment in self.moments]

    def _button(self, moment: Moment) -> Button:
        """Return what sets the player to a moment."""
        sheet = InlineStyleSheet(css=MOMENT_CSS)
        button = Button(label=moment.label, margin=0, stylesheets=[sheet])
        button.js_on_event(ButtonClick, SetValue(obj=self.player, attr="value", value=moment.keyframe))
        return button

    def _player(self, last: int) -> Player:
        """Return Panel's player, linked to the filter of each view, property to property."""
        player = Player(
            start=0, end=last, value=self.keyframe_views.first, interval=200, loop_policy="loop",
            show_loop_controls=False, show_value=False, visible_buttons=BUTTONS, sizing_mode="stretch_width",
            stylesheets=[InlineStyleSheet(css=PLAYER_CSS)],
        )  # fmt: skip
        for chosen in self.keyframe_views.filters:
            player.js_link("value", chosen, "group")
        return player

    @property
    def roots(self) -> dict[str, Model]:
        """What Bokeh draws, by the name of its place on the page."""
        parts: dict[str, Model] = {"player": self.player}
        parts |= {f"moment-{i}": button for i, button in enumerate(self.buttons)}
        parts |= {f"tile-{name}": plot for name, plot in self.tiles.items()}
        parts |= {f"curve-{i}": plot.figure for i, plot in enumerate(self.curves.in_order)}
        parts |= {"board": self.board.drawing.figure} if self.board else {"states": self.states}
        for name, model in parts.items():
            model.name = name
        return parts

    def html(self, now: datetime | None = None) -> str:
        """Return the file."""
        document = Document()
        roots = self.roots
        with document.models.freeze():  # so that the models are gathered once
            for model in roots.values():
                document.add_root(model)
        variables = {
            "css": page_css(self.theme),
            "scheme": "light dark" if self.theme == "auto" else self.theme,
            "addresses": ADDRESSES,
            "body": self._body({name: f"<!--{name}-->" for name in roots}, now or datetime.now().astimezone()),
        }
        return page_of(list(roots.values()), self.title, TEMPLATE, variables)

    @property
    def title(self) -> str:
        recording = self.recording
        world = recording.problem.title or recording.problem.name
        return f"{agent_title(recording.settings.agent)} in {world}"

    def _body(self, holders: dict[str, str], now: datetime) -> str:
        recording = self.recording
        notes = "".join(f"<li>{escape(note)}</li>" for note in recording.notes)
        notes = f'<ul class="notes">{notes}</ul>' if notes else ""
        tiles = "".join(
            f'<div><span>{label}</span><div class="number">{holders[f"tile-{name}"]}</div></div>'
            for name, label in tile_labels(recording.problem).items()
        )
        curves = "".join(
            f'<div class="curvehead">{plot.heading.object}</div>'
            f'<div class="plot{" first" * (i == 0)}">{holders[f"curve-{i}"]}</div>'
            for i, plot in enumerate(self.curves.in_order)
        )
        return f"""
<header><h1>Gridworld</h1><span class="chip">Snapshot</span>
<span class="what">{escape(self.title)} · seed {recording.settings.seed} · {now:%Y-%m-%d}</span></header>
<noscript>The board and the curves are drawn by scripts in this file, and scripts are switched off here.</noscript>
<main>
<section class="card player" aria-label="Player">{holders["player"]}{self._moments_html(holders)}{notes}</section>
<section class="card tiles" aria-label="Numbers at the keyframe">{tiles}</section>
{self._board_html(holders)}
<section class="card curves" aria-label="Curves">{curves}</section>
<div class="facts">{self._facts_html(now)}</div>
</main>"""

    def _moments_html(self, holders: dict[str, str]) -> str:
        if not self.moments:
            return ""
        buttons = "".join(holders[f"moment-{i}"] for i in range(len(self.moments)))
        return f'<div class="moments" role="group" aria-label="Moments worth seeing">{buttons}</div>'

    def _board_html(self, holders: dict[str, str]) -> str:
        if self.board is None:
            return (
                '<section class="card board states" aria-label="States"><h2>States, the most visited first</h2>'
                f'<div class="plot">{holders["states"]}</div></section>'
            )
        board, meaning = self.board.map, self.board.meaning
        aimless = {self.recording.problem.actions[action]: n for action, n in board.policy.corners.items()}
        kinds, about = kinds_shown(board.terrain, board.is_large), meaning.overlay.explanation
        head = head_html(meaning.overlay.title, kinds, aimless, TRAIL, about)
        titles = titles_html(board.placement, self.recording.problem.title)
        left, right, bottom, top = board.placement.bounds
        shape = (right - left) / (top - bottom)
        return (
            '<section class="card board" aria-label="Board">'
            f'<div class="boardhead">{head}</div>'
            f'<div class="shape" style="--ratio:{shape:.4f}"><div class="plot">{holders["board"]}</div>'
            f'<div class="titles">{titles}</div></div>'
            f'<div class="bar">{bar_html(meaning.scale, meaning.name)}</div></section>'
        )

    def _facts_html(self, now: datetime) -> str:
        recording = self.recording
        run = words.table(words.run_rows(recording, now), "Run")
        hyperparameters = words.table(words.hyperparameter_rows(recording), "Hyperparameters")
        curves = words.download(words.curves_csv(recording), "curves.csv", "Data of the curves (CSV)", "text/csv")
        program = words.download(recording.recipe, "recipe.py", "Recipe (Python)", "text/x-python")
        return (
            f'<section class="card">{run}</section><section class="card">{hyperparameters}</section>'
            f'<section class="card"><h2>Recipe: this program makes the run again</h2>'
            f"<pre><code>{escape(recording.recipe)}</code></pre>"
            f'<div class="links">{curves}{program}</div></section>'
        )
