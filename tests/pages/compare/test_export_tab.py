"""What the tab Export hands over, without a browser: the pictures of a study are of the runs that are there."""

from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace

import pytest
from PIL import Image

from dashboards.hub.hub import Hub
from dashboards.pages.compare.export_tab import NO_RUNS, NO_STUDY, ExportTab
from gridworld.experiments.experiment import Experiment
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.study import study_of
from gridworld.pictures.heat_maps import draw_maps
from gridworld.pictures.study import draw_studies

SMALL = Plan((Contestant("sarsa", {"step_size": [0.1, 0.5]}),), ("easy",), runs=3, episodes=10)
BOTH = replace(SMALL, contestants=(Contestant("sarsa", {"step_size": [0.1, 0.5], "epsilon": [0.1, 0.2]}),))
NONE = replace(SMALL, contestants=(Contestant("sarsa"),))
APART = (Contestant("sarsa", {"step_size": [0.1, 0.5]}), Contestant("dyna_q", {"planning_steps": [0, 5]}))


def opened(plan: Plan, theme: str = "light", has_runs: bool = True) -> ExportTab:
    experiment = Experiment(plan)
    experiment.result = compare(plan) if has_runs else None
    return ExportTab(lambda: experiment, Hub().executors, lambda: theme)


def press(tab: ExportTab, label: str) -> None:
    buttons = {button.label: button for button in tab.panel[0] if getattr(button, "label", "")}
    buttons[label].param.trigger("clicks")


def saved(tab: ExportTab) -> bytes:
    return b64decode(tab._downloads.panel.data.partition("base64,")[2])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("plan", [SMALL, BOTH], ids=["lines", "maps"])
def test_a_study_is_saved_as_the_picture_that_it_is(plan, theme):
    tab, study = opened(plan, theme), study_of(plan, compare(plan))
    made = draw_maps(study, theme=theme) if plan is BOTH else draw_studies({"": study}, theme=theme)
    press(tab, "Study (SVG)")
    assert tab._downloads.panel.filename == "study.svg"
    assert saved(tab).decode() == made.svg()
    press(tab, "Study (PNG)")
    assert tab._downloads.panel.filename == "study.png"
    assert Image.open(io.BytesIO(saved(tab))).convert("RGB").tobytes() == made.image().tobytes()
    assert "study.png was saved" in tab._outcome.message.object


@pytest.mark.parametrize("form", ["SVG", "PNG"])
@pytest.mark.parametrize(
    ("plan", "has_runs", "why"),
    [
        (SMALL, False, NO_RUNS),
        (NONE, True, NO_STUDY),
        (replace(SMALL, contestants=APART), True, "No contestant has both planning_steps and step_size"),
    ],
    ids=["no runs", "no study", "no map"],
)
def test_what_cannot_be_drawn_is_a_sentence(form, plan, has_runs, why):
    tab = opened(plan, has_runs=has_runs)
    press(tab, f"Study ({form})")
    assert why in tab._outcome.message.object
    assert not tab._downloads.panel.data


def test_a_sentence_has_a_line_of_its_own():
    tab = opened(NONE, has_runs=True)
    (line,) = (part for part in tab.panel if tab._outcome.message in list(getattr(part, "objects", ())))
    assert list(line) == list(tab._outcome.parts), "and is not squeezed in beside the buttons"
