"""How long a page takes to open in a real browser, and what it costs the server, beside a page of forty sliders.

Run `python benchmarks/opening.py [TIMES]`. Both are served by processes of their own and opened in turns; the ratios
hold on any machine, the seconds on this one only.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import DESKTOP, FLAGS, find_chromium, serving

PAGES = {
    "forty sliders": ("forty_sliders", "", "Slider 38"),
    "grid world": ("app", "?world=cliff", "Events"),
    "tetris": ("app", "?page=tetris", "Events"),
    "library": ("app", "?page=library", "Delete"),
}
"""Page -> the name of its app, its address, and what can be seen once all of it has come."""
REST = 2.0  # seconds after a page has come in which it still costs the server something


def servers() -> dict[str, psutil.Process]:
    """Return the two servers by the name of their app."""
    found = {}
    for child in psutil.Process().children():
        command = " ".join(child.cmdline())
        if "panel serve" in command:
            found["forty_sliders" if "forty_sliders" in command else "app"] = child
    return found


def opened(browser: Browser, address: str, last: str, button: str, server: psutil.Process) -> tuple[float, ...]:
    """Return seconds to the first byte, until the button can be pressed, until all is there, and of the server."""
    before = sum(server.cpu_times()[:2])
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(120_000)
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.get_by_role("button", name=button, exact=True).first.click(trial=True)
    usable = time.monotonic() - began
    page.get_by_text(last).first.wait_for()
    whole = time.monotonic() - began
    first = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart / 1000")
    page.wait_for_timeout(REST * 1000)
    page.close()
    return first, usable, whole, sum(server.cpu_times()[:2]) - before


def main(times: int = 5) -> None:
    """Print medians and their ratios to the page of forty sliders."""
    print(f"{machine()}; {times} times each, in turns")
    with serving() as ours, serving(app="benchmarks/forty_sliders.py") as plain, sync_playwright() as playwright:
        running, rows = servers(), {name: [] for name in PAGES}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for turn in range(times + 1):  # the first fills caches
            for name, (app, query, last) in PAGES.items():
                address = (plain if app == "forty_sliders" else ours) + query
                button = "Refresh" if name == "library" else "Start"
                row = opened(browser, address, last, button, running[app])
                if turn:
                    rows[name].append(row)
        browser.close()
    medians = {name: [statistics.median(column) for column in zip(*found, strict=True)] for name, found in rows.items()}
    print("page           | first byte, s | usable, s     | all there, s  | server, s")
    for name, found in medians.items():
        ratios = (
            f"{value:5.2f} ({value / one:4.2f} x)" for value, one in zip(found, medians["forty sliders"], strict=True)
        )
        print(f"{name:14} | {' | '.join(ratios)}", flush=True)
    plain = medians.pop("forty sliders")
    for name, (first, usable, *_) in medians.items():
        print(f"{name}: first byte {first / plain[0]:.2f} of the forty sliders, {asked(first / plain[0], most=1.0)}")
        print(f"{name}: usable {usable / plain[1]:.2f} of the forty sliders, {asked(usable / plain[1], most=1.1)}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
