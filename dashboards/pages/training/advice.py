"""One sentence about what stands out in a run, with what to try; it can be dismissed."""

from __future__ import annotations

from dashboards.hub.shared_run import SharedRun
from dashboards.live.throttle import Throttle
from dashboards.pages.downloads import button
from dashboards.style.markup import fill
from dashboards.style.widgets import html, row
from gridworld.insight.advice import WORDS, Found, Situation, advise, recent_starts
from gridworld.insight.glossary import GLOSSARY
from gridworld.runs.frame import Status
from gridworld.runs.history import EPISODES, EVALUATIONS

EVALUATED = "episode", "greedy_return", "greedy_length", "greedy_margin"  # the fields of `Found`
SECONDS = 1.0  # between two looks while the run goes on
TEMPLATE = (
    '<div class="hint"><span role="status"><b>Worth knowing:</b> {}</span> '
    '<details style="display:inline-block"><summary style="cursor:pointer;color:var(--mui-palette-primary-main)">'
    "Glossary: {}</summary>{}.</details></div>"
)


class AdviceLine:
    """The first piece of advice that applies and was not dismissed; `panel` is hidden while there is none.

    The entry of the glossary that explains it unfolds beside it. What was dismissed does not come back on this page
    until the run begins again.
    """

    def __init__(self) -> None:
        self._dismissed: set[str] = set()
        self._epoch, self._code = -1, ""
        self._throttle = Throttle(SECONDS)
        self.text = html("", styles={"min-width": "0", "flex": "1"}, align="center")
        self.dismiss = button("Dismiss", "close", self._dismiss)
        self.panel = row(self.text, self.dismiss)
        self.panel.visible = False

    def show(self, shared: SharedRun) -> None:
        """Look at a run as it stands now, and show what applies."""
        if shared.frame.epoch != self._epoch:
            self._epoch, self._dismissed = shared.frame.epoch, set()
        elif not self._throttle.ready(at_once=shared.status is not Status.RUNNING):
            return
        session = shared.session
        if session is None:
            return
        successes = float(shared.journal.columns(EPISODES.name)["success"].sum())
        evaluations = shared.journal.histories[EVALUATIONS.name]
        numbers = [evaluations.newest(name) for name in EVALUATED]
        known = [number for number in numbers if number is not None]
        evaluation = Found(*known) if len(known) == len(numbers) else None
        found = advise(
            Situation(session.problem, session.agent, shared.frame, successes, evaluation, recent_starts(session))
        )
        self._code, sentence = next((advice for advice in found if advice[0] not in self._dismissed), ("", ""))
        text = fill(TEMPLATE, sentence, WORDS[self._code], GLOSSARY[WORDS[self._code]]) if sentence else ""
        if self.text.object != text:
            self.text.object = text
        if self.panel.visible != bool(sentence):
            self.panel.visible = bool(sentence)

    def _dismiss(self) -> None:
        self._dismissed.add(self._code)
        self.panel.visible = False
