"""JupyterLab and Notebook with a notebook of this project, driven in a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest

from support.browser import ROOT, answers, free_port, wait_for

IN_CI = bool(os.environ.get("CI"))


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


@contextmanager
def jupyter(module, notebooks, folder):
    """JupyterLab or Notebook on a free port; gives its address, and ends it."""
    port = free_port()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}", "--LabApp.news_url="]
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", module, *options]
        server = subprocess.Popen(command, env=fresh_jupyter(folder), stdout=log, stderr=log)
        try:
            wait_for(lambda: answers(f"http://127.0.0.1:{port}/api"), what=f"{module} answers")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)


IDLE = {"jupyterlab": "text=| Idle", "notebook": ".jp-Notebook-ExecutionIndicator[data-status=idle]"}


def run_all_cells(page, module):
    """Wait for the kernel, run the notebook until its first cell is done, and return when it was asked to.

    A front end that is not ready yet lets the request pass. One that takes another kernel meanwhile, which happens on a
    busy machine, forgets it: the cells have no star any more, and only what was asked of the new kernel is done.
    """
    from playwright.sync_api import TimeoutError as NotYet

    def accept(dialog) -> None:
        with suppress(NotYet):  # it has been closed meanwhile
            dialog.locator(".jp-mod-accept").click(timeout=2_000)

    # a notebook that is opened on a busy machine may ask which kernel to take, and ask again
    page.add_locator_handler(page.locator("dialog.jp-Dialog").first, accept, no_wait_after=True)
    page.locator(IDLE[module]).first.wait_for(state="attached")
    first = page.locator(".jp-CodeCell .jp-InputPrompt").first
    waiting, done = (first.filter(has_text=re.compile(text)) for text in (r"\[\*\]", r"\[\d+\]"))
    for _ in range(5):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        asked = time.monotonic()
        with suppress(NotYet):
            waiting.or_(done).wait_for(timeout=8_000)
            waiting.wait_for(state="detached")
            done.wait_for(timeout=2_000)
            return asked
    raise AssertionError("The notebook was asked five times to run, and did not.")
