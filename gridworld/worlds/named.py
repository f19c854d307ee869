"""The named worlds, as readable text.

Worlds marked S&B are from Sutton & Barto, Reinforcement Learning, 2nd edition (2018).
"""

from __future__ import annotations

import re

from gridworld.errors import WorldError
from gridworld.worlds.kept import check_world_name, kept_world, kept_worlds
from gridworld.worlds.text import parse_world
from gridworld.worlds.world import MAX_CELLS, World

WORLDS = {
    "easy": """
title: Easy 5 × 5
step reward: -0.01

S....
.....
.....
.....
....G
""",
    "medium": """
title: Medium 5 × 5
step reward: -0.01

S.#..
.....
.##..
...#.
.#..G
""",
    "hard": """
title: Hard 7 × 7
step reward: -0.01

S..#...
.......
.#.P.#.
...#...
.#...P.
...#...
......G
""",
    # S&B Example 6.6
    "cliff": """
title: Cliff walking 4 × 12
step reward: -1
C: cliff -100
G: goal -1

............
............
............
SCCCCCCCCCCG
""",
    # S&B Example 6.5
    "windy": """
title: Windy gridworld 7 × 10
step reward: -1
wind: 0 0 0 1 1 1 2 2 1 0
G: goal -1

..........
..........
..........
S......G..
..........
..........
..........
""",
    # S&B Example 8.1
    "dyna_maze": """
title: Dyna maze 6 × 9
step reward: 0

.......#G
..#....#.
S.#....#.
..#......
.....#...
.........
""",
    # S&B Example 8.2
    "blocking_maze": """
title: Blocking maze 6 × 9
step reward: 0

........G
.........
.........
########.
.........
...S.....
--- from step 1000
........G
.........
.........
.########
.........
...S.....
""",
    # S&B Example 8.3
    "shortcut_maze": """
title: Shortcut maze 6 × 9
step reward: 0

........G
.........
.........
.########
.........
...S.....
--- from step 3000
........G
.........
.........
.#######.
.........
...S.....
""",
    # The rooms of Sutton, Precup & Singh (1999), from one corner to the other
    "four_rooms": """
title: Four rooms 11 × 11
step reward: -0.01

S....#.....
.....#.....
...........
.....#.....
.....#.....
#.####.....
.....###.##
.....#.....
.....#.....
...........
.....#....G
""",
    # S&B Example 3.5: a continuing task; the step limit only cuts the curve into points
    "jumps": """
title: Jumps 5 × 5
step reward: 0
bump reward: -1
step limit: 100
A: jump a 10
B: jump b 5

SASBS
SSSSS
SSSbS
SSSSS
SaSSS
""",
    # S&B Example 4.1
    "corners": """
title: Two corners 4 × 4
step reward: -1
G: goal -1

GSSS
SSSS
SSSS
SSSG
""",
}

OPEN = re.compile(r"open_(\d+)")


def world_ids() -> list[str]:
    """Return the ids of the named worlds, those of the user's folder last; `open_N`, an empty N x N world, exists as
    well for any N."""
    return [*WORLDS, *(world.name for world in kept_worlds() if not is_own(world.name))]


def is_own(world_id: str) -> bool:
    """Return whether a name is that of a world of this program, or of one that was registered."""
    return world_id in WORLDS or OPEN.fullmatch(world_id) is not None


def text_of(world_id: str) -> str | None:
    """Return the text of a named world, None if it has none, as `open_N`, or there is no such world."""
    if is_own(world_id):
        return WORLDS.get(world_id)
    kept = kept_world(world_id)
    return None if kept is None else kept.text


def load_world(world_id: str) -> World:
    """Return the named world, one of the user's folder, or the open one of a given size.

    Raises
    ------
    WorldError
        If there is no such world, or `open_N` is smaller than 2 or has over a million cells.
    """
    if world_id in WORLDS:
        return parse_world(WORLDS[world_id], world_id)
    if match := OPEN.fullmatch(world_id):
        size = int(match[1][:9])  # longer ones are too large in any case
        if not 4 <= size * size <= MAX_CELLS:
            raise WorldError(f"{world_id:.20}: the size must lie between 2 and {int(MAX_CELLS**0.5)}.")
        return parse_world(open_world(size), world_id)
    if (text := text_of(world_id)) is not None:
        return parse_world(text, world_id)
    raise WorldError(f"There is no world {world_id!r}; the worlds are {', '.join(world_ids())} and open_N for any N.")


def register_world(world_id: str, text: str) -> World:
    """Let a world of one's own be found by its id: on the page, on the command line, and by `GridWorld(world_id)`.

    Raises
    ------
    WorldError
        If the id is taken or is not made of letters, digits, - and _, or the text makes no sense.
    """
    if is_own(world_id):
        raise WorldError(f"There is a world {world_id!r} already; choose another id.")
    check_world_name(world_id)
    world = parse_world(text, world_id)
    WORLDS[world_id] = text
    return world


def open_world(size: int) -> str:
    """Return the text of an empty square world, start and goal in opposite corners."""
    rows = ["." * size for _ in range(size)]
    rows[0] = "S" + rows[0][1:]
    rows[-1] = rows[-1][:-1] + "G"
    return f"title: Open {size} × {size}\nstep reward: -0.01\n\n" + "\n".join(rows)
