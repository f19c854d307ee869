"""How long a page takes to write and how large it is: `python benchmarks/export.py`.

Budget: a 10 x 10 world with 100 keyframes under 5 MB and under 3 s, training and compiling not counted.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from verdicts import asked, machine

from dashboards.export import export_bytes, export_html
from dashboards.live.panel_patches.standalone import libraries
from gridworld.pictures.draw import draw_picture
from gridworld.storage.checkpoint import freeze
from gridworld.training.session import TrainingSession

RUNS = [("open_10", 500), ("hard", 500), ("cliff", 500), ("open_30", 300), ("open_50", 100), ("blocking_maze", 200)]


def main() -> None:
    """Print a line a world, and then what else is to be known."""
    print(machine())
    libraries()
    print(f"{'world':<16}{'keyframes':>10}{'seconds':>9}{'MB':>7}{'without training':>18}")
    with tempfile.TemporaryDirectory() as folder:
        for world, episodes in RUNS:
            measure(world, episodes, Path(folder) / "page.html")
    session = TrainingSession(world="open_10", seed=7)
    session.advance_episodes(500)
    seconds, content = timed(lambda: export_bytes(freeze(session)))
    print(f"open_10 in a process of its own: {seconds:.2f} s, {len(content) / 1e6:.2f} MB, {asked(seconds, most=3)}")
    for name, draw in (
        ("board", lambda: draw_picture(session).svg()),
        ("curves", lambda: draw_picture(session, "curves").svg()),
    ):
        seconds, svg = timed(draw)
        print(f"{name} as SVG: {seconds:.2f} s, {len(svg) / 1e3:.0f} kB")


def measure(world: str, episodes: int, path: Path) -> None:
    """Train and export one run."""
    session = TrainingSession(world=world, episodes=episodes, seed=7)
    session.compile()
    alone, _ = timed(lambda: TrainingSession(world=world, episodes=episodes, seed=7).advance_episodes(episodes))
    keyframes: list[float] = []
    seconds, _ = timed(lambda: export_html(session, path, progress=keyframes.append))
    size = path.stat().st_size / 1e6
    print(f"{world:<16}{len(keyframes) + 1:>10}{seconds:>9.2f}{size:>7.2f}{seconds - alone:>18.2f}")


def timed(work):  # type: ignore[no-untyped-def]
    """Seconds, and what was given."""
    began = time.perf_counter()
    given = work()
    return time.perf_counter() - began, given


if __name__ == "__main__":
    main()
