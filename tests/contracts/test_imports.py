"""What may not be imported, in a fresh interpreter."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gridworld
from support.paths import ROOT

MODULES = sorted(Path(gridworld.__file__).parent.rglob("*.py"))
SCREEN = ("dashboards", "panel", "panel_material_ui", "bokeh", "pyviz_comms")
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def loaded_after(statement: str) -> set[str]:
    """The names of the modules that a fresh interpreter holds after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["gridworld", "gridworld.training.local_run", "gridworld.tetris"])
def test_the_laboratory_knows_no_screen(module):
    loaded = loaded_after(f"import {module}")
    assert module in loaded
    assert not {"panel", "bokeh", "torch", "stable_baselines3", "dashboards"} & loaded


def test_the_layers_hold():
    """The contracts in pyproject.toml: layers, no circle, no view that imports another, no screen in the laboratory."""
    done = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def foreign_words(text: str) -> set[str]:
    """The packages of the screen that a module's strings name as modules, documentation aside."""
    tree = ast.parse(text)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]
    names = "|".join(SCREEN)
    module = rf"^({names})(?=$|[.:])|(?:\bimport|\bfrom|-m)\s+({names})\b"
    return {found[1] or found[2] for word in words for found in re.finditer(module, word)}


NAMED = (
    "import_module('panel.io')",
    "x = 'dashboards.serving.app:page'",
    "y = ['bokeh']",
    "code = 'import sys; import dashboards.pages'",
    "command = f'python -m dashboards.export {path}'",
)


@pytest.mark.parametrize("text", NAMED)
def test_a_module_is_found_in_a_string(text):
    assert foreign_words(text)


def test_no_module_of_the_laboratory_names_a_screen_in_a_string():
    found = {str(path.relative_to(ROOT)): foreign_words(path.read_text()) for path in MODULES}
    assert {path: words for path, words in found.items() if words} == {}


def test_the_laboratory_imports_what_is_used_when_it_is_used():
    assert not {"numba", "scipy", "param", "gridworld.agents"} & loaded_after("import gridworld")
    assert "scipy.sparse" not in loaded_after("from gridworld import TrainingSession")


def test_the_environments_are_registered_by_the_import_alone():
    loaded = loaded_after("import gridworld, gymnasium; assert 'Tetris-v0' in gymnasium.registry")
    assert "gridworld.tetris" not in loaded


@pytest.mark.slow
def test_the_dashboard_holds_no_torch():
    loaded = loaded_after("import dashboards.pages.training.dashboard, dashboards.pages.tetris.page")
    assert "panel" in loaded
    assert not {"torch", "stable_baselines3"} & loaded
