"""Edit on the page: the board and the editor show one draft, and what is usable goes to the run as a command."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from typing import Any

from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import in_background, sentence
from dashboards.pages.downloads import Downloads, button
from dashboards.pages.training.editing.words import held_back, numbers_text
from dashboards.pages.training.editing.world_files import WorldFiles
from dashboards.views.board.editor.editor import WorldEditor
from dashboards.views.board.editor.strokes import Strokes
from dashboards.views.board.view import BoardView
from gridworld.insight.appraisal import Appraisal, appraise
from gridworld.runs.commands import Command, Edit, Reset
from gridworld.runs.frame import Status
from gridworld.worlds.edit import Cell, drafted
from gridworld.worlds.problem import Problem
from gridworld.worlds.text import format_world
from gridworld.worlds.world import Draft

Ask = Callable[[Command, str, str, str], None]


class Editing:
    """The Edit button of a board, and from its first press on the editor in the place of another card.

    Parameters
    ----------
    board
        Where the draft is drawn, and whose strokes edit it.
    find
        Return the present run, or None when it is gone.
    ask
        `ask(command, code, text, about)`, which hands the run a command, or raises ValueError.
    soon
        Makes a change of Bokeh models that a widget asked for.
    executor
        Where a draft is solved.
    downloads
        The page's way to hand over files.
    show
        `show(panel)` puts the editor in its place on the page; None: what was there before.
    kept
        Called when a world was kept under a name.
    """

    def __init__(
        self,
        board: BoardView,
        find: Callable[[], SharedRun | None],
        ask: Ask,
        soon: Callable[[Callable[[], None]], None],
        executor: Executor,
        downloads: Downloads,
        show: Callable[[Any | None], None],
        kept: Callable[[], None],
    ) -> None:
        self._board, self._find, self._ask, self._soon = board, find, ask, soon
        self._executor, self._downloads, self._show, self._kept = executor, downloads, show, kept
        self.switch = button("Edit", "edit", lambda: soon(self.toggle), align="center")
        self.editor: WorldEditor | None = None
        self._strokes = Strokes(board.drawing.figure, board.cell_at, self._stroke)
        self._waiting: tuple[Draft, bool] | None = None  # the newest draft while another one is solved
        self._is_busy = False
        self._world = ""  # the text of the run's world as the editor last knew it
        self._found: Appraisal | None = None  # of the draft that the run has taken, whose numbers are reported
        self._held = ""

    @property
    def is_open(self) -> bool:
        """Whether the world is being edited."""
        return self._strokes.is_watching

    def offer(self, problem: Problem) -> None:
        """Show the button for a world that can be edited; close the editor where another kind of world has come."""
        can_edit = problem.world is not None
        if self.switch.visible != can_edit:
            self.switch.visible = can_edit
        if not can_edit and self.is_open:
            self.close()

    def toggle(self) -> None:
        """Begin or end editing."""
        if self.is_open:
            self.close()
        else:
            self._open()

    def _open(self) -> None:
        shared = self._find()
        problem = None if shared is None else shared.settings.make_problem()
        if shared is None or problem is None or problem.world is None:
            return
        if self.editor is None:
            self._make(drafted(problem.world))
        assert self.editor is not None
        self.editor.at = min(shared.frame.scene.phase, len(problem.layouts) - 1)
        self._world = format_world(problem.world)
        self._strokes.watch(True)
        self.switch.label = "End editing"
        self._show(self.editor.panel)
        self.editor.follow(drafted(problem.world))
        self._draw(self.editor.draft, False)

    def _make(self, draft: Draft) -> None:
        """Make the editor, at the first press: a page costs nothing of it before."""
        files = WorldFiles(self._downloads, self._executor, lambda: self.editor, self._soon, self._kept)
        self._again = button("Begin a new run with it", "restart_alt", lambda: self._soon(self._begin_again))
        self._again.visible = False
        self.editor = WorldEditor(
            draft,
            0,
            changed=self._draw,
            compute=self._compute,
            mark=self._mark,
            soon=self._soon,
            close=lambda: self._soon(self.close),
            files=files.panel,
        )
        self.editor.panel.insert(4, self._again)

    def close(self) -> None:
        """End editing: the board shows the run's world again."""
        self._strokes.watch(False)
        self._waiting = None
        self.switch.label = "Edit"
        self._board.draw_draft(None)
        self._board.point_out(None, ())
        self._show(None)

    def follow(self, shared: SharedRun) -> None:
        """Take over a world that came from elsewhere: another viewer's edit, the form, a loaded run."""
        if not self.is_open or self.editor is None or self._is_busy:
            return
        self._report_again(shared)
        problem = shared.settings.make_problem()
        if problem.world is not None and (text := format_world(problem.world)) != self._world:
            self._world = text
            self.editor.follow(drafted(problem.world))

    def _report_again(self, shared: SharedRun) -> None:
        """Take back what was said of the episode that goes on, once it has ended or the agent has gone on."""
        if self._held and self._found is not None and shared.session is not None:
            held = held_back(shared.session, self._found.problem)
            if held != self._held:
                self._report(self._found, held)

    def _report(self, found: Appraisal, held: str) -> None:
        assert self.editor is not None
        self._found, self._held = found, held
        self.editor.report(" ".join(filter(None, (numbers_text(found), held))))

    def _stroke(self, cells: list[Cell], is_done: bool) -> None:
        assert self.editor is not None
        self.editor.stroke(cells, is_done)

    def _mark(self, cell: Cell | None) -> None:
        assert self.editor is not None
        self._board.point_out(None if cell is None else cell[0] * self.editor.draft.columns + cell[1], ())

    def _compute(self, make: Callable[[], Draft], then: Callable[[Draft], None]) -> None:
        def made(future: Future) -> None:
            assert self.editor is not None
            if problem := future.exception():
                self.editor.refuse(sentence(problem))
            else:
                then(future.result())

        in_background(self._executor, make, made)

    def _draw(self, draft: Draft, is_done: bool) -> None:
        """Solve a draft in a thread, then draw it; of those that come meanwhile only the newest."""
        is_done = is_done or bool(self._waiting and self._waiting[1])
        if self._is_busy:
            self._waiting = draft, is_done
            return
        shared = self._find()
        if shared is None or shared.session is None or self.editor is None:
            return
        session, self._is_busy, self._waiting = shared.session, True, None
        work = partial(
            appraise,
            draft,
            session.tables.Q.copy() if session.step else None,
            discount=getattr(session.agent, "discount", None),
            step_limit=session.agent.default_step_limit,
            at=min(self.editor.at, len(draft.maps) - 1),
        )
        in_background(self._executor, work, lambda future: self._take(draft, is_done, future))

    def _take(self, draft: Draft, is_done: bool, future: Future) -> None:
        self._is_busy = False
        assert self.editor is not None
        if problem := future.exception():
            self.editor.refuse(sentence(problem))
        elif self.is_open:
            self._show_appraisal(draft, future.result(), is_done and self._waiting is None)
        if self._waiting is not None:
            self._draw(*self._waiting)

    def _show_appraisal(self, draft: Draft, found: Appraisal, is_done: bool) -> None:
        assert self.editor is not None
        self._board.draw_draft(found.problem, min(self.editor.at, len(draft.maps) - 1), found.obstacles.tolist())
        self._again.visible, self._held = False, ""
        if found.fault:
            self.editor.refuse(f"{found.fault[:1].upper()}{found.fault[1:]} The run keeps the last usable world.")
            return
        held = self._hand_over(draft, found) if is_done else ""
        if held is not None:
            self._report(found, held)

    def _hand_over(self, draft: Draft, found: Appraisal) -> str | None:
        """Give the run the edited world; return from when it is in force, None where it is refused."""
        shared, text = self._find(), format_world(draft)
        if shared is None or shared.session is None or self.editor is None:
            return ""
        if text == self._world:
            return held_back(shared.session, found.problem)
        before, self._world = self._world, text
        try:
            self._ask(Edit(text), "edited", "World edited", "world")
        except ValueError as problem:
            self._world, self._again.visible = before, True
            self.editor.refuse(sentence(problem))
            return None
        if shared.status is Status.READY:
            self._board.draw_draft(found.problem, self.editor.at)
        return held_back(shared.session, found.problem)

    def _begin_again(self) -> None:
        """Begin a new run with a world whose size or step limit the present one can't take."""
        shared = self._find()
        if shared is None or self.editor is None:
            return
        text = format_world(self.editor.draft)
        try:
            settings = replace(shared.settings, world=text, options={})
            self._ask(Reset(settings), "settings", "A new run with the edited world", "")
        except ValueError as problem:
            self.editor.refuse(sentence(problem))
            return
        self._world, self._again.visible = text, False
        self._draw(self.editor.draft, False)
