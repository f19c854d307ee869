"""Agents against Q-learning in C with the same duties: `python benchmarks/yardstick.py [PROCESSES]`.

The C (`yardstick.c`, compiled by gcc) learns in the project's own transition models; in a world without chance it
draws no outcome, which the project does. All take turns in one process. A row's ratio is the median over the turns of
a process; the least and the largest of the processes are printed too, because code that is placed elsewhere in memory
may run at another speed. Rates are of processor time.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from verdicts import asked, machine

from gridworld import TrainingSession

SOURCE = Path(__file__).with_suffix(".c")
WORLDS = {"FrozenLake 8x8": "FrozenLake8x8-v1", "grid 10x10": "open_10", "grid 100x100": "open_100"}
GOALS = {"q_learning": 1.0, "sarsa": 1.0, "expected_sarsa": 1.0, "double_q_learning": 0.8}
STEP_SIZE, DISCOUNT, EPSILON = 0.1, 0.99, 0.1
STEPS, TURNS, CAPACITY = 1_000_000, 7, 4096


class World(ctypes.Structure):
    """The struct `world` of the C source."""

    _fields_ = [(name, ctypes.c_int64) for name in ("actions", "outcomes", "certain", "step_limit")] + [
        (name, ctypes.c_void_p) for name in ("successor", "reward", "cumulative", "start", "ending")
    ]


class Run(ctypes.Structure):
    """The struct `run` of the C source."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("Q", "rows", "N", "counts", "trail")),
        *((name, ctypes.c_int64) for name in ("state", "episode_step", "episode", "step", "entered", "capacity")),
        *((name, ctypes.c_double) for name in ("total", "error")),
        ("agent", ctypes.c_uint64 * 4),
        ("world", ctypes.c_uint64 * 4),
    ]


class InC:
    """A run of the C source in one of the project's worlds."""

    def __init__(self, library: ctypes.CDLL, world: str) -> None:
        problem = TrainingSession(world=world).problem
        model = problem.phases[0][1]
        states, actions, outcomes = model.successor.shape
        self._advance = library.advance
        self._model = [
            np.ascontiguousarray(array)
            for array in (model.successor, model.reward, model.cumulative, model.start_cumulative, model.ending)
        ]
        shapes = ((states, actions), float), ((CAPACITY, 4), float), ((states, actions), np.int64)
        self._tables = [np.zeros(shape, kind) for shape, kind in (*shapes, ((64, actions), np.int64), (1024, np.int64))]
        certain = int(outcomes == 1)
        limit = problem.step_limit or 1 << 60
        self._world = World(actions, outcomes, certain, limit, *(array.ctypes.data for array in self._model))
        words = (ctypes.c_uint64 * 4)(1, 2, 3, 5), (ctypes.c_uint64 * 4)(7, 2, 3, 9)
        self._run = Run(*(array.ctypes.data for array in self._tables), 0, 0, 0, 0, 0, CAPACITY, 0.0, 0.0, *words)

    def advance(self, steps: int) -> None:
        """Do this many steps more."""
        numbers = (ctypes.c_double(number) for number in (STEP_SIZE, DISCOUNT, EPSILON))
        self._advance(ctypes.byref(self._world), ctypes.byref(self._run), ctypes.c_int64(steps), *numbers)


def compiled() -> ctypes.CDLL:
    """Return the C source as a library."""
    if not shutil.which("gcc"):
        raise SystemExit("gcc is not there; the C can't be compiled.")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "yardstick.so"
        options = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run(["gcc", *options, "-o", str(library), str(SOURCE)], check=True)
        return ctypes.CDLL(str(library))


def session(world: str, agent: str) -> TrainingSession:
    """Return an endless run."""
    numbers = {"step_size": STEP_SIZE, "discount": DISCOUNT, "epsilon": EPSILON, "epsilon_schedule": "constant"}
    return TrainingSession(world=world, agent=agent, episodes=0, hyperparameters=numbers)


def rates(world: str) -> dict[str, list[float]]:
    """Return million steps a second of each row, a number a turn."""
    rows: dict[str, Callable[[int], object]] = {"C": InC(compiled(), world).advance}
    rows |= {agent: session(world, agent).advance for agent in GOALS}
    found: dict[str, list[float]] = {row: [] for row in rows}
    for turn in range(TURNS + 1):  # the first compiles
        for row, advance in rows.items():
            began = time.process_time()
            advance(STEPS)
            if turn:
                found[row].append(STEPS / (time.process_time() - began) / 1e6)
    return found


def main(processes: int = 5) -> None:
    """Print the median over processes of each ratio, and its range."""
    ratios: dict[tuple[str, str], list[float]] = {}
    speed: dict[str, list[float]] = {}
    for _ in range(processes):
        for name, world in WORLDS.items():
            command = [sys.executable, __file__, "--world", world]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout)
            speed.setdefault(name, []).append(statistics.median(found["C"]))
            for agent in GOALS:
                turns = [ours / its for ours, its in zip(found[agent], found["C"], strict=True)]
                ratios.setdefault((agent, name), []).append(statistics.median(turns))
    print(f"of C's Q-learning with the same duties, {processes} processes: median (least to largest)")
    print(machine())
    print(f"{'':20s}" + "".join(f"{name:>24s}" for name in WORLDS) + "   goal")
    print(f"{'C, M steps/s':20s}" + "".join(f"{statistics.median(speed[name]):24.1f}" for name in WORLDS))
    for agent, goal in GOALS.items():
        found = [ratios[agent, name] for name in WORLDS]
        cells = "".join(f"{statistics.median(r):10.2f} ({min(r):.2f} to {max(r):.2f})".rjust(24) for r in found)
        print(f"{agent:20s}{cells}   {asked(min(map(statistics.median, found)), least=goal)}")


if __name__ == "__main__":
    if "--world" in sys.argv:
        print(json.dumps(rates(sys.argv[-1])))
    else:
        main(*map(int, sys.argv[1:]))
