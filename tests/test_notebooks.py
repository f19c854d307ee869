"""The example notebooks, run from end to end, and one of them driven in a real JupyterLab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.browser import FLAGS, ROOT, answers, find_chromium, free_port, number, wait_for

NOTEBOOKS = sorted(ROOT.glob("examples/*.ipynb"))
IN_CI = bool(os.environ.get("CI"))
pytestmark = pytest.mark.slow


def needed(module: str):
    """A module of the extra `notebook`: without it a test is skipped, or fails where it must run."""
    if IN_CI:
        return __import__(module)
    return pytest.importorskip(module, reason=f"{module} is not installed: pip install -e '.[notebook]'")


def fresh_jupyter(folder) -> dict[str, str]:
    """An environment in which Jupyter finds no settings of this machine, and kernels find this project."""
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{name}_DIR": str(folder / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    return {**os.environ, **own, "IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_end_to_end(path, tmp_path):
    needed("nbclient")
    needed("ipykernel")
    code = (
        "import sys, nbformat, nbclient\n"
        "notebook = nbformat.read(sys.argv[1], as_version=4)\n"
        "nbclient.NotebookClient(notebook, timeout=240, kernel_name='python3').execute()\n"
        "print(nbformat.writes(notebook))"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(
        command, env=fresh_jupyter(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = [
        output["text"]
        for cell in json.loads(done.stdout)["cells"]
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert said == [], "nothing is warned of"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    for cell in json.loads(path.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@contextmanager
def jupyterlab(notebooks, folder):
    """JupyterLab on a free port; gives its address, and ends it."""
    port = free_port()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}", "--LabApp.news_url="]
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, env=fresh_jupyter(folder), stdout=log, stderr=log)
        try:
            wait_for(lambda: answers(f"http://127.0.0.1:{port}/lab"), 120, "JupyterLab answers")
            yield f"http://127.0.0.1:{port}/lab"
        finally:
            server.terminate()
            server.wait(30)


def run_all_cells(page):
    """Wait for the kernel, then run the notebook."""
    page.get_by_text("| Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


AGENTS_CELLS = """() => {
  const places = new Set()
  for (const document of Bokeh.documents)
    for (const model of document._all_models.values())
      if (model.type == "ColumnDataSource" && model.data.radius?.length == 3)
        places.add(`${model.data.x[0]},${model.data.y[0]}`)
  return [...places].join(" ")
}"""
"""Reads from the boards of the notebook where the agent stands: its picture is three rings around one point."""


@pytest.mark.browser
def test_the_dashboard_lives_in_jupyterlab(tmp_path):
    needed("jupyterlab")
    needed("pyviz_comms")
    needed("playwright")
    from playwright import sync_api

    executable = find_chromium()
    notebooks, settings = tmp_path / "notebooks", tmp_path / "settings"
    notebooks.mkdir()
    settings.mkdir()
    original = json.loads((ROOT / "examples/watch_q_learning.ipynb").read_text())
    (notebooks / "watch.ipynb").write_text(json.dumps(original))
    with jupyterlab(notebooks, settings) as address, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(150_000)
        outside = []
        here = address.removesuffix("/lab")
        page.route(
            lambda url: not url.startswith((here, "data:", "blob:")),
            lambda r: outside.append(r.request.url) or r.abort(),
        )
        page.goto(f"{address}/tree/watch.ipynb")
        run_all_cells(page)
        drive(page)
        assert outside == []
        browser.close()


def drive(page):
    """Start, see the agent move, pause, see it rest."""
    page.get_by_role("button", name="Start", exact=True).first.click()
    seen = set()
    wait_for(
        lambda: seen.add(page.evaluate(AGENTS_CELLS)) or len(seen) > 3, 60, "the kernel's own loop moves the agent"
    )
    page.get_by_role("button", name="Pause", exact=True).first.click()
    start = page.get_by_role("button", name="Start", exact=True).first
    wait_for(start.is_enabled, 60, "it is paused")
    page.wait_for_timeout(1000)
    before = page.evaluate(AGENTS_CELLS)
    episodes = page.locator("[data-counter=episode]").first
    counted = number(episodes.inner_text())
    page.wait_for_timeout(1500)
    assert page.evaluate(AGENTS_CELLS) == before, "the agent rests"
    assert number(episodes.inner_text()) == counted >= 20, "nothing is trained any more"
