"""How long a film of ten seconds takes and how large it is: `python benchmarks/films.py`.

Budget: under 10 s and under 3 MB at 480 pixels, training and compiling not counted.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from verdicts import asked, machine

from gridworld import TrainingSession, record_film

RUNS = [("cliff", "q_learning", 300), ("open_10", "sarsa", 200), ("hard", "q_learning", 300), ("open_30", "sarsa", 100)]


def main() -> None:
    """Print a line for each film."""
    print(machine())
    print(f"{'world':<10}{'what':<10}{'form':<6}{'seconds':>9}{'processor':>11}{'MB':>7}")
    films = []
    with tempfile.TemporaryDirectory() as folder:
        for world, agent, episodes in RUNS:
            session = TrainingSession(world=world, agent=agent, episodes=episodes, seed=3)
            session.advance_episodes(episodes)
            for what in ("episode", "training"):
                films += [measure(session, world, what, form, Path(folder)) for form in ("gif", "mp4")]
    slowest, largest = (max(column) for column in zip(*films, strict=True))
    print(f"the slowest film takes {slowest:.1f} s, {asked(slowest, most=10)}")
    print(f"the largest film has {largest:.2f} MB, {asked(largest, most=3)}")


def measure(session: TrainingSession, world: str, what: str, form: str, folder: Path) -> tuple[float, float]:
    """Make one film; return its seconds and megabytes. The processor's time is without that of ffmpeg."""
    began, worked = time.perf_counter(), time.process_time()
    path = record_film(session, folder / f"film.{form}", what=what)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    size = path.stat().st_size / 1e6
    print(f"{world:<10}{what:<10}{form:<6}{seconds:>9.2f}{processor:>11.2f}{size:>7.2f}")
    return seconds, size


if __name__ == "__main__":
    main()
