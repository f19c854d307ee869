"""What saving, keyframes and a library cost: `python benchmarks/store.py`."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gridworld.storage import run_file
from gridworld.storage.keyframes import Keyframes
from gridworld.storage.library import Library
from gridworld.storage.library_index import forget
from gridworld.training.session import TrainingSession

LOOP = 0.05  # seconds that a snapshot may take on the page's loop
RUNS = 5_000
TICK, CHUNK = 0.025, 20_000
SECONDS = 1.0


def median_of(count: int, work: Callable[[], object]) -> float:
    """The median time in seconds of some calls."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def large_run(agent: str) -> TrainingSession:
    """10,000 states and 100,000 episodes."""
    session = TrainingSession(world="open_100", agent=agent, episodes=100_000, options={"step_limit": 20})
    session.advance_episodes(100_000)
    return session


def measure_saving(folder: Path) -> bool:
    print(f"{'saving 10,000 states, 100,000 episodes':44s}{'freeze':>9s}{'write':>9s}{'load':>9s}{'file':>10s}")
    within = True
    for agent in ("q_learning", "sarsa_lambda", "dyna_q_plus", "prioritized_sweeping"):
        session, path = large_run(agent), folder / "run.npz"
        frozen = median_of(21, lambda session=session: run_file.freeze(session))
        checkpoint = run_file.freeze(session)
        written = median_of(7, lambda checkpoint=checkpoint, path=path: run_file.write(checkpoint, path))
        loaded = median_of(7, lambda path=path: run_file.load(path))
        figures = (
            f"{frozen * 1e3:6.2f} ms{written * 1e3:6.0f} ms{loaded * 1e3:6.0f} ms{path.stat().st_size >> 10:6,d} KiB"
        )
        print(f"  {agent:42s}{figures}")
        within = within and frozen < LOOP
    return within


def train(keyframes: Keyframes | None, world: str, agent: str) -> tuple[float, float]:
    """Train as the page does at full speed: a tick's worth of steps, then a look at the keyframes.

    Gives steps a second and the share of the time that the keyframes took, in seconds of this process's computing, so
    that what else the machine does shows little.
    """
    session = TrainingSession(world=world, agent=agent, episodes=0, options={"step_limit": 1_000})
    session.advance(CHUNK)
    began, spent = time.process_time(), 0.0
    while (elapsed := time.process_time() - began) < SECONDS:
        tick = time.process_time()
        while time.process_time() - tick < TICK:
            session.advance(CHUNK)
        if keyframes is not None:
            looked = time.process_time()
            keyframes.offer(session)
            spent += time.process_time() - looked
    return (session.step - CHUNK) / elapsed, spent / elapsed


def measure_keyframes() -> bool:
    heads = f"{'without':>9s}{'with':>9s}{'share':>9s}{'kept':>6s}{'MiB':>6s}"
    print(f"\n{'training at full speed, million steps/s':44s}{heads}")
    shares = []
    for world, agent in (("medium", "q_learning"), ("medium", "prioritized_sweeping"), ("open_100", "q_learning")):
        without, with_them, taken = [], [], []
        for _ in range(5):
            keyframes = Keyframes()
            without.append(train(None, world, agent)[0])
            speed, share = train(keyframes, world, agent)
            with_them.append(speed)
            taken.append(share)
        speeds = f"{statistics.median(without) / 1e6:9.2f}{statistics.median(with_them) / 1e6:9.2f}"
        shares.append(statistics.median(taken))
        kept = f"{len(keyframes):6d}{keyframes.nbytes / (1 << 20):6.1f}"
        print(f"  {world + ', ' + agent:42s}{speeds}{shares[-1]:9.1%}{kept}")
    return max(shares) < 0.05


def measure_library(folder: Path) -> bool:
    library = Library(folder / "library")
    session = TrainingSession(world="medium")
    session.advance(5_000)
    library.save(session, "run")
    content = library.path("run").read_bytes()
    for number in range(RUNS - 1):
        (library.folder / f"run {number}.npz").write_bytes(content)
    forget(library.folder)
    rebuilt = median_of(1, lambda: Library(library.folder).rows())
    opened = median_of(5, lambda: Library(library.folder).rows())
    print(f"\nopening a library of {RUNS:,} runs: {opened:.2f} s; its index rebuilt from the files: {rebuilt:.1f} s")
    return opened < 1


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        met = [measure_saving(Path(folder)), measure_keyframes(), measure_library(Path(folder))]
    print("\nAll within their bounds." if all(met) else f"\nNot within its bounds: {met}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
