"""`python -m dashboards.export RUN PAGE`: what `export_bytes` runs in a process of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboards.export import THEMES, export_html
from dashboards.export.subprocess import PROBLEM
from dashboards.live.panel_patches.defaults import remember_defaults
from gridworld.extensions import load_named
from gridworld.pictures.recording import KEYFRAMES
from gridworld.storage import run_file


def main() -> int:
    """Write a saved run as a page; report the progress on standard output, one share a line."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.export", description=main.__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--keyframes", type=int, default=KEYFRAMES)
    parser.add_argument("--theme", choices=THEMES, default=THEMES[0])
    parser.add_argument("--overlay", default="state value")
    options = parser.parse_args()
    remember_defaults()
    try:
        load_named()
        export_html(
            run_file.load(options.run),
            options.page,
            keyframes=options.keyframes,
            theme=options.theme,
            overlay=options.overlay,
            progress=lambda done: print(f"{done:.4f}", flush=True),
        )
    except ValueError as reason:
        print(reason, file=sys.stderr)
        return PROBLEM
    return 0


if __name__ == "__main__":
    sys.exit(main())
