"""What may not be imported, in a fresh interpreter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gridworld

MODULES = sorted(Path(gridworld.__file__).parent.rglob("*.py"))
SCREEN = {"panel", "panel_material_ui", "bokeh", "pyviz_comms"}


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


def imported_by(text: str) -> set[str]:
    """The packages that a module imports anywhere, also within a function or by `import_module`."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(function).endswith(("import_module", "__import__")):
                    names.add(name)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "text",
    [
        "import numpy, panel as pn",
        "def f():\n    from panel.command import serve",
        "if 0:\n    import panel.io",
        "import importlib\nimportlib.import_module('panel.io')",
        "__import__('panel')",
    ],
)
def test_an_import_is_found_wherever_it_hides(text):
    assert "panel" in imported_by(text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_module_of_the_laboratory_ever_imports_a_screen(path):
    assert not SCREEN & imported_by(path.read_text())


def test_sparse_matrices_wait_until_they_are_used():
    assert "scipy.sparse" not in loaded_after("import gridworld")


@pytest.mark.parametrize("page", ["dashboards.pages.training.dashboard", "dashboards.pages.tetris.page"])
def test_the_dashboard_holds_no_torch(page):
    loaded = loaded_after(f"import {page}")
    assert "panel" in loaded
    assert not {"torch", "stable_baselines3"} & loaded
