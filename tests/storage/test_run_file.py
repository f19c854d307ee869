"""Runs are stored whole and go on bit for bit, whatever they are and wherever they stopped."""

import os
import zlib

import gymnasium as gym
import numpy as np
import pytest

from gridworld.agents import AGENTS
from gridworld.runs.history import EPISODES
from gridworld.storage import run_file
from gridworld.storage.atomic_files import UNFINISHED, clean_leftovers, written_whole
from gridworld.storage.checkpoint import VERSION
from gridworld.storage.environment_state import read_state
from gridworld.storage.library import Library
from gridworld.storage.run_file import CheckpointError, freeze, from_bytes, load, resumes_exactly, save, thaw, to_bytes
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from support.paths import DATA
from support.storing import begun, names_in, packed, refusal, unpacked

EXPLORATIONS = ("softmax", "UCB")


# going on


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("agent", AGENTS)
def test_a_stored_run_goes_on_as_if_it_had_never_stopped(agent, compiled, assert_same):
    session = begun(agent=agent, compiled=compiled)
    assert session.scene().episode_step > 0, "the run must be stored in mid-episode"
    loaded = from_bytes(to_bytes(session), compiled=not compiled)
    assert_same(session, loaded)
    session.advance(700)
    loaded.advance(700)
    assert_same(session, loaded)


@pytest.mark.parametrize("exploration", EXPLORATIONS)
def test_other_explorations_go_on(exploration, assert_same):
    session = begun(exploration=exploration, compiled=False)
    loaded = from_bytes(to_bytes(session), compiled=False)
    session.advance(300)
    loaded.advance(300)
    assert_same(session, loaded)


def test_changes_in_force_and_changes_that_wait_are_kept(assert_same):
    session = begun(agent="sarsa")
    session.configure({"epsilon": 0.4})
    session.advance_episodes(3)
    session.advance(5)
    session.configure({"step_size": 0.7})
    loaded = from_bytes(to_bytes(session))
    assert session.pending == loaded.pending == {"step_size": 0.7}
    assert loaded.interventions == session.interventions != []
    assert loaded.agent.epsilon == 0.4
    session.advance(500)
    loaded.advance(500)
    assert loaded.agent.step_size == 0.7
    assert loaded.interventions == session.interventions
    assert_same(session, loaded)


def test_a_changing_world_changes_after_loading(assert_same):
    session = begun(950, world="blocking_maze", agent="dyna_q_plus")
    loaded = from_bytes(to_bytes(session))
    session.advance(500)
    loaded.advance(500)
    assert loaded.scene().phase == 1
    assert_same(session, loaded)


@pytest.mark.parametrize("episodes", [7, 70])
def test_a_history_that_has_merged_is_kept(episodes, assert_same):
    session = TrainingSession(world="easy", history=16, episodes=0)
    session.advance_episodes(episodes)
    session.advance(3)
    loaded = from_bytes(to_bytes(session))
    assert (loaded.history.capacity, loaded.history.version) == (16, session.history.version)
    session.advance_episodes(50)
    loaded.advance_episodes(50)
    assert_same(session, loaded)


def test_a_loaded_run_reports_its_whole_history():
    session = TrainingSession(world="easy", episodes=0)
    session.tick_episodes(20)
    reported = from_bytes(to_bytes(session)).frame()
    np.testing.assert_array_equal(reported.log[EPISODES.name]["episode"], np.arange(1, 21))


def test_the_episodes_asked_for_are_kept():
    session = TrainingSession(world="easy", episodes=10)
    session.advance_episodes(10)
    session.extend(12)
    loaded = from_bytes(to_bytes(session))
    assert not loaded.finished
    loaded.advance(10**6)
    assert loaded.episode == 12


def test_a_checkpoint_does_not_change_when_the_run_goes_on(assert_same):
    session = begun()
    checkpoint, before = freeze(session), to_bytes(session)
    session.advance(500)
    assert checkpoint.step == 1037
    assert_same(thaw(checkpoint), from_bytes(before))


