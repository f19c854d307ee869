"""The example notebooks, run from end to end, and one of them driven in a real JupyterLab and Notebook."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dashboards.pages.notebook import HEIGHT
from dashboards.style.theme import DARK, LIGHT
from support.browser import FLAGS, ROOT, find_chromium, number, wait_for
from support.drawn_rows import are_drawn_once, drawn_rows
from support.jupyter import fresh_jupyter, jupyter, needed, run_all_cells

NOTEBOOKS = sorted(ROOT.glob("examples/*.ipynb"))
MOST_BYTES = 2_000_000  # of a notebook with its outputs
pytestmark = pytest.mark.slow


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
    assert len(done.stdout) < MOST_BYTES


def without_network(path) -> str:
    """A notebook whose page needs no network, by the line that it says to leave out."""
    notebook = json.loads(path.read_text())
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    first["source"] = [line for line in first["source"] if "pn.extension" not in line]
    return json.dumps(notebook)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    for cell in json.loads(path.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


AGENTS_CELLS = """() => {
  const places = new Set()
  for (const document of Bokeh.documents)
    for (const model of document._all_models.values())
      if (model.type == "ColumnDataSource" && model.data.radius?.length == 3)
        places.add(`${model.data.x[0]},${model.data.y[0]}`)
  return [...places].join(" ")
}"""
"""Reads from the boards of the notebook where the agent stands: its picture is three rings around one point."""


DARK_THEME = {"theme": "JupyterLab Dark"}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("module", "place", "theme"), [("jupyterlab", "lab/tree", DARK_THEME), ("notebook", "notebooks", {})]
)
def test_the_dashboard_lives_in(module, place, theme, tmp_path):
    needed(module)
    needed("pyviz_comms")
    needed("playwright")
    from playwright import sync_api

    executable = find_chromium()
    notebooks, chosen = tmp_path / "notebooks", tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    notebooks.mkdir()
    chosen.mkdir(parents=True)
    (chosen / "themes.jupyterlab-settings").write_text(json.dumps(theme))
    (notebooks / "watch.ipynb").write_text(without_network(ROOT / "examples/watch_q_learning.ipynb"))
    with jupyter(module, notebooks, tmp_path) as address, sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(150_000)
        outside, errors = [], []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.route(
            lambda url: not url.startswith((address, "data:", "blob:")),
            lambda r: outside.append(r.request.url) or r.abort(),
        )
        page.goto(f"{address}/{place}/watch.ipynb")
        run_all_cells(page, module)
        drive(page)
        assert are_drawn_once(drawn_rows(page))
        assert not page.get_by_text("Show whole run").first.is_visible(), "nobody has zoomed"
        assert outside == []
        assert [error for error in errors if "fragment" in error or "isn't known" in error] == [], "no update is lost"
        lowest = {(DARK if theme else LIGHT)["ramp"][0].upper()}
        wait_for(lambda: set(page.evaluate(LOWEST_VALUES)) == lowest, what="all boards have the theme")
        last = page.locator("label:has-text('Update every')").first.bounding_box()
        cell = page.locator(".jp-OutputArea-executeResult").first.bounding_box()
        assert cell["height"] >= HEIGHT
        assert last["x"] + last["width"] <= cell["x"] + cell["width"]
        browser.close()


LOWEST_VALUES = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
  .filter(model => model.type == "LinearColorMapper")
  .map(model => { const c = model.palette[0]; return typeof c == "string" ? c.toUpperCase() : c })"""
"""Reads from the boards of the notebook which colour the lowest value has."""


def test_vs_code_gets_a_widget(tmp_path):
    needed("nbclient")
    needed("ipykernel")
    needed("jupyter_bokeh")
    code = (
        "import nbformat, nbclient\n"
        "first = 'from dashboards import TrainingDashboard\\nTrainingDashboard(world=\"easy\")'\n"
        "notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(first)])\n"
        "nbclient.NotebookClient(notebook, timeout=240, kernel_name='python3').execute()\n"
        "print(nbformat.writes(notebook))"
    )
    environment = fresh_jupyter(tmp_path) | {"VSCODE_CWD": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    (cell,) = json.loads(done.stdout)["cells"]
    shown = cell["outputs"][-1]
    assert shown["output_type"] == "execute_result"
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]


def drive(page):
    """Go on, see the agent move, pause, see it do one more episode and no other."""
    page.get_by_role("button", name="Resume", exact=True).first.click()
    seen = set()
    wait_for(
        lambda: seen.add(page.evaluate(AGENTS_CELLS)) or len(seen) > 3, what="the kernel's own loop moves the agent"
    )
    page.get_by_role("button", name="Pause", exact=True).first.click()
    resume = page.get_by_role("button", name="Resume", exact=True).first
    wait_for(resume.is_enabled, what="it is paused")
    episodes = page.locator("[data-counter=episode]").first
    counted = number(episodes.inner_text())
    assert counted >= 20
    page.get_by_role("button", name="Step episode", exact=True).first.click()
    wait_for(lambda: number(episodes.inner_text()) != counted, what="it does an episode")
    assert number(episodes.inner_text()) == counted + 1, "nothing else was trained"
    page.get_by_role("tab", name="Files", exact=True).first.click()
    page.get_by_role("button", name="Save", exact=True).first.wait_for()
