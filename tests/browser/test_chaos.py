"""A server goes on for everyone else, whatever two people press, and whatever comes as address, world or message."""

from __future__ import annotations

import asyncio
import statistics

import pytest

from support.browser import serving
from support.chaos import attack, write_faulty_environments

SECONDS = 60.0


@pytest.mark.slow
def test_a_run_goes_on_and_its_pause_is_shown_while_others_attack(tmp_path):
    environment = {"GRIDWORLD_LOAD": str(write_faulty_environments(tmp_path))}
    with serving(environment=environment) as address:
        report = asyncio.run(attack(address, SECONDS))
    calm, pauses = statistics.median(report.calm), sorted(report.pauses)
    print(f"Pause: {calm:.0f} ms while it is quiet; {statistics.median(pauses):.0f} ms, {pauses[-1]:.0f} ms at worst")
    assert report.lost == 0, "each press is shown in the end"
    assert report.opened > 0
    assert report.blank == []
