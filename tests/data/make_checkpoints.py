"""Writes files of the present format for later versions to read: `python tests/data/make_checkpoints.py`.

Run it once for each new version of the format; a file that is there already stays as it is.
"""

from pathlib import Path

from gridworld.storage import run_file
from gridworld.storage.checkpoint import VERSION
from gridworld.training.session import TrainingSession

FOLDER = Path(__file__).parent
ROOM = "title: A room\nslip: 0.1\nstep reward: -0.1\n\nS..#\n.P..\n...G\n"


def make_plain() -> TrainingSession:
    session = TrainingSession(world="cliff", agent="q_learning", seed=3, step_size=0.5, history=16)
    session.advance(2_000)
    return session


def make_changed() -> TrainingSession:
    session = TrainingSession(world=ROOM, agent="sarsa_lambda", seed=4, history=16, episodes=0)
    session.advance(500)
    session.configure({"epsilon": 0.4, "trace_decay": 0.5})
    session.advance(780)
    session.configure({"step_size": 0.25})
    return session


def make_sweeping() -> TrainingSession:
    session = TrainingSession(world="dyna_maze", agent="prioritized_sweeping", seed=5, history=16)
    session.advance(1_234)
    return session


def make_stepped() -> TrainingSession:
    session = TrainingSession(world="Blackjack-v1", agent="monte_carlo", seed=6, history=16)
    session.advance(555)
    return session


def make_planning() -> TrainingSession:
    session = TrainingSession(world="blocking_maze", agent="dyna_q_plus", seed=7, history=16, options={"slip": 0.125})
    session.advance(1_500)
    return session


def make_waiting() -> TrainingSession:
    session = TrainingSession(world="windy", agent="n_step_sarsa", seed=8, history=16, exploration="softmax")
    session.advance(777)
    session.configure({"temperature": 0.5})
    return session


def make_twins() -> TrainingSession:
    session = TrainingSession(world="easy", agent="double_q_learning", seed=9, history=16)
    session.advance(600)
    return session


def make_lake() -> TrainingSession:
    options = {"map_name": "8x8", "is_slippery": True}
    session = TrainingSession(world="FrozenLake-v1", agent="sarsa_lambda", seed=10, options=options, stepped=True)
    session.advance(990)
    return session


MAKERS = {
    "plain": make_plain,
    "changed": make_changed,
    "sweeping": make_sweeping,
    "stepped": make_stepped,
    "planning": make_planning,
    "waiting": make_waiting,
    "twins": make_twins,
    "lake": make_lake,
}

if __name__ == "__main__":
    for name, make in MAKERS.items():
        path = FOLDER / f"checkpoint-v{VERSION}-{name}.npz"
        if not path.exists():
            run_file.save(make(), path)