def test_a_run_that_diverged_is_stored_as_it_is(tmp_path, assert_same):
    session = TrainingSession(
        world="medium", agent="sarsa_lambda", episodes=0, traces="accumulating", step_size=1, discount=1, trace_decay=1
    )
    with np.errstate(over="ignore", invalid="ignore"):
        session.advance(20_000)
        assert not np.isfinite(session.tables.Q).all(), "the run must have diverged"
        loaded = from_bytes(to_bytes(session))
        assert_same(session, loaded)
        session.advance(500)
        loaded.advance(500)
    assert_same(session, loaded)
    library = Library(tmp_path)
    library.save(session, "diverged")
    assert [(row.step, row.greedy_return, row.problem) for row in library.rows()] == [(session.step, None, "")]


# the world


def test_a_world_given_as_text_is_in_the_file(assert_same):
    text = WORLDS["hard"].replace("title: Hard 7 × 7", "title: Mine")
    loaded = from_bytes(to_bytes(begun(world=text)))
    assert loaded.settings.world == text
    assert_same(begun(world=text), loaded)


def test_a_named_world_that_has_changed_since_is_taken_from_the_file(monkeypatch, assert_same):
    session = begun()
    content = to_bytes(session)
    text = WORLDS["medium"]
    monkeypatch.setitem(WORLDS, "medium", WORLDS["easy"])
    loaded = from_bytes(content)
    assert loaded.settings.world == text
    assert_same(session, loaded)


def test_a_world_of_ones_own_is_taken_from_the_file_where_it_is_not_known(monkeypatch, assert_same):
    monkeypatch.setitem(WORLDS, "my_world", WORLDS["hard"])
    session = begun(world="my_world")
    content = to_bytes(session)
    assert from_bytes(content).settings.world == "my_world"
    monkeypatch.delitem(WORLDS, "my_world")
    loaded = from_bytes(content)
    assert loaded.settings.world == WORLDS["hard"]
    assert_same(session, loaded)


def test_a_world_with_other_rules_is_refused():
    document, arrays = unpacked(begun())
    document["settings"]["options"] = {"slip": 0.25}
    assert refusal(packed(document, arrays)).code == "other_world"


# stepped environments


@pytest.mark.parametrize(
    ("world", "options"),
    [
        ("FrozenLake-v1", {}),
        ("CliffWalking-v1", {"step_limit": 60}),
        ("Taxi-v4", {"fickle_passenger": True}),
        ("Blackjack-v1", {}),
        ("blocking_maze", {"slip": 0.1}),
    ],
)
def test_a_stepped_environment_goes_on_in_mid_episode(world, options, assert_same):
    for steps in range(960, 985):
        session = TrainingSession(world=world, options=options, agent="sarsa_lambda", stepped=True, episodes=0)
        session.advance(steps)
        if session.scene().episode_step > 0:
            break
    assert session.scene().episode_step > 0
    assert resumes_exactly(session) == ""
    loaded = from_bytes(to_bytes(session))
    assert loaded.departures == []
    assert read_state(loaded.environment) == read_state(session.environment) is not None
    session.advance(600)
    loaded.advance(600)
    assert_same(session, loaded)


class Corridor(gym.Env):
    """Five cells in a row; the last one ends the episode."""

    def __init__(self):
        self.observation_space, self.action_space = gym.spaces.Discrete(5), gym.spaces.Discrete(2)
        self.cell = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action):
        self.cell = min(4, max(0, self.cell + (1 if action else -1) * int(self.np_random.integers(1, 3))))
        return self.cell, -1.0, self.cell == 4, False, {}


class TellingCorridor(Corridor):
    """The same, but it can give its state."""

    def get_state(self):
        return {"cell": self.cell}

    def set_state(self, state):
        if state["cell"] not in range(5):
            raise ValueError("there is no such cell")
        self.cell = state["cell"]


