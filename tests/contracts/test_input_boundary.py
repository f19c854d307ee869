"""Whatever is written as a world, an id, an address or settings is a usable world or one sentence."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.pages.training.address import from_query
from gridworld.agents import AGENTS
from gridworld.errors import CheckpointError, WorldError
from gridworld.storage.checkpoint import Checkpoint, freeze, thaw
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem
from gridworld.worlds.text import parse_world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore:invalid value encountered:RuntimeWarning"
    ),  # of Gymnasium's lakes without a start
]
FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))

ODD_NUMBERS = ["", "nan", "inf", "-inf", "1e308", "1e-320", "-1", "0", "²", "1_0", "9" * 20, "9" * 400, "9" * 5_000]
KEYS = ["title", "step reward", "bump reward", "slip", "wind", "step limit", "S", "G", ".", "x", "é", ""]
GRIDS = ["cliff", "open_7", "open_0", "GridWorld-v0", "GridWorld/MaximizationBias-v0"]
OTHERS = ["FrozenLake-v1", "CliffWalking-v1", "Blackjack-v1", "CartPole-v1", "Tetris-v0", "Taxi-v3"]
NONSENSE = ["this:x", "os:system", "C:\\w.txt", "a:b:c", ":", "?", ""]
OF_GRIDS = ["slip", "step_reward", "step_limit", "bets", "world"]
OF_OTHERS = ["desc", "map_name", "is_slippery", "reward_schedule", "success_rate", "sab"]
OF_NONE = ["render_mode", "id", "max_episode_steps", ""]
VALUES = ["true", "None", "null", "8x8", '["SF","FG"]', "[]", "[[1]]", "(1,2,3)", "[" * 99]
FIELDS = ["world", "agent", "seed", "episodes", "slip", "step_reward", "step_limit", "step_size", "epsilon"]

NUMBERS = st.one_of(
    st.sampled_from(ODD_NUMBERS),
    st.integers(-(10**15), 10**15).map(str),
    st.floats(width=32).map(str),
    st.text(max_size=4),
)
HEADER = st.one_of(
    st.builds("{}: {}".format, st.sampled_from(KEYS), NUMBERS),
    st.builds(
        "{}: {} {}".format,
        st.sampled_from("GPCAE1.#S"),
        st.sampled_from(["goal", "pit", "cliff", "jump a", "jump", "exit", "floor", "wall", "start", "what"]),
        NUMBERS,
    ),
    st.builds("wind: {}".format, st.lists(NUMBERS, max_size=6).map(" ".join)),
    st.text(max_size=12),
)
ROWS = st.integers(0, 6).flatmap(
    lambda columns: st.lists(st.text("..SSGPCAEa1# :", min_size=columns, max_size=columns), max_size=6)
)
MAPS = st.builds(
    lambda rows, later: "\n".join([*rows, *(line for step in later for line in (f"--- from step {step}", *rows))]),
    ROWS,
    st.lists(NUMBERS, max_size=3),
)
TEXTS = st.one_of(
    st.builds(lambda head, maps: "\n".join([*head, "", maps]), st.lists(HEADER, max_size=5), MAPS),
    st.text(),
)
NAMES = st.one_of(st.sampled_from([*GRIDS, *OTHERS, *NONSENSE]), st.text(max_size=20))
OPTIONS = st.lists(
    st.tuples(st.sampled_from([*OF_GRIDS, *OF_OTHERS, *OF_NONE]), st.one_of(NUMBERS, st.sampled_from(VALUES))),
    max_size=3,
)
IDS = st.builds(lambda name, pairs: name + "?" + "&".join(f"{k}={v}" for k, v in pairs), NAMES, OPTIONS)


def check_sentence(problem: Exception) -> None:
    assert 10 < len(str(problem)) < 3_000
    assert "Traceback" not in str(problem)


@FUZZ
@given(TEXTS)
def test_a_text_is_a_world_or_a_sentence(text):
    try:
        world = parse_world(text)
    except WorldError as problem:
        check_sentence(problem)
    else:
        assert len(world.phases) == len(world.maps)


@FUZZ
@given(st.one_of(IDS, TEXTS))
def test_a_name_is_a_problem_that_can_be_trained_in_or_a_sentence(name):
    try:
        load_problem(name)
    except WorldError as problem:
        check_sentence(problem)
    else:
        session = TrainingSession(world=name, seed=1, episodes=0, compiled=False)
        session.advance(20)
        assert session.step == 20


@FUZZ
@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.one_of(NUMBERS, IDS, TEXTS, st.sampled_from(list(AGENTS))),
    )
)
def test_an_address_gives_settings_that_can_be_trained_with(query):
    read, problems = from_query(query)
    for problem in problems:
        assert isinstance(problem, str)
        assert problem
    TrainingSession(read, compiled=False)


HYPERPARAMETERS = st.dictionaries(
    st.sampled_from(["epsilon", "step_size", "exploration", "planning_steps", "x"]),
    st.one_of(st.integers(-3, 3), st.floats(0, 2), st.booleans(), st.sampled_from(["UCB", "softmax", ""])),
    max_size=2,
)


@FUZZ
@given(hyperparameters=HYPERPARAMETERS, pending=HYPERPARAMETERS, changes=HYPERPARAMETERS)
def test_the_numbers_of_a_stored_run_go_on_or_are_refused_in_a_sentence(hyperparameters, pending, changes):
    frozen = freeze(TrainingSession(world="easy", agent="dyna_q", episodes=0, compiled=False))
    document = {
        **frozen.document,
        "hyperparameters": {**frozen.document["hyperparameters"], **hyperparameters},
        "pending": pending,
        "interventions": [{"step": 0, "episode": 0, "changes": changes}],
    }
    try:
        session = thaw(Checkpoint(document, frozen.arrays), compiled=False)
    except CheckpointError as problem:
        check_sentence(problem)
    else:
        session.advance(20)


@FUZZ
@given(
    world=st.one_of(IDS, TEXTS, st.none(), st.integers(), st.lists(st.text())),
    agent=st.one_of(st.sampled_from(list(AGENTS)), st.text(max_size=5)),
    options=st.dictionaries(st.sampled_from(["slip", "step_limit", "x"]), st.one_of(st.none(), st.floats(), st.text())),
    seed=st.one_of(st.integers(), st.floats(), st.text(max_size=3)),
    episodes=st.one_of(st.integers(), st.booleans(), st.none()),
)
def test_settings_begin_a_run_or_are_refused_in_a_sentence(**fields):
    try:
        session = TrainingSession(Settings(**fields), compiled=False)
    except ValueError as problem:
        check_sentence(problem)
    else:
        session.advance(1)
