"""Compile beforehand what people may choose: `python -m gridworld.cli.precompile`.

numba keeps the compiled loops on disk, so that no later run waits for them. A server does this when it starts.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading

from gridworld.agents import AGENTS
from gridworld.cli.parameters import note
from gridworld.compiled import CAN_COMPILE
from gridworld.extensions import load_named
from gridworld.tetris import TetrisHyperparameters, TetrisTrainer
from gridworld.training.path_watch import ANY_ARROW, ArrowsWatch
from gridworld.training.session import TrainingSession
from gridworld.training.update_watch import UpdateWatch
from gridworld.training.watch import Happening, Watch


def compile_everything() -> None:
    """Compile the loops of every agent, with its default exploration, and of Tetris into numba's disk cache."""
    load_named()
    for agent in AGENTS:
        note(f"Compiling {agent} ...")
        for stepped in (False, True):
            TrainingSession(agent=agent, stepped=stepped).compile()
        watched = TrainingSession(agent=agent)
        for watch in (Watch(Happening.CHANGE), ArrowsWatch(ANY_ARROW), UpdateWatch()):
            watched.watch(watch)
            watched.compile()
    note("Compiling Tetris ...")
    TetrisTrainer(TetrisHyperparameters(population=4, evaluations=1), threads=1).advance(1)


def end_with_parent() -> None:
    """End this process when standard input closes, which it does when the process at its other end is gone."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m gridworld.cli.precompile", description=compile_everything.__doc__)
    parser.add_argument("--until-input-closes", action="store_true", help="End when standard input closes.")
    if parser.parse_args().until_input_closes:
        end_with_parent()
    if hasattr(os, "nice"):
        os.nice(19)
    if CAN_COMPILE:
        note("This fills numba's cache with the compiled loops; the first time it takes a minute or two.")
        compile_everything()
        note("Done: training starts at once from now on.")
    else:
        note("There is nothing to compile: numba is not installed.")
