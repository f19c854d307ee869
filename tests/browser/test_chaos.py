"""A server that everything is thrown at goes on serving the run that did nothing wrong."""

from __future__ import annotations

import asyncio

import pytest

from support.browser import serving
from support.chaos import attack, write_faulty_environments

pytestmark = pytest.mark.slow
SECONDS = 90


def test_a_quiet_run_goes_on_while_others_do_their_worst(tmp_path):
    environment = {"GRIDWORLD_LOAD": str(write_faulty_environments(tmp_path))}
    with serving(environment=environment) as address:
        report = asyncio.run(attack(address, SECONDS))
    assert report.lost == 0, "every Pause and Start of the quiet run is shown"
    assert len(report.pauses) > SECONDS / 10
    assert report.blank == []
