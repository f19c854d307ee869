"""The list of trainings, running and stored: open, stop, resume, delete with Undo."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.downloads import button
from dashboards.pages.feedback import BACK, Outcome
from dashboards.pages.header import STOPPED
from dashboards.pages.tetris.leaderboard import CSS, short
from dashboards.pages.tetris.runs import check_room, find_run, has_begun, is_training, open_checkpoint
from dashboards.pages.tetris.settings import trainer_of
from dashboards.style.choice import choice
from dashboards.style.formatting import count
from dashboards.style.markup import fill
from dashboards.style.widgets import WIDE, form_beside, html, row, stack
from gridworld.runs.commands import Start, Stop
from gridworld.runs.frame import Status
from gridworld.tetris import trainings
from gridworld.tetris.trainings import CHECKPOINTS, StoredTraining

EMPTY = "<p>No Tetris training has begun yet. Each one that is started is listed here, with what it has reached.</p>"


@dataclass(frozen=True)
class Listed:
    """One line of the list."""

    run_id: str
    status: str
    trainer: str
    lines: float | None
    placements: int | None
    saved: float  # seconds since 1970
    problem: str = ""


def listed(hub: Hub) -> list[Listed]:
    """Return the trainings of this server as they were begun, and then those that left a checkpoint; newest first.

    What runs is saved again and again: sorted by that, its rows would change places.
    """
    stored = {training.run_id: training for training in trainings.stored_trainings()}
    running = {shared.id: shared for shared in hub.runs if is_training(shared) and has_begun(shared)}
    rows = [_of_run(shared, stored.get(run_id)) for run_id, shared in reversed(running.items())]
    return rows + [_of_file(training) for run_id, training in stored.items() if run_id not in running]


def status_word(shared: SharedRun) -> str:
    """Return the word for the status of a training: one without a process is stopped, not paused."""
    stopped = shared.status is Status.PAUSED and shared.frame.pid is None
    return STOPPED if stopped else shared.status.title()


def _of_run(shared: SharedRun, stored: StoredTraining | None) -> Listed:
    metrics = shared.frame.scene.metrics if shared.frame.scene else None
    lines = metrics.player_lines if metrics is not None and metrics.player_lines == metrics.player_lines else None
    saved = stored.saved if stored else time.time()
    return Listed(shared.id, status_word(shared), trainer_of(shared.settings), lines, shared.frame.step, saved)


def _of_file(stored: StoredTraining) -> Listed:
    facts = stored.trainer, stored.lines, stored.placements, stored.saved, stored.problem
    return Listed(stored.run_id, "Damaged" if stored.problem else STOPPED, *facts)


class TrainingsPanel:
    """The list and what can be done with one of its trainings; `go(run_id)` opens one on the Tetris page."""

    def __init__(self, hub: Hub, go: Callable[[str], None], shown: str = "") -> None:
        self._hub, self._go, self.shown = hub, go, shown
        self._table = html("", stylesheets=[CSS], sizing_mode="stretch_width")
        self.outcome = Outcome(self._undo_delete)
        self.choice = choice("Training", small=True, options=[], **WIDE)
        self.choice.param.watch(lambda event: self._enable(), "value")
        self.checkpoint = choice("Checkpoint", small=True, options=list(CHECKPOINTS), **WIDE)
        self.buttons = {
            "open": button("Open", "open_in_new", self._open),
            "stop": button("Stop training", "stop", self._stop),
            "resume": button("Resume training", "play_arrow", self._resume),
            "delete": button("Delete training", "delete", self._delete),
            "copy": button("Go on from it in a new training", "call_split", self._copy),
        }
        *first, copy = self.buttons.values()
        self._tools = stack(
            self.choice, row(*first, gap="8px", flex_wrap="wrap"), row(self.checkpoint, copy, gap="8px"), gap="10px"
        )
        form = stack(self._tools, row(*self.outcome.parts), gap="10px")
        self.panel = form_beside(form, self._table, width="440px")
        self._rows: dict[str, Listed] = {}
        self.look()

    def look(self) -> None:
        """Show the trainings as they are now, whatever changed them."""
        rows = {each.run_id: each for each in listed(self._hub)}
        if rows == self._rows and self._table.object:
            return
        self._rows = rows
        self._table.object = _table(list(rows.values()), self.shown)
        names = {f"{each.run_id} · {each.trainer or 'damaged'} · {each.status}": each.run_id for each in rows.values()}
        kept = self.choice.value if self.choice.value in rows else next(iter(rows), None)
        self.choice.param.update(options=names, value=kept)
        self._tools.visible = bool(rows)
        self._enable()

    def _enable(self) -> None:
        chosen = self._rows.get(self.choice.value)
        shared = self._hub.runs.get(chosen.run_id) if chosen else None
        at_work = shared is not None and shared.frame.pid is not None
        goes_on = shared is not None and shared.status in (Status.RUNNING, Status.STARTING)
        usable = {"open": bool(chosen), "copy": bool(chosen), "stop": at_work}
        usable |= {"delete": bool(chosen) and not at_work, "resume": bool(chosen) and not goes_on}
        for name, each in self.buttons.items():
            if each.disabled == usable[name]:
                each.disabled = not usable[name]

    def _attempt(self, act: Callable[[str], Any]) -> None:
        """Do something with the chosen training, and report what was wrong with it if anything was."""
        self.outcome.report("")
        try:
            act(self.choice.value)
        except ValueError as problem:
            self.outcome.report("", str(problem))
        self.look()

    def _open(self) -> None:
        self._attempt(self._go)

    def _copy(self) -> None:
        self._attempt(lambda run_id: self._go(open_checkpoint(self._hub, run_id, self.checkpoint.value).id))

    def _stop(self) -> None:
        def stop(run_id: str) -> None:
            if shared := self._hub.runs.get(run_id):
                shared.send(Stop(), "stop", "Stopped from the list of trainings")

        self._attempt(stop)

    def _resume(self) -> None:
        def resume(run_id: str) -> None:
            shared = find_run(self._hub, run_id)
            if shared is None:
                raise ValueError(f"The training {run_id} has no checkpoint to go on from.")
            check_room(self._hub, shared)
            shared.send(Start(), "resume", "Resumed from the list of trainings")

        self._attempt(resume)

    def _delete(self) -> None:
        def delete(run_id: str) -> None:
            if run_id == self.shown:
                raise ValueError("This page shows that training; open another one, or begin a new one, to delete it.")
            ticket = trainings.delete_training(run_id)
            if self._hub.runs.get(run_id) is not None:
                self._hub.runs.drop(run_id)
            self.outcome.report_deleted(run_id, ticket)

        self._attempt(delete)

    def _undo_delete(self, ticket: str) -> None:
        def take_back(run_id: str) -> None:
            back = trainings.undo_delete(ticket)
            self.outcome.report(BACK.format(back))

        self._attempt(take_back)


def _table(rows: list[Listed], shown: str) -> str:
    if not rows:
        return EMPTY
    names = ("Status", "Trainer", "Lines", "Placements", "Saved")
    heads = '<th class="name">Training</th>' + "".join(f"<th>{name}</th>" for name in names)
    body = "".join(
        fill(
            '<tr title="{}"><td class="name">{}{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>',
            each.problem,
            each.run_id,
            " (shown here)" if each.run_id == shown else "",
            each.status,
            each.trainer,
            "–" if each.lines is None else short(each.lines),
            "–" if each.placements is None else count(each.placements),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(each.saved)),
        )
        for each in rows
    )
    note = "<p>Lines: mean of the last generation’s evaluation games. Each training keeps a folder of its own.</p>"
    return f'{note}<table aria-label="Trainings"><tr>{heads}</tr>{body}</table>'
