"""What may not be imported, in a fresh interpreter."""

import subprocess
import sys

import pytest


def loaded_after(statement: str) -> set[str]:
    """The names of the modules that a fresh interpreter holds after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["gridworld", "gridworld.run", "gridworld.tetris"])
def test_the_laboratory_knows_no_screen(module):
    loaded = loaded_after(f"import {module}")
    assert module in loaded
    assert not {"panel", "bokeh", "torch", "stable_baselines3", "dashboards"} & loaded


def test_sparse_matrices_wait_until_they_are_used():
    assert "scipy.sparse" not in loaded_after("import gridworld")


@pytest.mark.parametrize("page", ["dashboards.training", "dashboards.tetris"])
def test_the_dashboard_holds_no_torch(page):
    loaded = loaded_after(f"import {page}")
    assert "panel" in loaded
    assert not {"torch", "stable_baselines3"} & loaded
