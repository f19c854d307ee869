"""The form row of a choice that a run can refuse: a list, and a sentence below it."""

from __future__ import annotations

from typing import Any

import panel as pn

from dashboards.style.choice import choice
from dashboards.style.markup import fill
from dashboards.style.widgets import LABELLED, html, problem_html, stack


class ChoiceField(pn.viewable.Viewer):
    """A list to choose from, below it what the choice is about or why it was refused."""

    def __init__(self, label: str, **choices: Any) -> None:
        super().__init__()
        self.list = choice(label, **choices, **LABELLED)
        self._sentence, self._about = html("", sizing_mode="stretch_width", visible=False), ""
        self._panel = stack(self.list, self._sentence, gap="0")

    def __panel__(self) -> Any:
        return self._panel

    @property
    def disabled(self) -> bool:
        """Whether the choice may not be changed now."""
        return self.list.disabled

    @disabled.setter
    def disabled(self, locked: bool) -> None:
        self.list.disabled = locked

    @property
    def sentence(self) -> str:
        """What is shown below the list, as HTML."""
        return self._sentence.object

    def explain(self, about: str) -> None:
        """Show what the choice is about."""
        self._about = about
        self.refuse("")

    def refuse(self, sentence: str) -> None:
        """Show why an edit was refused; with an empty sentence, what the choice is about."""
        text = (
            problem_html(sentence)
            if sentence
            else fill('<div class="hint" style="padding:0 14px 4px">{}</div>', self._about)
        )
        self._sentence.param.update(object=text, visible=bool(sentence or self._about))
