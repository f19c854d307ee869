"""What a page is sent while a run goes on at full speed: little at a time, and of what is read only one part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent

from dashboards.hub.pacing import PERIOD, READ_PERIOD
from dashboards.live.panel_patches.messages import make_message
from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Pace, Start
from gridworld.training.settings import Settings
from support.clock import Clock
from support.hubs import make_hub

SHOWN = "Board", "Counters", "Curves", "Episodes"
FULL_SPEED = 1_000_000.0  # steps a second, which takes no chances with the time that computing takes
SECONDS = 4.0


@dataclass
class Traffic:
    """What each tick sent: bytes by view."""

    document: Document
    owners: dict[str, str]
    ticks: list[Counter[str]] = field(default_factory=list)

    def note(self, event: Any) -> None:
        if isinstance(event, DocumentPatchedEvent):
            message = make_message(self.document, [event])
            size = len(message.content_json) + sum(len(buffer.data) for buffer in message.buffers)
            model = getattr(event, "model", None)
            self.ticks[-1][self.owners.get(model.id, "") if model else ""] += size


@pytest.fixture(scope="module")
def traffic():
    clock = Clock()
    hub = make_hub(clock)
    page = TrainingPage(hub, hub.runs.create(Settings(world="hard", episodes=0, seed=1)))
    document, owners = Document(), {}
    for title in SHOWN:
        page.view[title].active = True
        root = pn.Column(page.view[title].panel).get_root(document)
        document.add_root(root)
        owners |= {model.id: title for model in root.references()}
    shared = page.find()
    shared.send(Pace(FULL_SPEED), "speed", "Full speed")
    shared.send(Start(), "start", "Start")
    traffic = Traffic(document, owners)
    document.on_change(traffic.note)
    for _ in range(round(SECONDS / PERIOD)):
        clock.now += PERIOD
        traffic.ticks.append(Counter())
        page.refresher.tick()
    assert page.find().frame.episode > 10_000
    return traffic


def test_of_what_is_read_one_part_is_sent_at_a_time_and_rarely(traffic):
    sent = [{"Curves", "Episodes"} & set(tick) for tick in traffic.ticks[2:]]  # the first refresh shows all
    assert all(len(parts) <= 1 for parts in sent)
    assert sum(map(len, sent)) <= SECONDS / READ_PERIOD
    assert all(any(part in parts for parts in sent) for part in ("Curves", "Episodes")), "each has its turn"


def test_what_moves_is_sent_with_every_refresh(traffic):
    assert all("Board" in tick for tick in traffic.ticks)


def test_a_refresh_at_full_speed_is_small(traffic):
    """At 30 steps a second it is 2 kB. The curves were two thirds of 5.5 kB when they were sent ten times a second."""
    assert sum(sum(tick.values()) for tick in traffic.ticks) / len(traffic.ticks) < 3_200
