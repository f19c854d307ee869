"""What each overlay costs a page beside "state value": processor time of a frame of the board, and what is sent."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial

import numpy as np
from bokeh.document import Document
from verdicts import asked, machine

from dashboards.style.theme import tokens
from dashboards.views.board.view import BoardView
from gridworld.insight.overlays import offered
from gridworld.insight.recent_past import RecentPast
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.storage.keyframes import Keyframes
from gridworld.training.session import TrainingSession

FRAME = 1 / 35  # seconds of a frame of a page at full speed, from `page.py`
SHARE = 0.1  # of the frames a second that an overlay may cost
ROUNDS, STEPS = 60, 500


class Board:
    """A board in a document, which counts what is sent; what takes time is computed apart and timed apart."""

    def __init__(self, session: TrainingSession, keyframes: Keyframes, overlay: str) -> None:
        self.view = BoardView(session.problem, tokens(dark=False))
        self.view.source.look_back = lambda: RecentPast(session, keyframes).updates
        self.view.source.slow.work = self._work
        self.view.colour_by(overlay)
        self.apart: list[float] = []
        self.seconds: list[float] = []
        self.rows: list[int] = []
        document = Document()
        document.add_root(self.view.drawing.figure)
        document.on_change(self._sent)

    def _sent(self, event: object) -> None:
        patches = getattr(event, "patches", None) or {}
        self.rows[-1] += sum(len(patch) for patch in patches.values())

    def _work(self, work, then) -> None:
        began = time.process_time()
        found = work()
        self.apart.append(time.process_time() - began)
        then(found)

    def draw(self, journal: Journal) -> None:
        """Draw a frame; what is computed apart is not in its time."""
        self.rows.append(0)
        before, began = sum(self.apart), time.process_time()
        self.view.refresh(journal)
        self.seconds.append(time.process_time() - began - (sum(self.apart) - before))


def measure(world: str, agent: str, **settings) -> None:
    """Print the cost of each overlay that is offered, all of them in turns over one run."""
    session, keyframes = TrainingSession(world=world, agent=agent, episodes=0, seed=1, **settings), Keyframes()
    session.advance(20_000)
    keyframes.offer(session)
    RecentPast(session, keyframes).updates()  # so that its loop is compiled
    names = [name for name in offered(session.problem, session.agent).values() if name]
    boards = {name: Board(session, keyframes, name) for name in names}
    journals = defaultdict(Journal)
    for number in range(ROUNDS):
        session.advance(STEPS)
        scene, step, episode = session.scene(), session.step, session.episode
        for name in names if number % 2 else reversed(names):
            journals[name].add(Frame(0, Status.RUNNING, step, episode, scene, settings=session.settings))
            boards[name].draw(journals[name])
    usual = np.median(boards["state value"].seconds[5:])
    print(f"\n{world}, {agent}: state value {1000 * usual:.2f} ms a frame")
    print(f"{'overlay':<16}{'ms':>7}{'ratio':>7}{'of a frame':>12}{'rows sent':>11}{'ms apart':>10}")
    most = 0.0
    for name, board in boards.items():
        seconds, rows = np.median(board.seconds[5:]), np.mean(board.rows[5:])
        extra = max(0.0, seconds - usual) / FRAME
        apart = f"{1000 * np.median(board.apart):.1f}" if board.apart else ""
        most = max(most, extra)
        print(f"{name:<16}{1000 * seconds:>7.2f}{seconds / usual:>7.2f}{extra:>12.1%}{rows:>11.0f}{apart:>10}")
    print(f"{world}, {agent}: the dearest overlay takes {most:.1%} of a frame, {asked(most, most=SHARE)}")


def main() -> None:
    """Print all of it."""
    print(machine())
    for show in (
        partial(measure, "medium", "q_learning", exploration="UCB"),
        partial(measure, "open_10", "sarsa_lambda"),
        partial(measure, "open_20", "prioritized_sweeping"),
        partial(measure, "open_50", "dyna_q"),
    ):
        show()


if __name__ == "__main__":
    main()
