"""How long a film of ten seconds takes and how large it is: `python benchmarks/films.py`.

Budget: under 10 s and under 3 MB at 480 pixels, training and compiling not counted.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from gridworld import TrainingSession, record_film

RUNS = [("cliff", "q_learning", 300), ("open_10", "sarsa", 200), ("hard", "q_learning", 300), ("open_30", "sarsa", 100)]


def main() -> None:
    """Print a line for each film."""
    print(f"{'world':<10}{'what':<10}{'form':<6}{'seconds':>9}{'processor':>11}{'MB':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for world, agent, episodes in RUNS:
            session = TrainingSession(world=world, agent=agent, episodes=episodes, seed=3)
            session.advance_episodes(episodes)
            for what in ("episode", "training"):
                for form in ("gif", "mp4"):
                    measure(session, world, what, form, Path(folder))


def measure(session: TrainingSession, world: str, what: str, form: str, folder: Path) -> None:
    """Make one film; the processor's time is without that of ffmpeg."""
    began, worked = time.perf_counter(), time.process_time()
    path = record_film(session, folder / f"film.{form}", what=what)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    print(f"{world:<10}{what:<10}{form:<6}{seconds:>9.2f}{processor:>11.2f}{path.stat().st_size / 1e6:>7.2f}")


if __name__ == "__main__":
    main()
