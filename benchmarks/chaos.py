"""How soon Pause is shown on a quiet page while others press at random and send what no page sends.

Run `python benchmarks/chaos.py [SECONDS]`; a busy machine makes the figures worse, so its load is printed too.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import serving
from support.chaos import attack, write_faulty_environments


def main(seconds: float) -> None:
    """Print the figures of one attack."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        environment = {"GRIDWORLD_LOAD": str(write_faulty_environments(Path(folder)))}
        with serving(environment=environment) as address:
            report = asyncio.run(attack(address, seconds))
    calm, pauses = statistics.median(report.calm), sorted(report.pauses or [float("inf")])
    median, high = statistics.median(pauses), pauses[int(0.95 * len(pauses))]
    print(
        f"Pause after {calm:.0f} ms in the median of {len(report.calm)} while it is quiet; under attack "
        f"{median:.0f} ms in the median ({median / calm:.1f} times), {high:.0f} ms at 95%, {pauses[-1]:.0f} ms at "
        f"worst, of {len(pauses)}; {report.lost} lost; {report.opened} pages opened, {len(report.blank)} blank: "
        f"{report.blank}"
    )
    print(f"Pause under attack {pauses[-1]:.0f} ms at worst, {asked(pauses[-1], most=300)}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 120.0)
