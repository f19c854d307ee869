"""Saved players: their ranking, and saving, watching, handing on and bringing back."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import panel_material_ui as pmui

from dashboards.live.panel_patches.widgets import Upload
from dashboards.pages.feedback import BACK, Outcome
from dashboards.pages.tetris.by_hand import BY_HAND
from dashboards.pages.tetris.leaderboard import CSS, table
from dashboards.pages.tetris.present_player import BEST, NETWORK, PRESENT
from dashboards.style.buttons import on_press
from dashboards.style.choice import choice
from dashboards.style.widgets import OUTLINE_SX, WIDE, form_beside, html, row, stack
from gridworld.errors import CheckpointError
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.rating import BOARDS
from gridworld.tetris.players.saved import LARGEST, SUFFIX, Player, Players, read_player

LEVEL_SX = {"& .MuiInputBase-root": {"height": "36px"}, "& .MuiInputBase-input": {"fontSize": ".8125rem"}}


class PlayersPanel:
    """Calls `make(which, name)` for the player to save and `watch(name)` to see one play; `changed(players)` is
    called with those there are; `rate(player)` has a saved one rated. It knows no run.
    """

    def __init__(
        self,
        players: Players,
        make: Callable[[str, str], Player],
        watch: Callable[[str], None],
        changed: Callable[[list[Player]], None],
        rate: Callable[[Player], object],
    ) -> None:
        self.players, self._rate = players, rate
        self._make, self._watch, self._changed = make, watch, changed
        self._stamp = -1
        self.ranking = html("", stylesheets=[CSS], sizing_mode="stretch_width")
        self.outcome = Outcome(self._undo_delete)
        self._make_saving()
        self._make_choosing()
        form = stack(
            self._saving,
            self.no_saving,
            self._choosing,
            self._importing,
            row(*self.outcome.parts, self.replace_button),
            gap="10px",
        )
        board = pmui.Column(self.ranking, sx={"overflow": "auto", "height": "100%"}, **WIDE)
        self.panel = form_beside(form, board, width="400px")
        self.look()

    def _make_saving(self) -> None:
        self.which = choice("Save", small=True, options=[PRESENT, BEST, BY_HAND], **WIDE)
        self.name = pmui.TextInput(label="Name", size="small", placeholder="a name of your own", sx=LEVEL_SX, **WIDE)
        self.save_button = _button("Save", "save", self.save)
        self._saving = row(self.which, self.name, self.save_button, gap="8px")
        self.no_saving = html(f'<div class="hint">{NETWORK}</div>', visible=False)

    def _make_choosing(self) -> None:
        self.choice = choice("Saved player", small=True, options=[], **WIDE)
        self.choice.param.watch(lambda event: self._chosen(), "value")
        self.watch_button = _button("Watch", "play_arrow", lambda: self._watch(self.choice.value))
        self.export_button = pmui.FileDownload(
            callback=self._content, filename=f"player{SUFFIX}", label="Export", height=36, margin=0, sx=OUTLINE_SX
        )
        self.export_button.param.update(variant="outlined", color="default")  # at birth, Panel's own words clash
        self.delete_button = _button("Delete", "delete", self._delete)
        self._choosing = row(self.choice, self.watch_button, self.export_button, self.delete_button, gap="8px")
        self.upload = Upload(
            lambda reason: self.outcome.report("", f"The file is too large: {reason}."),
            label="Import", uploaded_label="Import", max_file_size=LARGEST, margin=0, height=36,
            variant="outlined", color="default", sx=OUTLINE_SX,
        )  # fmt: skip
        self.upload.param.watch(lambda event: self.take_in(event.new), "value")
        hint = html(f'<div class="hint">a player’s file, {LARGEST >> 10} kB at most</div>')
        self._importing = row(self.upload, hint, gap="8px")
        self._refused: Player | None = None  # because another player has its name
        self.replace_button = _button("Replace it", "swap_horiz", self._replace)
        self.replace_button.visible = False

    def look(self) -> None:
        """Show the folder's players if they have changed, on this page or elsewhere."""
        try:
            stamp = self.players.stamp()
            if stamp == self._stamp:
                return
            ranking = self.players.leaderboard()
        except CheckpointError as problem:
            self.outcome.report("", str(problem))
            return
        self._stamp = stamp
        self.ranking.object = table(ranking)
        names = [player.name for player in ranking]
        kept = self.choice.value if self.choice.value in names else next(iter(names), None)
        self.choice.param.update(options=names, value=kept)
        self._choosing.visible = bool(names)
        self._chosen()
        self._changed(ranking)

    def save(self) -> None:
        """Keep the chosen player of the training under the name that was typed, or report why it can't be."""
        self._attempt(self._save_named)

    def _save_named(self) -> None:
        if not self.name.value.strip():
            raise ValueError("Give the player a name.")
        self._keep(self._make(self.which.value, self.name.value))

    def offer_saving(self, offered: bool) -> None:
        """Show what saves a player of the training, or explain why there is nothing to save."""
        self.no_saving.visible = not offered
        options = [PRESENT, BEST, BY_HAND] if offered else [BY_HAND]
        self.which.param.update(options=options, value=options[0])

    def take_in(self, content: bytes | None) -> None:
        """Keep the player of a file, or report what is wrong with it; None: nothing was chosen."""
        if content is None:
            return
        self.upload.clear()
        self._attempt(lambda: self._keep_imported(bytes(content)))

    def _keep_imported(self, content: bytes) -> None:
        if not content:
            raise ValueError("The file is empty; choose one that Export has written.")
        self._keep(read_player(content))

    def _replace(self) -> None:
        """Put the player that was refused in the place of the one that has its name."""
        refused = self._refused
        if refused is not None:
            self._attempt(lambda: self._keep(refused, replaces=True))

    def _keep(self, player: Player, *, replaces: bool = False) -> None:
        """Write a player at once, and its rating when that is known; the rating written in a file is not trusted."""
        unrated = replace(player, ratings={}, saved=time.time())
        if unrated.name in BUILT_IN:
            raise ValueError(f"{unrated.name} is the name of a built-in player; choose another name.")
        try:
            self.players.save(unrated, replace=replaces)
        except CheckpointError as problem:
            self._refused = unrated if problem.code == "exists" else None
            self.replace_button.visible = self._refused is not None
            raise
        self.outcome.report(f"“{unrated.name}” is saved; its ratings follow.")
        self._rate(unrated)
        self.name.value = ""
        self.look()
        self.choice.value = unrated.name

    def _delete(self) -> None:
        name = self.choice.value

        def delete() -> None:
            self.outcome.report_deleted(name, self.players.delete(name))

        self._attempt(delete)

    def _undo_delete(self, ticket: str) -> None:
        def take_back() -> None:
            name = self.players.undo_delete(ticket)
            player = self.players.read(name)
            if len(player.ratings) < len(BOARDS):  # it was deleted before they were known
                self._rate(player)
            self.look()
            self.choice.value = name
            self.outcome.report(BACK.format(name))

        self._attempt(take_back)

    def _chosen(self) -> None:
        there = self.choice.value is not None
        for button in (self.watch_button, self.export_button, self.delete_button):
            button.disabled = not there
        if there:
            self.export_button.filename = f"{self.choice.value}{SUFFIX}"

    def _content(self) -> io.BytesIO:
        return io.BytesIO(self.players.read(self.choice.value).to_text().encode())

    def _attempt(self, act: Callable[[], Any]) -> None:
        """Do something, report what was wrong with it if anything was, and show what it changed."""
        self.outcome.report("")
        self.replace_button.visible = False
        try:
            act()
        except ValueError as problem:
            self.outcome.report("", str(problem))
        self.look()


def _button(label: str, icon: str, act: Callable[[], Any]) -> pmui.Button:
    button = pmui.Button(
        label=label, icon=icon, icon_size="1.25em", height=36, margin=0, color="default", variant="outlined",
        disable_elevation=True, sx=OUTLINE_SX,
    )  # fmt: skip
    on_press(button, act)
    return button
