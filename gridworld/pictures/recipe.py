"""What a picture or a film was made from, kept in its file: how to make it again, or to check where it came from."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from gridworld.pictures.video import comment_of
from gridworld.training.session import TrainingSession
from gridworld.version import __version__

NAME = "gridworld-recipe"  # of the entry in a PNG and of the element in an SVG
MOST_BYTES = 1 << 20  # of a recipe
MOST_SEARCHED = 4 << 20  # bytes at the beginning of an SVG
IN_SVG = re.compile(rf'<metadata id="{NAME}">(.*?)</metadata>', re.DOTALL)


class NoRecipeError(ValueError):
    """A file has no recipe that can be read; the sentence names the reason."""


def recipe_of(session: TrainingSession, **picture: Any) -> str:
    """Return the recipe of a picture of a session as JSON in ASCII: its settings, its changes, where it stood.

    `picture` is what else decides how it looks.
    """
    settings = session.settings.to_dict()
    facts = {
        "version": __version__,
        "world": settings["world"],
        "agent": settings["agent"],
        "seed": settings["seed"],
        "settings": settings,
        "interventions": [[change.step, change.episode, dict(change.changes)] for change in session.interventions],
        "step": session.step,
        "episode": session.episode,
        "departures": list(session.departures),
        "picture": picture,
    }
    return json.dumps(facts, default=repr)


def read_recipe(path: str | Path) -> dict[str, Any]:
    """Return what a picture or a film was made from: `world`, `agent`, `seed`, `settings`, `interventions`, `step`, ...

    Raises
    ------
    NoRecipeError
        If the file is no PNG, SVG, GIF or MP4 of this program.
    OSError
        If it can't be read.
    """
    path = Path(path)
    text = _text_of(path)
    if text is None or len(text) > MOST_BYTES:
        raise NoRecipeError(f"{path} holds no recipe; a PNG, SVG, GIF or MP4 written by gridworld does.")
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise NoRecipeError(f"The recipe in {path} is damaged; make the picture again from its run.")
    return facts


def _text_of(path: Path) -> str | None:
    with path.open("rb") as file:
        beginning = file.read(12)
    if beginning[4:8] == b"ftyp":
        return comment_of(path)
    if beginning.lstrip()[:1] == b"<":
        with path.open("rb") as file:
            found = IN_SVG.search(file.read(MOST_SEARCHED).decode("utf-8", "replace"))
        return unescape(found[1]) if found else None
    try:
        with Image.open(path, formats=("PNG", "GIF")) as image:
            held = image.info.get(NAME) or image.info.get("comment")
    except (UnidentifiedImageError, SyntaxError, ValueError):
        return None
    return held.decode("ascii", "replace") if isinstance(held, bytes) else held
