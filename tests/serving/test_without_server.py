"""The page as static files: they are built, and what runs in them needs neither numba nor threads nor processes."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from support.browser import ROOT

LIKE_A_BROWSER = """
import sys, subprocess, threading
sys.modules["numba"] = None  # an import of it fails

def refuse(*arguments, **options):
    raise RuntimeError("there are neither threads nor processes here")

import panel, panel_material_ui  # with what they ask of the platform
sys.platform = "emscripten"
threading.Thread.start = refuse
subprocess.Popen.__init__ = refuse
"""


def run(code: str) -> str:
    """What a fresh interpreter prints that has no more than one in a browser."""
    command = [sys.executable, "-c", LIKE_A_BROWSER + code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_page_is_made_and_an_agent_trains_without_numba_threads_and_processes():
    printed = run("""
from itertools import count
from dashboards.hub.hub import Hub
from dashboards.serving.startup import prepare
from dashboards import TrainingDashboard
from gridworld import Pace, Start, Status
from gridworld.compiled import CAN_COMPILE
assert not CAN_COMPILE
prepare()
ticks = count()
hub = Hub(clock=lambda: next(ticks) / 1_000)  # no two moments are the same, so that each tick finds work due in the end
dashboard = TrainingDashboard(world="easy", seed=1, episodes=5, hub=hub)
page = dashboard.page()
page.framed()
dashboard.send(Pace(None, 1))
dashboard.send(Start())
while dashboard.journal.frame.status is not Status.FINISHED:
    page.refresher.tick()
print(dashboard.journal.frame.status, dashboard.journal.frame.episode)
print("numba" in sys.modules and sys.modules["numba"])
""")
    assert printed.split() == ["finished", "5", "None"]


@pytest.mark.slow
def test_the_files_are_built_with_the_projects_own_packages(tmp_path):
    pip = [sys.executable, "-m", "pip", "wheel", "-q", str(ROOT), "--no-deps", "-w", str(tmp_path)]
    subprocess.run(pip, check=True, timeout=300)
    (wheel,) = tmp_path.glob("gridworld_lab-*.whl")
    command = [sys.executable, "-m", "panel", "convert", "app.py", "--to", "pyodide-worker", "--skip-embed"]
    command += ["--out", str(tmp_path), "--requirements", f"gridworld-lab @ file://{wheel}"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300)
    worker = (tmp_path / "app.js").read_text()
    assert f"emfs:packed_wheels/{wheel.name}" in worker
    with zipfile.ZipFile(tmp_path / "app.resources.zip") as packed:
        assert packed.namelist() == [f"packed_wheels/{wheel.name}"]
    with zipfile.ZipFile(wheel) as files:
        assert {"gridworld/__init__.py", "dashboards/pages/training/dashboard.py"} <= set(files.namelist())
    assert (tmp_path / "app.html").exists()