class Drift(TellingCorridor):
    """A corridor of two dimensions that draws every step from its own spaces."""

    def __init__(self):
        super().__init__()
        self.observation_space = gym.spaces.Tuple([gym.spaces.Discrete(5), gym.spaces.Discrete(3)])

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return (0, 0), {}

    def step(self, action):
        cell, beside = self.observation_space.sample()
        return (int(cell), int(beside)), float(self.action_space.sample()), bool(cell == 4), False, {}


@pytest.fixture
def corridors():
    names = {"Corridor-v0": Corridor, "TellingCorridor-v0": TellingCorridor, "Drift-v0": Drift}
    for name, cls in names.items():
        gym.register(name, entry_point=cls)
    yield
    for name in names:
        del gym.registry[name]


def in_the_corridor(name: str, agent: str) -> TrainingSession:
    session = TrainingSession(world=name, agent=agent, episodes=0)
    while session.step < 40 or not session.scene().episode_step:
        session.advance(1)
    return session


@pytest.mark.usefixtures("corridors")
def test_an_environment_of_your_own_that_reports_its_state_goes_on(assert_same):
    session = in_the_corridor("TellingCorridor-v0", "sarsa")
    loaded = from_bytes(to_bytes(session))
    session.advance(200)
    loaded.advance(200)
    assert_same(session, loaded)


@pytest.mark.usefixtures("corridors")
def test_a_state_that_the_environment_refuses_is_refused():
    document, arrays = unpacked(in_the_corridor("TellingCorridor-v0", "sarsa"))
    document["environment"]["value"]["cell"] = 17
    assert refusal(packed(document, arrays)).code == "environment"


@pytest.mark.usefixtures("corridors")
@pytest.mark.parametrize(
    ("agent", "tables"),
    [("n_step_sarsa", ["ring"]), ("q_lambda", ["traces", "size"]), ("monte_carlo", ["first", "length"])],
)
def test_an_episode_given_up_leaves_nothing_behind(agent, tables):
    session = in_the_corridor("Corridor-v0", agent)
    loaded = from_bytes(to_bytes(session))
    for name in tables:
        assert getattr(session.tables, name).any()
        assert not getattr(loaded.tables, name).any()


@pytest.mark.usefixtures("corridors")
@pytest.mark.parametrize("agent", ["q_learning", "n_step_sarsa", "sarsa_lambda", "monte_carlo"])
def test_another_environment_goes_on_with_its_next_episode_and_reports_it(agent):
    session = in_the_corridor("Corridor-v0", agent)
    assert "next episode" in resumes_exactly(session)
    loaded = from_bytes(to_bytes(session))
    assert loaded.departures == [resumes_exactly(session)]
    assert (loaded.step, loaded.episode, loaded.scene().episode_step) == (session.step, session.episode, 0)
    np.testing.assert_array_equal(loaded.tables.Q, session.tables.Q)
    loaded.advance(1)
    assert loaded.scene().episode_step == 1
    loaded.advance(200)
    assert loaded.episode > session.episode
    again = from_bytes(to_bytes(loaded))
    assert again.departures[0] == loaded.departures[0]


@pytest.mark.usefixtures("corridors")
def test_a_run_goes_on_exactly_in_an_environment_that_draws_from_its_spaces(assert_same):
    session = begun(501, world="Drift-v0")
    assert resumes_exactly(session) == ""
    loaded = from_bytes(to_bytes(session))
    assert loaded.departures == []
    session.advance(600)
    loaded.advance(600)
    assert_same(session, loaded)


def test_a_file_from_before_spaces_were_kept_still_loads(assert_same):
    session = begun(50, world="Blackjack-v1", stepped=True)
    document, arrays = unpacked(session)
    del document["environment"]["spaces"]
    loaded = from_bytes(packed(document, arrays))
    assert loaded.departures == []
    assert_same(session, loaded)


