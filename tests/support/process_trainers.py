"""Small trainers for the tests of the process seam: a random walk, and ones that misbehave."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gridworld.runs.frame import Columns
from gridworld.runs.history import Stream
from gridworld.runs.process.trainer import Attend, Recipe

WALKS = Stream("walks", {"walk": "last", "walks": "sum", "position": "sum", "highest": "max", "time": "last"})


class Walker:
    """Steps left or right at random; a walk is ten steps. With a `folder` it keeps a checkpoint there."""

    def __init__(self, settings: Mapping[str, Any], checkpoint: str | None = None) -> None:
        self.settings = dict(settings)
        self.rng = np.random.default_rng(self.settings.get("seed", 0))
        self.step = self.episode = self.position = 0
        self.rows: list[tuple[float, ...]] = []
        self.cells = np.zeros(20, np.uint8)
        if checkpoint is not None:
            self.restore(json.loads(Path(checkpoint).read_text()))

    @property
    def target(self) -> float:
        return self.settings.get("target", float("inf"))

    def work(self, attend: Attend) -> None:
        while self.step < self.target and (steps := attend()):
            for _ in range(min(steps, self.settings.get("batch", 1000))):
                if self.step >= self.target:
                    break
                self.advance()
            time.sleep(self.settings.get("sleep", 0.0))

    def advance(self) -> None:
        self.position += 1 if self.rng.random() < 0.5 else -1
        self.step += 1
        self.cells[:] = self.step % 251
        if self.step % self.settings.get("length", 10) == 0:
            self.episode += 1
            self.rows.append((self.episode, 1, self.position, self.position, time.monotonic()))
        if self.step == self.settings.get("fail_at"):
            raise RuntimeError("The walker tripped." + self.settings.get("cry", ""))

    def news(self) -> Mapping[str, Columns]:
        if not self.rows:
            return {}
        columns = np.array(self.rows, float).T
        self.rows = []
        return {"walks": dict(zip(WALKS.columns, columns, strict=True))}

    def board(self) -> Any:
        return self.cells[::2]

    def metrics(self) -> Any:
        return {"step": self.step, "position": self.position}

    def configure(self, changes: Mapping[str, Any]) -> None:
        self.settings.update(changes)

    def save(self) -> str | None:
        if "folder" not in self.settings:
            return None
        path = Path(self.settings["folder"]) / "walk.json"
        state = {"rng": self.rng.bit_generator.state, "step": self.step, "position": self.position}
        path.write_text(json.dumps(state))
        return str(path)

    def restore(self, state: Mapping[str, Any]) -> None:
        self.rng.bit_generator.state = state["rng"]
        self.step, self.position = state["step"], state["position"]
        self.episode = self.step // 10


class Stubborn(Walker):
    """Ignores Stop, and the request to terminate."""

    def work(self, attend: Attend) -> None:
        if self.settings.get("ignore_terminate"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while attend():
            self.advance()
        while True:
            time.sleep(0.01)


class Printer(Walker):
    """Prints in the midst of its work, from Python and from below."""

    def work(self, attend: Attend) -> None:
        print("a line that must not get into the pipe")
        os.write(1, b"nor this one\n")
        super().work(attend)


class Quitter(Walker):
    """Leaves without a word."""

    def advance(self) -> None:
        os._exit(self.settings["code"])


def slow_to_start(settings: Mapping[str, Any], checkpoint: str | None) -> Walker:
    time.sleep(30)
    return Walker(settings, checkpoint)


def check(settings: Mapping[str, Any]) -> None:
    if settings.get("target", 1) < 1:
        raise ValueError("The target is below 1.")


def recipe(factory: str = "Walker", **settings: Any) -> Recipe:
    return Recipe(f"support.process_trainers:{factory}", settings, (WALKS,), frozenset({"target", "sleep"}), check)
