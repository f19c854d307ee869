"""Kills a Tetris training in the midst of saving, again and again: `python -m support.mid_save FOLDER KILLS`.

It prints a line for each kill: the step last reported as saved, the step of the checkpoint that was found, and how many
unfinished files the kill left behind; there is one if and only if it hit a save. It is a program of its own because
only a process without threads can be forked without a thought, and a fork is much faster than a new interpreter.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from gridworld.storage.atomic_files import UNFINISHED
from gridworld.tetris.search.worker import LATEST, WorkerTrainer, make_trainer

SETTINGS = {"population": 10, "elite": 0.3, "evaluations": 2, "width": 6, "height": 6, "seed": 4, "threads": 1}
BETWEEN = 20  # placements from one save to the next


def train_a_little(trainer: WorkerTrainer) -> None:
    until = trainer.step + BETWEEN
    trainer.work(lambda: max(0, until - trainer.step))


def save_for_ever(trainer: WorkerTrainer, pipe: int) -> None:
    """Train a little and save, and print each step that was saved."""
    while True:
        train_a_little(trainer)
        trainer.save()
        os.write(pipe, f"{trainer.step}\n".encode())


def kill_in_mid_save(trainer: WorkerTrainer, delay: float) -> int:
    """Let a copy of this process save, and kill it in a save; return the step last reported as saved."""
    assert trainer.folder is not None
    reported, pipe = os.pipe()
    child = os.fork()
    if child == 0:
        save_for_ever(trainer, pipe)
    os.close(pipe)
    steps = os.read(reported, 100)
    while not any(trainer.folder.glob(f".*{UNFINISHED}")):
        pass
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reported, 1 << 16):
        steps += more
    os.close(reported)
    return int(steps.split()[-1])


def main(folder: str, kills: int) -> None:
    """Kill until this many saves were hit."""
    trainer = make_trainer({**SETTINGS, "folder": folder}, None)
    trainer.save()
    rng, hits = random.Random(1), 0
    while hits < kills:
        saved = kill_in_mid_save(trainer, rng.uniform(0.0, 0.004))
        left = len(list(Path(folder).glob(f".*{UNFINISHED}")))
        trainer = make_trainer({**SETTINGS, "folder": folder}, str(Path(folder) / LATEST))
        print(saved, trainer.step, left, flush=True)
        trainer.save()  # cleans what the kill has left
        hits += left > 0


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