@pytest.mark.parametrize(
    ("world", "path", "value"),
    [
        ("FrozenLake-v1", ("spaces",), []),
        ("FrozenLake-v1", ("spaces", 0), [1, 2, 3, 4, 0, 0]),
        ("FrozenLake-v1", ("spaces", 0), [1, 2, 3, 5, 2, 0]),
        ("FrozenLake-v1", ("spaces", 0), [1 << 70, 2, 3, 5, 0, 0]),
        ("FrozenLake-v1", ("value", "s"), 16),
        ("FrozenLake-v1", ("value", "s"), True),
        ("FrozenLake-v1", ("half_word",), [0, 1 << 32]),
        ("FrozenLake-v1", ("elapsed",), []),
        ("Blackjack-v1", ("value", "player"), [10] * 9),
        ("Blackjack-v1", ("value", "player"), [10, 10, 5]),
        ("Blackjack-v1", ("value",), {"player": [1, 2]}),
    ],
)
def test_an_altered_state_of_an_environment_is_refused(world, path, value):
    document, arrays = unpacked(begun(50, world=world, stepped=True))
    inner = document["environment"]
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert refusal(packed(document, arrays)).code == "environment"


# files


def test_a_file_is_replaced_as_a_whole(tmp_path, assert_same):
    path = tmp_path / "run.npz"
    save(begun(10), path)
    save(begun(), path)
    assert_same(load(path), begun())
    assert names_in(tmp_path) == ["run.npz"]


def test_numpy_reads_the_file_without_pickle(tmp_path):
    session = begun()
    save(session, tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["table_Q"], session.tables.Q)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")

    def fail():
        with written_whole(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["run.npz"]


def test_a_name_that_is_taken_stays_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "run.npz"
    run_file.write(freeze(begun(10)), path, replace=False)
    with pytest.raises(CheckpointError) as caught:
        run_file.write(freeze(begun(20)), path, replace=False)
    assert caught.value.code == "exists"
    assert load(path).step == 10
    assert names_in(tmp_path) == ["run.npz"]


def test_leftovers_are_cleaned_but_not_what_is_being_written(tmp_path):
    (tmp_path / f".left{UNFINISHED}").write_bytes(b"half")
    with written_whole(tmp_path / "run.npz") as file:
        file.write(b"whole")
        assert clean_leftovers(tmp_path) == 1
    assert (tmp_path / "run.npz").read_bytes() == b"whole"
    assert names_in(tmp_path) == ["run.npz"]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), os.mkfifo])
def test_what_is_not_a_file_is_refused_at_once(tmp_path, make):
    path = tmp_path / "run.npz"
    make(path)
    with pytest.raises(CheckpointError) as caught:
        load(path)
    assert caught.value.code in ("missing", "not_a_checkpoint")


def test_a_folder_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(CheckpointError) as caught:
        save(begun(1), tmp_path / "nowhere" / "run.npz")
    assert caught.value.code == "missing"


# versions

STORED = {
    "plain": (2_000, 0, 2577113708, 2713050797),
    "changed": (1280, 178, 3564094853, 439670415),
    "sweeping": (1_234, 4, 422914623, 3103296844),
    "stepped": (555, 425, 3794640083, 3328795622),
    "planning": (1_500, 3, 1371594017, 4243037339),
    "waiting": (777, 0, 1757268561, 3170360014),
    "twins": (600, 6, 17423689, 3858859866),
    "lake": (990, 38, 4058561182, 663455458),
}
"""Step, episode, and the checksums of Q and N of each file."""


@pytest.mark.parametrize("path", sorted(DATA.glob("checkpoint-v*.npz")), ids=lambda path: path.stem)
def test_files_of_every_version_are_read(path):
    session = load(path)
    checksums = (zlib.crc32(session.tables.Q.tobytes()), zlib.crc32(session.tables.N.tobytes()))
    assert (session.step, session.episode, *checksums) == STORED[path.stem.rpartition("-")[2]]
    session.extend(0)
    session.advance(1_000)
    assert session.step == STORED[path.stem.rpartition("-")[2]][0] + 1_000


def test_there_is_a_file_of_every_version():
    versions = {int(path.stem.split("-")[1][1:]) for path in DATA.glob("checkpoint-v*.npz")}
    assert versions == set(range(1, VERSION + 1))
