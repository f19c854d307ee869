"""A page with a running board, alone and beside an experiment that computes with all cores of its server.

Run `python benchmarks/beside.py`; Chromium must be installed. The experiment is started on a page of its own, and
stopped when the last row has been measured. It has as many runs as a page takes: work for most of an hour of a core.
"""

from __future__ import annotations

import json
import urllib.parse

from page import Counter, measure
from playwright.sync_api import sync_playwright
from verdicts import asked, machine

# page.py has put the folder of the tests on the path
from support.browser import DESKTOP, FLAGS, find_chromium, serving

SPEEDS = ("30", "max")
AGENTS = "sarsa", "q_learning", "expected_sarsa", "double_q_learning"
CONTESTANTS = [
    {"label": f"{agent} {step_size}", "agent": agent, "hyperparameters": {"step_size": step_size}}
    for agent in AGENTS
    for step_size in (0.1, 0.5)
]
PLAN = {"contestants": CONTESTANTS, "worlds": ["cliff"], "runs": 5_000, "episodes": 0, "steps": 1_000_000}
COMPARE = urllib.parse.urlencode({"page": "compare", "plan": json.dumps(PLAN)})


def main() -> None:
    print(machine())
    print("beside | steps | frames/s | kB a frame | Pause shown, ms, median / worst | frames in 3 s while paused")
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page, other = (browser.new_context(viewport=DESKTOP).new_page() for _ in range(2))
        counter = Counter(page)
        page.goto(f"{address}?world=hard&episodes=0")
        for speed in SPEEDS:
            print("nothing       |", measure(page, counter, speed).text, flush=True)
        other.goto(f"{address}?{COMPARE}")
        other.get_by_role("button", name="Start", exact=True).click()
        other.get_by_role("button", name="Pause", exact=True).wait_for()
        for speed in SPEEDS:
            row = measure(page, counter, speed)
            print("an experiment |", row.text, flush=True)
            frames, pause = asked(row.frames, least=20), asked(row.pause, most=200)
            print(f"at {speed}: {row.frames:.1f} frames a second, {frames}; Pause {row.pause:.0f} ms, {pause}")
        other.get_by_role("button", name="Stop", exact=True).click()
        other.get_by_text("stopped").wait_for()
        browser.close()


if __name__ == "__main__":
    main()
