"""A page with a running board while a comparison computes with all cores: frames a second, and how soon Pause is shown.

Run `python benchmarks/beside_experiment.py`; Chromium must be installed. The same page alone is measured first.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from page import Counter, measure  # benchmarks/page.py

from support.browser import DESKTOP, FLAGS, find_chromium, serving

SPEEDS = ("30", "1k")
BOARD = "?world=hard&episodes=0"
BUSY = {
    "contestants": [{"agent": agent} for agent in ("sarsa", "q_learning", "dyna_q")],
    "worlds": ["hard"],
    "runs": 5_000,
    "episodes": 20_000,
}
"""More than can be done meanwhile."""


def rows(browser: Browser, address: str) -> None:
    """Print a row for each speed of a fresh run."""
    for speed in SPEEDS:
        page = browser.new_page(viewport=DESKTOP)
        page.set_default_timeout(60_000)
        counter = Counter(page)
        page.goto(address + BOARD)
        print(measure(page, counter, speed), flush=True)
        page.close()


def main() -> None:
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("steps | frames/s | kB a frame | Pause shown, ms, median / worst | frames in 3 s while paused")
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        print("alone")
        rows(browser, address)
        page = browser.new_page(viewport=DESKTOP)
        page.set_default_timeout(60_000)
        page.goto(f"{address}?{urlencode({'page': 'compare', 'plan': json.dumps(BUSY)})}")
        page.get_by_role("button", name="Start", exact=True).click()
        page.get_by_text(" left").first.wait_for()
        print("beside a comparison with all cores")
        rows(browser, address)
        done = page.locator("progress").first.get_attribute("value")
        print(f"the comparison did {done} runs of 20,000 episodes meanwhile (load {os.getloadavg()[0]:.1f})")
        browser.close()


if __name__ == "__main__":
    main()
