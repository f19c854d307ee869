"""Saved Tetris players: small text files that people can exchange."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from gridworld.errors import CheckpointError
from gridworld.storage.atomic_files import clean_leftovers, opened, storage_refusals, written_whole
from gridworld.storage.document import Seconds
from gridworld.storage.json_records import check_head, decode
from gridworld.storage.named_files import NamedFiles
from gridworld.storage.names import check_name
from gridworld.tetris.evaluation.estimate import LinesEstimate, MeanLines
from gridworld.tetris.evaluation.splitting import SplittingEstimate
from gridworld.tetris.game.board import MAX_WIDTH, MIN_SIZE
from gridworld.tetris.game.features import BCTS_FEATURES, FEATURES, LARGEST_WEIGHT, MOST_WEIGHTS, check_weights

FORMAT, VERSION, OLDEST = "tetris player", 3, 1
SUFFIX = ".player.json"
LARGEST = 128 << 10  # bytes of a player's file: a network of the most units has 90,000
MOST = 10**15  # a count in a file is below
N_BOARDS = 8  # that a file may have ratings for
RANKED = "10x10"
_FILE = "The player's file"


@dataclass(frozen=True)
class Player:
    """A player: its weights for the features it looks at, or those of its network; where it comes from; its ratings.

    A rating is what is known of its mean lines under the literature's rules, by the size of the board ("10x20").
    """

    name: str
    weights: tuple[float, ...]
    generation: int = 0
    placements: int = 0
    method: str = ""
    features: tuple[str, ...] = BCTS_FEATURES
    ratings: Mapping[str, MeanLines] = field(default_factory=dict)
    saved: float = field(default_factory=time.time)  # seconds since 1970

    @property
    def is_linear(self) -> bool:
        """Whether a placement's value is a weighted sum of its features."""
        return len(self.weights) == len(self.features)

    def to_text(self) -> str:
        """Return the content of its file."""
        document = {**asdict(self), "format": FORMAT, "version": VERSION}
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)


Weight = Annotated[float, Meta(gt=-LARGEST_WEIGHT, lt=LARGEST_WEIGHT)]
Count = Annotated[int, Meta(ge=0, lt=MOST)]
Text = Annotated[str, Meta(max_length=80)]
Rate = Annotated[float, Meta(ge=0, lt=MOST)]


class _Rating(Struct, forbid_unknown_fields=True):
    """A rating in a player's file: games with their lines, or, from the third version on, estimates by splitting."""

    games: Count = 0
    finished: Count = 0
    lines: Count = 0
    estimates: Count = 0
    total: Rate = 0.0
    squares: Rate = 0.0
    width: Annotated[int, Meta(ge=MIN_SIZE, le=MAX_WIDTH)] = MIN_SIZE
    placements: Count = 0

    def estimate(self) -> MeanLines:
        """Return what it says; ValueError where it makes no sense."""
        if self.estimates:
            split = SplittingEstimate(self.estimates, self.total, self.squares, self.width, self.placements)
            if not max(split.mean or 0.0, split.interval[1] or 0.0) < MOST:
                raise ValueError("a rating's lines are out of range.")
            return split
        if self.finished > self.games:
            raise ValueError("more games are finished than were played.")
        return LinesEstimate(self.games, self.finished, self.lines)


class _StoredPlayer(Struct, forbid_unknown_fields=True):
    """A player's file; `Head` is checked before. The first version had a rating of another kind: `lines`."""

    format: str
    version: int
    features: Annotated[list[Text], Meta(max_length=len(FEATURES))]
    name: str
    weights: Annotated[list[Weight], Meta(max_length=MOST_WEIGHTS)]
    generation: Count
    placements: Count
    method: Text
    saved: Seconds
    lines: Annotated[float, Meta(ge=0, lt=MOST)] | None = None
    ratings: Annotated[dict[Text, _Rating], Meta(max_length=N_BOARDS)] = {}


def read_player(content: bytes) -> Player:
    """Return the player of a file's content.

    Raises
    ------
    CheckpointError
        With a sentence that names what is wrong with it.
    """
    if len(content) > LARGEST:
        raise CheckpointError("too_large", f"The file has {len(content):,} bytes; a player's has {LARGEST:,} at most.")
    check_head(content, FORMAT, VERSION, _FILE, OLDEST)
    stored = decode(content, _StoredPlayer, _FILE)
    try:
        check_weights(stored.weights, stored.features)
        ratings = {board: rating.estimate() for board, rating in stored.ratings.items()}
    except ValueError as problem:
        raise CheckpointError("document", f"{_FILE} can't be used: {problem}") from None
    return Player(
        name=check_name(stored.name),
        weights=tuple(stored.weights),
        generation=stored.generation,
        placements=stored.placements,
        method=stored.method,
        features=tuple(stored.features),
        ratings=ratings,
        saved=stored.saved,
    )


def strength(player: Player) -> float:
    """Return what ranks a player: its mean lines on `RANKED`; -1 while it has no rating there."""
    rating = player.ratings.get(RANKED)
    return -1.0 if rating is None else rating.mean or rating.interval[0]


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
        """Return all players that can be read, the best on `RANKED` first; those without a rating are at the end."""
        found = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            try:
                found.append(self.read(path.name.removesuffix(SUFFIX)))
            except CheckpointError:
                continue  # one bad file must not hide the others
        return sorted(found, key=lambda player: (-strength(player), player.name))

    def read(self, name: str) -> Player:
        """Return the player of that name; the file's name counts, not the one inside."""
        with opened(self._files.file(check_name(name))) as file:
            return replace(read_player(file.read(LARGEST + 1)), name=name)

    def check_free(self, name: str) -> None:
        """Refuse a name that no player may have, or that one has already: before the work for a new one is done."""
        if self._files.file(check_name(name)).exists():
            raise CheckpointError("exists", f"There is a player {name!r} already; choose another name.")

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
