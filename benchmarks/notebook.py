"""How long a notebook cell takes from Run All to a Start that can be pressed, beside a cell of forty sliders.

Run `python benchmarks/notebook.py [TIMES]`. Both notebooks are opened in turns in one JupyterLab in a real browser,
each time with a kernel of its own.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import DESKTOP, FLAGS, ROOT, find_chromium
from support.jupyter import jupyter, run_all_cells

MOST_SECONDS, MOST_RATIO = 15.0, 1.3
CELLS = {
    "forty sliders": f"import sys\nsys.path.insert(0, {str(ROOT / 'benchmarks')!r})\n"
    "import panel as pn\npn.extension(inline=True)\nfrom forty_sliders import forty_sliders\nforty_sliders()",
    "grid world": 'from dashboards import TrainingDashboard\nTrainingDashboard(world="cliff")',
}


def written(cell: str) -> str:
    """Return a notebook of one cell."""
    code = {"cell_type": "code", "id": "first", "source": cell, "outputs": [], "execution_count": None, "metadata": {}}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def opened(browser: Browser, address: str) -> float:
    """Return the seconds from Run All until Start can be pressed; the notebook is closed afterwards."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.set_default_timeout(150_000)
    page.goto(address)
    began = run_all_cells(page, "jupyterlab")
    page.get_by_role("button", name="Start", exact=True).first.click(trial=True)
    seconds = time.monotonic() - began
    page.context.close()
    return seconds


def main(times: int = 3) -> None:
    """Print medians and their ratio."""
    print(f"{machine()}; {times} times each, in turns")
    taken: dict[str, list[float]] = {name: [] for name in CELLS}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        notebooks = folder / "notebooks"
        notebooks.mkdir()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with jupyter("jupyterlab", notebooks, folder) as address:
            for turn in range(times + 1):  # the first fills caches
                for number, (name, cell) in enumerate(CELLS.items()):
                    (notebooks / f"{number}{turn}.ipynb").write_text(written(cell))
                    seconds = opened(browser, f"{address}/lab/tree/{number}{turn}.ipynb?reset")
                    taken[name] += [seconds] * (turn > 0)
        browser.close()
    plain, ours = (statistics.median(seconds) for seconds in taken.values())
    for name, seconds in taken.items():
        print(f"{name:14} | {statistics.median(seconds):6.2f} s of {', '.join(f'{one:.2f}' for one in seconds)}")
    print(f"grid world: {ours:.1f} s from Run All to Start, {asked(ours, most=MOST_SECONDS)}")
    print(f"grid world: {ours / plain:.2f} of the forty sliders, {asked(ours / plain, most=MOST_RATIO)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
