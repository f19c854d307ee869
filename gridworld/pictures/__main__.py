"""`python -m gridworld.pictures RUN FILM`: what a page runs in a process of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gridworld.extensions import load_named
from gridworld.pictures.film import FILMS, record_film
from gridworld.storage import run_file

REFUSED = 2  # exit code where the reason is a sentence for people


def main() -> int:
    """Make a film of a saved run; report the progress on standard output, one share a line."""
    parser = argparse.ArgumentParser(prog="python -m gridworld.pictures", description=main.__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("film", type=Path)
    parser.add_argument("--what", choices=FILMS, required=True)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--colour", default="state value")
    options = parser.parse_args()
    try:
        load_named()
        record_film(
            run_file.load(options.run),
            options.film,
            what=options.what,
            seconds=options.seconds,
            width=options.width,
            theme=options.theme,
            colour=options.colour,
            progress=lambda done: print(f"{done:.4f}", flush=True),
        )
    except ValueError as reason:
        print(reason, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
