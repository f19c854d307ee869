"""A server under attack: random presses, hostile addresses, worlds and messages, while one run goes on."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError, websocket_connect

from support.light_viewer import Viewer

QUIET = {"world": "hard", "episodes": "0"}
FAULTY = '''
"""Environments that do what none should: raise, leave their space, pay what is no number, never answer."""

import time

import gymnasium as gym
import numpy as np


class Faulty(gym.Env):
    observation_space, action_space = gym.spaces.Discrete(5), gym.spaces.Discrete(2)

    def __init__(self, fault="raise", after=40):
        self.fault, self.after, self.count = fault, after, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        self.count += 1
        state, reward = self.count % 5, 0.0
        if self.count > self.after:
            if self.fault == "hang":
                time.sleep(600)
            if self.fault == "raise":
                raise RuntimeError("The floor gave way.")
            state, reward = (10**9, 0.0) if self.fault == "state" else (state, float("nan"))
        return state, reward, state == 4, False, {}


for fault in ("raise", "state", "reward", "hang"):
    gym.register(f"Faulty-{fault}-v0", Faulty, kwargs={"fault": fault})
'''
STARTS = "\n".join(["S" * 99 + "G", *["S" * 100] * 99])
ADDRESSES = [
    {"world": "unittest.__main__:x"},
    {"world": "this:x"},
    {"world": "S.G\nwind: 900000000000 0 0"},
    {"world": "wind: 900000000000 0 0\n\nS.G"},
    {"world": "wind: 100000 0 0\n\nS.G"},
    {"world": STARTS},
    {"world": "open_1000"},
    {"world": "open_99999999999999"},
    {"world": "GridWorld/MaximizationBias-v0?bets=20000000000"},
    {"world": "FrozenLake-v1?map_name=None"},
    {"world": "Taxi-v3"},
    {"world": "S\x00G\n\ud7ff"},
    {"world": "<img src=x onerror=alert(1)>\n\nS.G"},
    {"world": "Faulty-raise-v0"},
    {"world": "Faulty-state-v0"},
    {"world": "Faulty-reward-v0"},
    {"world": "Faulty-hang-v0"},
    {"agent": "__import__('os')", "seed": "1" * 400},
    {"run": "../../etc/passwd"},
    {"page": "../../etc/passwd"},
    {"page": "tetris", "seed": "nan", "population": "1e400"},
    {"page": "library", "theme": "dark"},
    {"step_size": "nan", "epsilon": "-1", "discount": "2", "episodes": "-5", "step_limit": "9" * 400},
]
CALM = 10.0  # seconds before the attack
SETTLED = 0.5  # seconds after which a press of the main button is no double click
PATIENCE = 60.0  # seconds after which a press counts as lost
JUNK = ["abc", "", -1, 10**30, 1e308, None, [], [[]], {"a": 1}, "x" * 20_000, True, "0.3", "NaN", 0]


@dataclass
class Report:
    """What happened to the quiet run, and to the pages that came while all else went on."""

    calm: list[float] = field(default_factory=list)  # milliseconds from a press of Pause to its being shown, before
    pauses: list[float] = field(default_factory=list)  # the same during the attack
    lost: int = 0  # presses that were never shown
    opened: int = 0
    blank: list[str] = field(default_factory=list)  # addresses that gave a page without a button


async def attack(address: str, seconds: float, seed: int = 0) -> Report:
    """Attack the server at an address for a time in seconds, and report how the quiet run fared."""
    report = Report()
    quiet = await Viewer(address, QUIET).open()
    await quiet.press("Start")
    assert await quiet.until("Running")
    report.calm = await _press_pause(quiet, report, time.monotonic() + CALM)
    end = time.monotonic() + seconds
    report.pauses, *_ = await asyncio.gather(
        _press_pause(quiet, report, end),
        _visit(address, report, end, random.Random(seed)),
        *(_meddle(address, end, random.Random(seed + i)) for i in (1, 2)),
        _send_nonsense(address, end, random.Random(seed + 3)),
    )
    await quiet.close()
    return report


async def _press_pause(quiet: Viewer, report: Report, end: float) -> list[float]:
    """Press Pause and Resume once a second until a time; return the milliseconds of each Pause."""
    pauses = []
    while time.monotonic() < end:
        await asyncio.sleep(1.0)
        began = time.monotonic()
        await quiet.press("Pause")
        if await quiet.until("Paused", PATIENCE):
            pauses.append((time.monotonic() - began) * 1e3)
        else:
            report.lost += 1
        await asyncio.sleep(SETTLED)
        await quiet.press("Resume")
        report.lost += not await quiet.until("Running", PATIENCE)
    return pauses


async def _visit(address: str, report: Report, end: float, choose: random.Random) -> None:
    """Visit one address after another, each once before any again, until a time."""
    waiting: list[dict[str, str]] = []
    while time.monotonic() < end:
        waiting = waiting or choose.sample(ADDRESSES, len(ADDRESSES))
        query = waiting.pop()
        visitor = await Viewer(address, query).open()
        report.opened += 1
        if not any(label in visitor.models for label in ("Start", "Refresh")):
            report.blank.append(json.dumps(query)[:80])
        if "Start" in visitor.models:
            await visitor.press("Start")
            await asyncio.sleep(0.5)
        await visitor.close()


async def _meddle(address: str, end: float, choose: random.Random) -> None:
    """Press and set at random, as two people who share a run and mean no good."""
    viewer = await Viewer(address, {"world": "cliff", "episodes": "0"}).open()
    while time.monotonic() < end:
        label = choose.choice(list(viewer.models))
        if choose.random() < 0.5:
            await viewer.press(label)
        else:
            await viewer.choose(label, choose.choice(JUNK))
        await asyncio.sleep(choose.uniform(0.02, 0.3))
    await viewer.close()


async def _send_nonsense(address: str, end: float, choose: random.Random) -> None:
    """Open sockets that say what no page says."""
    while time.monotonic() < end:
        with suppress(HTTPClientError, WebSocketClosedError):  # the server may refuse it at any point
            opening = websocket_connect(address.replace("http", "ws") + "/ws", subprotocols=["bokeh", "no.token"])
            with closing(await opening) as socket:
                for _ in range(5):
                    await socket.write_message(choose.choice(["{", "[]", '{"msgtype": "PATCH-DOC"}', "\x00" * 1000]))
        await asyncio.sleep(0.5)


def write_faulty_environments(folder: Path) -> Path:
    """Write a file of faulty environments for `--load`; return its path."""
    path = folder / "faulty.py"
    path.write_text(FAULTY)
    return path
