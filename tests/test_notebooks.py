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


def agents_on(page) -> list[list[float]]:
    """Where the agent stands, on each board of the notebook."""
    return page.evaluate(
        """() => Bokeh.documents.flatMap(document => document._roots.flatMap(root => [...root.references()])
             .filter(model => model.name == "agent" && model.data != null)
             .map(source => [source.data.get("x")[0], source.data.get("y")[0]]))"""
    )


@pytest.mark.browser
def test_the_dashboard_lives_in_jupyterlab(tmp_path):
    needed("jupyterlab")
    needed("pyviz_comms")
    sync_api = needed("playwright.sync_api") if not IN_CI else __import__("playwright.sync_api").sync_api
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
        assert [url for url in outside if not url.endswith((".css", ".woff2"))] == []
        browser.close()


def drive(page):
    """Start, see the agent learn, pause, see it rest."""
    step = page.locator("[data-counter=step]").first
    page.get_by_role("button", name="Start", exact=True).first.click()
    seen = {number(step.inner_text())}
    wait_for(
        lambda: seen.add(number(step.inner_text())) or len(seen) > 3, 60, "steps are counted by the kernel's own loop"
    )
    page.get_by_role("button", name="Pause", exact=True).first.click()
    page.get_by_role("button", name="Start", exact=True).first.wait_for()
    page.wait_for_timeout(1000)
    before = number(step.inner_text())
    page.wait_for_timeout(1500)
    assert number(step.inner_text()) == before, "Pause pauses"
