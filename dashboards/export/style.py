"""The style of an exported page: the live page's colours, type and cards, in plain CSS."""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dashboards.style.headings import HEAD_CSS
from dashboards.style.theme import FONT, material, tokens
from dashboards.views.board.legend import BAR_CSS, TITLES_CSS
from dashboards.views.plots.plot import HEAD_CSS as CURVE_CSS

FONTS = (("latin", 400), ("latin", 700), ("greek", 400), ("greek", 700))

PLAYER_CSS = """
:host { width: 100% !important; height: auto !important; margin: 0 !important; }
:host > div { flex-direction: row !important; flex-wrap: wrap-reverse; align-items: center; gap: 4px 12px; }
:host > div > div:nth-of-type(2) { width: auto !important; margin: 0 !important; padding: 0 !important; gap: 4px; }
.pn-player-title { display: none !important; }
input[type=range] { flex: 1 1 240px; width: auto !important; min-width: 0; height: 28px; margin: 0;
  accent-color: var(--mui-palette-primary-main); }
button { width: 44px; height: 40px; margin: 0 !important; display: grid; place-items: center; border-radius: 8px;
  border: 1px solid var(--mui-palette-divider) !important; background: transparent;
  color: var(--mui-palette-text-primary); cursor: pointer; }
button.play { background: var(--mui-palette-primary-main); color: var(--mui-palette-primary-contrastText);
  border-color: transparent !important; }
button.pause[style*=inset], button:hover { border-color: var(--mui-palette-primary-main) !important; }
button:focus-visible, input:focus-visible { outline: 2px solid var(--mui-palette-primary-main); outline-offset: 2px; }
button { position: relative; }
button::after { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
button.first::after { content: "First keyframe"; }
button.previous::after { content: "Previous keyframe"; }
button.pause::after { content: "Pause"; }
button.play::after { content: "Play"; }
button.next::after { content: "Next keyframe"; }
button.last::after { content: "Last keyframe"; }
button svg { display: block; width: 20px; height: 20px; stroke: currentColor; }
"""

MOMENT_CSS = """
:host { width: auto !important; height: auto !important; }
.bk-btn { width: auto; padding: 0 12px; height: 32px; font: 13px/20px var(--bokeh-base-font); border-radius: 8px;
  border: 1px solid var(--mui-palette-divider); background: transparent; color: var(--mui-palette-text-primary);
  box-shadow: none; }
.bk-btn:hover { border-color: var(--mui-palette-primary-main); }
.bk-btn:focus-visible { outline: 2px solid var(--mui-palette-primary-main); outline-offset: 2px; }
"""

