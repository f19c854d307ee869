"""Saved Tetris players: small text files that people can exchange, and their ranking."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from gridworld.errors import CheckpointError
from gridworld.storage.atomic_files import clean_leftovers, opened, storage_refusals, written_whole
from gridworld.storage.document import Seconds
from gridworld.storage.json_records import check_head, decode
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
MOST = 10**15  # a count or a weight in a file is below
N_WEIGHTS = len(FEATURES)
_FILE = "The player's file"


@dataclass(frozen=True)
class Player:
    """A linear player and where it comes from. `lines` is its rating, None while it has none."""

    name: str
    weights: tuple[float, ...]
    generation: int = 0
    placements: int = 0
    method: str = ""
    lines: float | None = None
    saved: float = field(default_factory=time.time)  # seconds since 1970

    def to_text(self) -> str:
        """Return the content of its file."""
        document = asdict(self) | {"format": FORMAT, "version": VERSION, "features": [f.name for f in FEATURES]}
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


def rate(player: Player) -> Player:
    """Return the player with its rating (see `RATING`), which takes a few hundred thousand placements at most."""
    rng = np.random.default_rng(0)
    words = random_words(rng, RATED_GAMES), random_words(rng, RATED_GAMES)
    games = Games(*words, width=RATED_SIDE, height=RATED_SIDE)
    weights = np.tile(check_weights(player.weights), (RATED_GAMES, 1))
    games.play(weights, np.arange(RATED_GAMES), limit=RATED_PIECES, budget=RATED_GAMES * RATED_PIECES)
    return replace(player, lines=float(games.status[:, LINES].mean()))


Weight = Annotated[float, Meta(gt=-MOST, lt=MOST)]


class _StoredPlayer(Struct, forbid_unknown_fields=True):
    """A player's file; `Head` is checked before."""

    format: str
    version: int
    features: list[str]
    name: str
    weights: Annotated[
        list[Annotated[float, Meta(gt=-MOST, lt=MOST)]], Meta(min_length=N_WEIGHTS, max_length=N_WEIGHTS)
    ]
    generation: Annotated[int, Meta(ge=0, lt=MOST)]
    placements: Annotated[int, Meta(ge=0, lt=MOST)]
    method: Annotated[str, Meta(max_length=80)]
    lines: Annotated[float, Meta(ge=0, lt=MOST)] | None
    saved: Seconds


def read_player(content: bytes) -> Player:
    """Return the player of a file's content.

    Raises
    ------
    CheckpointError
        With a sentence that names what is wrong with it.
    """
    if len(content) > LARGEST:
        raise CheckpointError("too_large", f"The file has {len(content):,} bytes; a player's has {LARGEST:,} at most.")
    check_head(content, FORMAT, VERSION, _FILE)
    stored = decode(content, _StoredPlayer, _FILE)
    if stored.features != [feature.name for feature in FEATURES]:
        raise CheckpointError("document", "The player looks at other features than this program's.")
    return Player(
        name=check_name(stored.name),
        weights=tuple(stored.weights),
        generation=stored.generation,
        placements=stored.placements,
        method=stored.method,
        lines=stored.lines,
        saved=stored.saved,
    )


class Players:
    """The players of a folder, by name. Every change is one atomic step. All methods raise `CheckpointError`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._files = folder, NamedFiles(folder, SUFFIX, "player")
        clean_leftovers(folder)

    def stamp(self) -> int:
        """Return a number that changes whenever the folder does."""
        with storage_refusals(self.folder):
            return self.folder.stat().st_mtime_ns

    def leaderboard(self) -> list[Player]:
        """Return all players that can be read, the best first; those without a rating are at the end."""
        found = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            try:
                found.append(self.read(path.name.removesuffix(SUFFIX)))
            except CheckpointError:
                continue  # one bad file must not hide the others
        return sorted(found, key=lambda player: (-(-1 if player.lines is None else player.lines), player.name))

    def read(self, name: str) -> Player:
        """Return the player of that name; the file's name counts, not the one inside."""
        with opened(self._files.file(check_name(name))) as file:
            return replace(read_player(file.read(LARGEST + 1)), name=name)

    def save(self, player: Player, *, replace: bool = False) -> Player:
        """Write a player; one of that name is replaced only if that is asked for."""
        name = check_name(player.name)
        with written_whole(self._files.file(name), replace=replace) as file:
            file.write(player.to_text().encode())
        return player

    def delete(self, name: str) -> str:
        """Put a player into the trash, which keeps the last 100, and return a ticket for `undo_delete`."""
        return self._files.delete(name)

    def undo_delete(self, ticket: str) -> str:
        """Take a player out of the trash and return its name, a new one where its own was taken meanwhile."""
        return self._files.undo_delete(ticket)
