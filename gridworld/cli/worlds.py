"""`gridworld worlds`: the worlds there are, and the text of one."""

from __future__ import annotations

from typing import Any

import click

from gridworld.cli.loading import load_option
from gridworld.cli.parameters import json_option, print_json
from gridworld.cli.tables import table
from gridworld.worlds.named import load_world, text_of, world_ids


@click.command
@click.argument("world", required=False)
@load_option
@json_option
def worlds(world: str | None, as_json: bool) -> None:
    """List the worlds, or print the text of one: the beginning of a world file of your own."""
    if world is not None:
        load_world(world)
        text = (text_of(world) or "").strip("\n")
        if not text:
            raise ValueError(f"{world} has no text to print; the worlds that have are {', '.join(world_ids())}.")
        if as_json:
            print_json({"id": world, "text": text})
        else:
            click.echo(text)
        return
    found = [_describe_world(name) for name in world_ids()]
    if as_json:
        print_json({"worlds": found})
        return
    head = ["world", "title", "size", "step reward", "slip", "step limit"]
    rows = [
        [
            world["id"],
            world["title"],
            f"{world['rows']} × {world['columns']}",
            f"{world['step_reward']:g}",
            f"{world['slip']:g}",
            str(world["step_limit"] or "-"),
        ]
        for world in found
    ]
    click.echo(table(head, rows, left=2))
    click.echo("\nAlso: open_N, an empty N × N world for any N; the ids of Gymnasium environments with discrete")
    click.echo("observations and actions, such as FrozenLake-v1?map_name=8x8; and the path of a world file.")


def _describe_world(name: str) -> dict[str, Any]:
    world = load_world(name)
    return {
        "id": name,
        "title": world.title or name,
        "rows": world.rows,
        "columns": world.columns,
        "step_reward": world.step_reward,
        "slip": world.slip,
        "step_limit": world.step_limit,
    }
