"""The ranking of Tetris players as a table: their ratings on two boards, each with its interval; ties share a place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape

from dashboards.style.formatting import count
from gridworld.tetris.evaluation.estimate import LEVEL, MeanLines
from gridworld.tetris.players.builtin import BUILT_IN, SOURCES
from gridworld.tetris.players.rating import BOARDS
from gridworld.tetris.players.saved import RANKED, Player, strength

CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 13px; line-height: 20px; container-type: inline-size; }
p { margin: 0 0 4px; font-size: 12px; line-height: 16px; color: var(--mui-palette-text-secondary); }
table { width: 100%; border-spacing: 0; font-variant-numeric: tabular-nums; }
th { font-weight: 400; text-align: right; color: var(--mui-palette-text-secondary); }
th, td { padding: 4px 8px; text-align: right; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--mui-palette-divider); }
th.name, td.name { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 12ch; }
td.method { white-space: normal; }
@container (max-width: 560px) { .more { display: none; } }
"""
NOTE = (
    f"Mean lines of a game with {LEVEL:.0%} interval, by the literature’s rules. Players share a place where their "
    f"intervals on {RANKED.replace('x', ' × ')} overlap. Long games are estimated by splitting."
)


def rating_text(rating: MeanLines | None) -> str:
    """Return a rating in a few characters: the mean with its interval, or what it is above where no game has ended."""
    if rating is None:
        return "…"
    low, high = rating.interval
    if rating.mean is None or high is None:
        return f"> {short(low)}"
    if rating.precision is not None and rating.precision < 0.25:
        return f"{short(rating.mean)} ± {short((high - low) / 2)}"
    return f"{short(rating.mean)} [{short(low)}, {short(high)}]"


def short(lines: float) -> str:
    """Return a number of lines: in millions from a million on."""
    if lines >= 1e6:
        return f"{lines / 1e6:,.3g} M"
    return f"{lines:,.0f}" if lines >= 100 else f"{lines:.3g}"


def places(ranking: Sequence[Player]) -> list[int | None]:
    """Return each player's place: one more than there are players that are better beyond their intervals' overlap."""
    ratings = [player.ratings.get(RANKED) for player in ranking]
    return [
        None
        if mine is None
        else 1
        + sum(
            other is not None and strength(better) > strength(player) and not other.ties_with(mine)
            for better, other in zip(ranking, ratings, strict=True)
        )
        for player, mine in zip(ranking, ratings, strict=True)
    ]


def table(saved: Sequence[Player]) -> str:
    """Return the ranking of the saved and the built-in players."""
    ranking = sorted([*saved, *BUILT_IN.values()], key=lambda player: (-strength(player), player.name))
    heads = [*(f"Lines on {board.replace('x', ' × ')}" for board in BOARDS), "Placements", "Method", "Saved"]
    more = ["", "", *[' class="more"'] * 3]
    head = "".join(f"<th{kind}>{name}</th>" for name, kind in zip(heads, more, strict=True))
    rows = "".join(_row(place, player) for place, player in zip(places(ranking), ranking, strict=True))
    advice = "" if saved else " You have saved no player yet: train one, give it a name and press Save."
    title = f'<tr><th></th><th class="name">Player</th>{head}</tr>'
    return f'<p>{NOTE}{advice}</p><table aria-label="Leaderboard">{title}{rows}</table>'


def _row(place: int | None, player: Player) -> str:
    source = SOURCES.get(player.name) if player is BUILT_IN.get(player.name) else None
    found = [player.ratings.get(board) for board in BOARDS]
    ratings = "".join(f"<td>{rating_text(each)}</td>" for each in found)
    day = "" if source else time.strftime("%Y-%m-%d", time.localtime(player.saved))
    placements = "" if source else count(player.placements)
    return (
        f'<tr><td>{place or "…"}</td><td class="name" title="{escape(source or "")}">{escape(player.name)}</td>'
        f'{ratings}<td class="more">{placements}</td><td class="more method">{escape(player.method)}</td>'
        f'<td class="more">{day}</td></tr>'
    )