PAGE_CSS = """
* { box-sizing: border-box; }
html { font: 13px/20px var(--bokeh-base-font); color: var(--mui-palette-text-primary);
  background: var(--mui-palette-background-default); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
header { min-height: 52px; padding: 6px 16px; display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px;
  background: var(--mui-palette-background-paper); border-bottom: 1px solid var(--mui-palette-divider); }
h1 { margin: 0; font-size: 17px; line-height: 24px; }
h2 { margin: 0 0 6px; font-size: 13px; line-height: 20px; }
.chip { display: inline-flex; align-items: center; height: 24px; padding: 0 10px; border: 1px solid;
  border-radius: 12px;
  font-size: 12px; color: var(--mui-palette-primary-main); }
.what { color: var(--mui-palette-text-secondary); margin-left: auto; }
main { display: grid; gap: 12px; padding: 12px 16px 16px; max-width: 1760px; margin: 0 auto;
  grid-template: "player player" "tiles tiles" "board curves" "facts facts" / minmax(0, 1fr) minmax(0, 1fr); }
.card { background: var(--mui-palette-background-paper); border: 1px solid var(--mui-palette-divider);
  border-radius: 8px;
  padding: 10px 12px 12px; min-width: 0; }
.player { grid-area: player; }
.tiles { grid-area: tiles; padding: 0; display: grid; grid-template-columns: repeat(7, minmax(0, 1fr));
  overflow: hidden; }
.tiles > div { padding: 8px 14px 6px; border-left: 1px solid var(--mui-palette-divider); }
.tiles > div:first-child { border-left: 0; }
.tiles span { display: block; font-size: 12px; line-height: 16px; color: var(--mui-palette-text-secondary);
  white-space: nowrap; }
.tiles i { font-style: normal; }
.tiles .number { height: 26px; }
.moments { margin-top: 8px; display: flex; flex-wrap: wrap; gap: 6px; }
.notes { margin: 8px 0 0; padding: 0; font-size: 12px; color: var(--mui-palette-text-secondary); list-style: none; }
.board { grid-area: board; display: grid; grid-template: auto auto / minmax(0, 1fr) 58px; gap: 8px 10px;
  align-content: start; }
.board > .boardhead { grid-column: 1 / -1; }
.shape { position: relative; aspect-ratio: var(--ratio); margin: 0 auto; container-type: size;
  width: min(100%, calc(var(--ratio) * max(440px, 100vh - 262px))); }
.shape .plot, .shape .titles { position: absolute; inset: 0; }
.curves { grid-area: curves; display: flex; flex-direction: column; min-height: 440px; }
.states { display: flex; flex-direction: column; min-height: 440px; }
.states .plot { flex: 1 1 auto; min-height: 400px; }
.curves .plot { flex: 1 1 60px; min-height: 60px; }
.curves .plot.first { flex-grow: 1.5; }
.plot > div, .number > div { width: 100%; height: 100%; }
.facts { grid-area: facts; display: grid; gap: 12px; grid-template-columns: repeat(2, minmax(0, 300px)) minmax(0, 1fr);
  align-items: start; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; font-weight: 700; padding-bottom: 4px; }
th, td { padding: 4px 0; border-top: 1px solid var(--mui-palette-divider); text-align: left; font-weight: 400;
  vertical-align: top; }
th { color: var(--mui-palette-text-secondary); padding-right: 12px; }
td { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
pre { margin: 0; padding: 10px 12px; overflow: auto; border-radius: 6px;
  background: var(--mui-palette-background-default);
  font: 12px/18px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
.links { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.button { display: inline-flex; align-items: center; height: 40px; padding: 0 16px; border-radius: 8px;
  text-decoration: none;
  font-weight: 500; color: var(--mui-palette-primary-main); border: 1px solid var(--mui-palette-divider); }
.button:hover, .button:focus-visible { border-color: var(--mui-palette-primary-main); }
noscript { display: block; padding: 12px 16px; }
@media (max-width: 899px) {
  main { padding: 12px; grid-template: "player" "tiles" "board" "curves" "facts" / minmax(0, 1fr); }
  header { padding: 6px 12px; }
  .what { margin-left: 0; }
  .curves { height: 520px; }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: repeat(12, 1fr); }
  .tiles > div { grid-column: span 3; padding: 8px 10px 6px; border-top: 1px solid var(--mui-palette-divider); }
  .tiles > div:nth-child(-n+3) { grid-column: span 4; border-top: 0; }
  .tiles > div:nth-child(4) { border-left: 0; }
  .tiles i { display: none; }
}
@media print { main { display: block; } .card { margin-bottom: 12px; break-inside: avoid; } .player { display: none; } }
"""


DARK_CSS = """
@media (prefers-color-scheme: dark) {
  :root { %(dark)s }
  .plot, .number, .bar, .boardhead, .curvehead { %(light)s filter: invert(.92) hue-rotate(180deg); }
}
"""
"""For a page of light figures whose browser prefers dark ones: what is drawn on canvas can't be painted again without a
script, so all that shares its colours is inverted, with hues kept."""


def page_css(theme: str) -> str:
    """Return all styles of a page in a theme: "light", "dark", or "auto", which follows the browser."""
    scoped = [(".boardhead", HEAD_CSS), (".bar", BAR_CSS), (".titles", TITLES_CSS), (".curvehead", CURVE_CSS)]
    shared = "".join(f"{name} {{ {css.replace(':host', '&')} }}\n" for name, css in scoped)
    dark = DARK_CSS % {"dark": _variables(dark=True), "light": _variables(dark=False)} if theme == "auto" else ""
    root = f":root {{ --bokeh-base-font: {FONT}; {_variables(dark=theme == 'dark')} }}"
    return f"{fonts()}\n{root}\n{PAGE_CSS}\n{shared}\n{dark}"


def _variables(dark: bool) -> str:
    """Return the colours of a theme as CSS variables."""
    palette = material(tokens(dark=dark))["palette"]
    return "".join(f"--mui-palette-{name}: {colour}; " for name, colour in _flat(palette))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of a palette, named by their path."""
    for name, branch in tree.items():
        if isinstance(branch, Mapping):
            yield from _flat(branch, f"{prefix}{name}-")
        else:
            yield f"{prefix}{name}", branch


@cache
def fonts() -> str:
    """Return the live page's type, from the files that panel-material-ui brings; without it the page takes what is
    there."""
    found = importlib.util.find_spec("panel_material_ui")
    folder = Path((found and found.origin) or "").parent / "dist"
    rules = []
    for script, weight in FONTS:
        for file in sorted(folder.glob(f"roboto-{script}-{weight}-normal-*.woff2"))[:1]:
            data = base64.b64encode(file.read_bytes()).decode()
            span = "unicode-range: U+0370-03FF; " if script == "greek" else ""
            source = f"src: url(data:font/woff2;base64,{data}) format('woff2')"
            rules.append(f"@font-face {{ font-family: Roboto; font-weight: {weight}; {span}{source}; }}")
    return "\n".join(rules)
