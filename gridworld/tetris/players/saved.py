"""Saved Tetris players: small files of text that anybody may read, hand on and bring back, and their ranking."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from gridworld.errors import CheckpointError
from gridworld.storage.atomic_files import clean_leftovers, opened, storage_told, written_whole
from gridworld.storage.named_files import NamedFiles
from gridworld.storage.names import check_name
from gridworld.tetris.game.features import FEATURES
from gridworld.tetris.game.games import LINES, Games, random_words
from gridworld.tetris.game.watch import check_weights

FORMAT, VERSION = "tetris player", 1
SUFFIX = ".player.json"
LARGEST = 16 << 10  # bytes of a player's file
RATED_GAMES, RATED_SIDE, RATED_PIECES = 20, 10, 20_000
RATING = (
    f"mean of {RATED_GAMES} games on a {RATED_SIDE} × {RATED_SIDE} board, each cut off at {RATED_PIECES:,} pieces, "
    "the same pieces for every player"
)
MOST = 1e15  # a count in a file is below


@dataclass(frozen=True)
class Player:
    """A linear player and where it comes from. `lines` is its rating, None as long as it has none."""

    name: str
    weights: tuple[float, ...]
    generation: int = 0
    placements: int = 0
    method: str = ""
    lines: float | None = None
    saved: float = field(default_factory=time.time)  # seconds since 1970

    def to_text(self) -> str:
        """The content of its file."""
        document = asdict(self) | {"format": FORMAT, "version": VERSION, "features": [f.name for f in FEATURES]}
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def rate(player: Player) -> Player:
    """The player with its rating (see `RATING`). It takes a few hundred thousand placements at most."""
    rng = np.random.default_rng(0)
    words = random_words(rng, RATED_GAMES), random_words(rng, RATED_GAMES)
    games = Games(*words, width=RATED_SIDE, height=RATED_SIDE)
    weights = np.tile(check_weights(player.weights), (RATED_GAMES, 1))
    games.play(weights, np.arange(RATED_GAMES), limit=RATED_PIECES, budget=RATED_GAMES * RATED_PIECES)
    return replace(player, lines=float(games.status[:, LINES].mean()))


def read_player(content: bytes) -> Player:
    """The player of a file's content.

    Raises
    ------
    CheckpointError
        Saying what is wrong with it.
    """
    if len(content) > LARGEST:
        raise CheckpointError("too_large", f"The file has {len(content):,} bytes; a player's has {LARGEST:,} at most.")
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise CheckpointError("not_a_checkpoint", "The file is not a Tetris player: it is not JSON in UTF-8.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CheckpointError("not_a_checkpoint", "The file is not a Tetris player.")
    if document.get("version") != VERSION:
        raise CheckpointError("version", f"The player's file is not of version {VERSION}, which this program reads.")
    known = {f.name for f in fields(Player)}
    if strange := set(document) ^ (known | {"format", "version", "features"}):
        raise CheckpointError("member", f"The player's file has too much or too little: {min(strange)!r}.")
    if document["features"] != [feature.name for feature in FEATURES]:
        raise CheckpointError("document", "The player looks at other features than this program's.")
    return _checked({name: document[name] for name in known})


def _refuse(word: str) -> float:
    raise ValueError(word)


def _checked(told: Mapping[str, Any]) -> Player:
    """A player of values that a file told, each of them checked."""
    if not (isinstance(told["name"], str) and isinstance(told["method"], str) and len(told["method"]) <= 80):
        raise CheckpointError("document", "The player's name or method is not a text of ordinary length.")
    weights = told["weights"]
    if not (isinstance(weights, list) and len(weights) == len(FEATURES) and all(_is_number(w) for w in weights)):
        raise CheckpointError("document", f"A player has {len(FEATURES)} finite weights; these are not.")
    for name in ("generation", "placements"):
        if not (isinstance(told[name], int) and _is_number(told[name]) and told[name] >= 0):
            raise CheckpointError("document", f"The player's {name} is {told[name]!r}, which is not a count.")
    for name in ("lines", "saved"):
        if not (_is_number(told[name]) and told[name] >= 0) and (name, told[name]) != ("lines", None):
            raise CheckpointError("document", f"The player's {name} is {told[name]!r}; it must be a number from 0 up.")
    return Player(**{**told, "name": check_name(told["name"]), "weights": tuple(map(float, weights))})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < MOST


class Players:
    """The players of a folder, by name. Every change is one atomic step. All methods raise `CheckpointError`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._files = folder, NamedFiles(folder, SUFFIX, "player")
        clean_leftovers(folder)

    def stamp(self) -> int:
        """A number that changes whenever the folder does."""
        with storage_told(self.folder):
            return self.folder.stat().st_mtime_ns

    def leaderboard(self) -> list[Player]:
        """All players that can be read, the best first; those without a rating at the end."""
        found = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            try:
                found.append(self.read(path.name.removesuffix(SUFFIX)))
            except CheckpointError:
                continue  # a stranger's file among them must not hide the others
        return sorted(found, key=lambda player: (-(-1 if player.lines is None else player.lines), player.name))

    def read(self, name: str) -> Player:
        """The player of that name; the file's name counts, not the one inside."""
        with opened(self._files.file(check_name(name))) as file:
            return replace(read_player(file.read(LARGEST + 1)), name=name)

    def save(self, player: Player, *, replace: bool = False) -> Player:
        """Write a player; one of that name is replaced only if that is asked for."""
        name = check_name(player.name)
        with written_whole(self._files.file(name), replace=replace) as file:
            file.write(player.to_text().encode())
        return player

    def delete(self, name: str) -> str:
        """Put a player into the trash; gives a ticket for `undo_delete`. The trash keeps the last 100."""
        return self._files.delete(name)

    def undo_delete(self, ticket: str) -> str:
        """Take a player out of the trash again; gives its name, a new one where its own was taken meanwhile."""
        return self._files.undo_delete(ticket)
