"""The training that is shown as a program in Python, to copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.pages.tetris.settings import default_settings, is_deep, trainer_of
from dashboards.style.markup import fill
from dashboards.style.widgets import html

CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 13px; line-height: 20px; padding: 12px; }
textarea { width: 100%; height: 150px; box-sizing: border-box; padding: 8px; resize: vertical;
  font: 12px/18px monospace; color: inherit; background: transparent;
  border: 1px solid var(--mui-palette-divider); border-radius: 6px; }
"""
BESIDE = ("seed", "threads", "folder", "target_lines", "timesteps", "algorithm")


def program(settings: Mapping[str, Any]) -> str:
    """Return a program that trains like these settings; those with their default are left out."""
    usual = default_settings(trainer_of(settings))
    chosen = {name: value for name, value in settings.items() if name in usual and value != usual[name]}
    if is_deep(settings):
        made = {"algorithm": settings["algorithm"], "seed": settings["seed"], **chosen}
        return (
            "from gridworld.runs.commands import Start\nfrom gridworld.tetris.deep.recipe import make_run\n\n"
            f"run = make_run({made!r})\nrun.send(Start())\n"
        )
    hyper = {"method": settings["method"], **{n: value for n, value in chosen.items() if n not in BESIDE}}
    return (
        "from gridworld.tetris import TetrisHyperparameters, TetrisTrainer\n"
        "from gridworld.tetris.evaluation.evaluation import Evaluation\n\n"
        f"trainer = TetrisTrainer(TetrisHyperparameters(**{hyper!r}), seed={settings['seed']!r})\n"
        "trainer.advance(1_000_000)\n\n"
        "played = Evaluation(trainer.weights, trainer.features, width=10, height=10, seed=1, games=100)\n"
        "while not played.finished:\n    played.advance()\n"
        "print(played.estimate.mean, played.estimate.interval)\n"
    )


class PythonTab:
    """Shows the program; `show(settings)` when there are other ones."""

    def __init__(self) -> None:
        self.panel = html("", stylesheets=[CSS], sizing_mode="stretch_width")

    def show(self, settings: Mapping[str, Any]) -> None:
        """Write the program for these settings."""
        note = "The same training in Python, followed by an evaluation of its player:"
        field = '<textarea readonly aria-label="Program">{}</textarea>'
        self.panel.object = fill(f"<div>{note}</div>{field}", program(settings))
