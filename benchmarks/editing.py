"""How long an edit of a world takes: re-solved, and drawn on the board as far as the message to the browser."""

from __future__ import annotations

import time

import numpy as np
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.protocol.messages.patch_doc import patch_doc
from verdicts import asked, machine

from dashboards.style.theme import tokens
from dashboards.views.board.view import BoardView
from gridworld.insight.appraisal import appraise
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.worlds.edit import drafted, paint, symbol_at
from gridworld.worlds.generators import generate_world
from gridworld.worlds.symbols import SYMBOLS
from gridworld.worlds.text import format_world

EDITS = 60
TARGETS = {20: 0.030, 50: 0.100}  # cells a side: seconds, for 95 of 100 edits


def main() -> None:
    """Change one cell after another at random, and print how long it took until each was solved and drawn."""
    print(machine())
    for side, target in TARGETS.items():
        world = generate_world("walls", side, side, seed=1, density=0.25)
        session = TrainingSession(world=format_world(world), episodes=0)
        session.advance(20_000)
        board, journal, document = BoardView(session.problem, tokens(dark=False)), Journal(), Document()
        journal.add(session.frame())
        board.refresh(journal)
        document.add_root(board.drawing.figure)
        changes: list = []
        document.on_change(changes.append)
        draft, random, seconds = drafted(world), np.random.default_rng(0), []
        for edit in range(EDITS + 5):
            row, column = (int(place) for place in random.integers(1, side - 1, 2))
            kind = "." if symbol_at(draft, (row, column)) == SYMBOLS["#"] else "#"
            began = np.array([time.process_time(), time.perf_counter()])
            draft = paint(draft, [(row, column)], SYMBOLS[kind])
            found = appraise(draft, session.tables.Q, discount=0.99)
            board.draw_draft(found.problem, 0, found.obstacles.tolist())
            patch_doc.create([change for change in changes if isinstance(change, DocumentPatchedEvent)])
            changes.clear()
            if edit >= 5:
                seconds.append([time.process_time(), time.perf_counter()] - began)
        for clock, row in zip(("processor", "wall"), np.transpose(seconds), strict=True):
            p95 = np.quantile(row, 0.95)
            print(
                f"{side} x {side}, {clock}: median {np.median(row):.3f} s, p95 {p95:.3f} s, {asked(p95, most=target)}"
            )


if __name__ == "__main__":
    main()
