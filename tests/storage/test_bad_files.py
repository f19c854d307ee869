"""Every way in which a file can be bad is reported in a sentence, and nothing of it is used."""

import io
import json
import os
import zipfile

import numpy as np
import pytest

from gridworld.agents import AGENTS, agent_class
from gridworld.storage import table_checks
from gridworld.storage.checkpoint import VERSION, Checkpoint
from gridworld.storage.run_file import CheckpointError, freeze, from_bytes, thaw, to_bytes
from gridworld.training.session import TrainingSession
from support.storing import begun, packed, refusal, unpacked, with_text


@pytest.mark.parametrize("version", [0, VERSION + 1, "1", None, 1.5])
def test_other_versions_are_refused(version):
    document, arrays = unpacked(begun(10))
    assert refusal(packed({**document, "version": version}, arrays)).code == "version"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_reported(share):
    content = to_bytes(begun(10))
    assert refusal(content[: int(len(content) * share)]).code == "damaged"


def test_a_flipped_bit_among_the_numbers_is_reported():
    session = begun(400)
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(to_bytes(session))) as old, zipfile.ZipFile(plain, "w") as new:
        for member in old.namelist():
            new.writestr(member, old.read(member))
    content = bytearray(plain.getvalue())
    at = content.index(session.tables.Q[3].tobytes())
    assert from_bytes(bytes(content)).step == 400
    content[at] ^= 1
    assert refusal(bytes(content)).code == "damaged"


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100, bytes(5000), b"\x89PNG\r\n" * 9])
def test_other_files_are_reported(content):
    assert refusal(content).code == "not_a_checkpoint"


def with_member(name: str, content: bytes = b"x", count: int = 1) -> bytes:
    buffer = io.BytesIO(to_bytes(begun(10)))
    with zipfile.ZipFile(buffer, "a") as archive:
        for _ in range(count):
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name", ["../../evil.npy", "/etc/passwd", "a/b.npy", "C:x.npy", "table_Q", "run.exe", "extra.npy"]
)
def test_members_that_do_not_belong_there_are_refused(name):
    assert refusal(with_member(name)).code == "member"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["table_Q.npy", "checkpoint.json"])
def test_members_that_are_there_twice_are_refused(name):
    assert refusal(with_member(name)).code == "member"


def test_a_missing_array_is_reported():
    document, arrays = unpacked(begun(10))
    del arrays["log_trail"]
    assert refusal(packed(document, arrays)).code == "member"


def test_a_pickle_is_never_read(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "evil"),))

    document, arrays = unpacked(begun(10))
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.array([Evil()], object), allow_pickle=True)
    content = io.BytesIO(packed(document, {name: a for name, a in arrays.items() if name != "table_Q"}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("table_Q.npy", buffer.getvalue())
    assert refusal(content.getvalue()).code == "pickle"
    assert not (tmp_path / "evil").exists()


def test_absurd_sizes_are_refused_before_memory_is_taken():
    document, arrays = unpacked(begun(10))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**6)})
    content = io.BytesIO(packed(document, {name: a for name, a in arrays.items() if name != "table_Q"}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("table_Q.npy", header.getvalue())
    assert refusal(content.getvalue()).code == "damaged"


def test_a_bomb_is_refused_from_the_directory():
    buffer = io.BytesIO(to_bytes(begun(10)))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table_Z.npy", bytes(30 << 20))
    assert len(buffer.getvalue()) < 100_000
    assert refusal(buffer.getvalue(), limit=10 << 20).code == "too_large"


def test_a_description_too_long_is_neither_written_nor_read():
    session = begun(10)
    document, arrays = unpacked(session)
    document["departures"] = ["x" * (9 << 20)]
    with pytest.raises(CheckpointError) as caught:
        packed(document, arrays)
    assert caught.value.code == "too_large"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("checkpoint.json", json.dumps(document))
    assert refusal(content.getvalue()).code == "too_large"


def test_too_many_members_are_refused_before_the_directory_is_read():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(100):
            archive.writestr(f"a{number}.npy", b"")
    assert refusal(buffer.getvalue()).code == "too_large"


def test_a_world_far_larger_than_its_tables_is_refused_before_it_is_built():
    document, arrays = unpacked(begun(10))
    document["settings"]["world"], document["world_text"] = "open_1000", None
    assert refusal(packed(document, arrays)).code == "shape"


@pytest.mark.parametrize(
    ("name", "spoil", "code"),
    [
        ("table_Q", lambda a: a[:-1], "shape"),
        ("table_Q", lambda a: a.T, "shape"),
        ("table_Q", lambda a: a.astype(np.float32), "dtype"),
        ("table_Q", lambda a: a.astype(">f8"), "dtype"),
        ("table_N", lambda a: a - 1, "out_of_range"),
        ("log_rows", lambda a: np.full_like(a, np.nan), "not_finite"),
        ("log_rows", lambda a: np.zeros((len(a) + 1, a.shape[1])), "shape"),
        ("log_trail", lambda a: a + 25, "out_of_range"),
        ("log_trail", lambda a: a - 27, "out_of_range"),
        ("figures", lambda a: a * np.nan, "not_finite"),
        ("figures", lambda a: a + 2, "out_of_range"),
        ("generators", lambda a: a * 0, "out_of_range"),
        ("position", lambda a: a - 10**6, "out_of_range"),
        ("position", lambda a: a[:8], "shape"),
    ],
)
def test_arrays_that_no_run_leaves_are_refused(name, spoil, code):
    document, arrays = unpacked(begun(400))
    arrays[name] = spoil(arrays[name])
    assert refusal(packed(document, arrays)).code == code


@pytest.mark.parametrize(
    ("place", "value"), [(0, 25), (1, 4), (2, 10**6), (3, 10**9), (4, 1 << 60), (5, 4097), (6, 1), (7, 0)]
)
def test_a_position_outside_the_run_is_refused(place, value):
    document, arrays = unpacked(begun(400))
    arrays["position"][place] = value
    assert refusal(packed(document, arrays)).code in ("out_of_range", "shape")


def test_an_episode_longer_than_its_limit_is_refused():
    document, arrays = unpacked(begun(400, options={"step_limit": 50}))
    lasted = int(arrays["position"][2])
    for longer in (50, lasted + 1):
        arrays["position"][2] = longer
        assert refusal(packed(document, arrays)).code == "out_of_range"
    arrays["position"][2] = lasted
    assert from_bytes(packed(document, arrays)).scene().episode_step == lasted


PAIRS = 25 * 4


@pytest.mark.parametrize(
    ("agent", "table", "index", "value"),
    [
        ("n_step_sarsa", "ring", 0, 128),
        ("n_step_sarsa", "ring", 1, 128),
        ("n_step_sarsa", "ring", 1, -1),
        ("n_step_sarsa", "waiting", ..., 25),
        ("sarsa_lambda", "size", 0, PAIRS + 1),
        ("sarsa_lambda", "size", 0, 0),
        ("sarsa_lambda", "traced", (0, 0), 25),
        ("sarsa_lambda", "traced", (0, 1), 4),
        ("sarsa_lambda", "traces", ..., 1.0),
        ("q_lambda", "traces", (24, 3), 1.0),
        ("monte_carlo", "length", 0, 10_000),
        ("monte_carlo", "length", 0, -1),
        ("monte_carlo", "episode", (0, 0), 25),
        ("monte_carlo", "episode", (0, 1), 4),
        ("monte_carlo", "first", (24, 0), 7),
        ("monte_carlo", "returns", (0, 0), -1),
        ("double_q_learning", "updates", (0, 0), -1),
        ("dyna_q", "outcome", (0, 0), 25),
        ("dyna_q", "outcome", (0, 0), -2),
        ("dyna_q", "visited", 0, 25),
        ("dyna_q", "visited", 0, 24),
        ("dyna_q", "visited_count", 0, 26),
        ("dyna_q", "visited_count", 0, 0),
        ("dyna_q", "tried", (0, 0), 4),
        ("dyna_q", "tried_count", 0, 5),
        ("dyna_q", "tried_count", 24, 1),
        ("dyna_q", "stream", 0, -1),
        ("dyna_q_plus", "clock", 0, 0),
        ("dyna_q_plus", "tried_at", (0, 0), -1),
        ("prioritized_sweeping", "outcome", (0, 0), 25),
        ("prioritized_sweeping", "outcome", (24, 0), 3),
        ("prioritized_sweeping", "leading", 0, PAIRS),
        ("prioritized_sweeping", "leading", 0, -2),
        ("prioritized_sweeping", "leading", 24, 0),
        ("prioritized_sweeping", "after", 0, PAIRS),
        ("prioritized_sweeping", "before", 0, PAIRS),
        ("prioritized_sweeping", "size", 0, PAIRS + 1),
        ("prioritized_sweeping", "size", 0, -1),
        ("prioritized_sweeping", "place", 99, 0),
        ("sarsa_lambda", "traces", (0, 0), np.nan),
    ],
)
def test_indices_that_would_lead_outside_a_table_are_refused(agent, table, index, value):
    session = begun(301, agent=agent, initial_value=0.5)
    assert session.tables.N[24].sum() == 0, "the goal is never acted in"
    document, arrays = unpacked(session)
    assert from_bytes(packed(document, arrays)).step == 301
    arrays[f"table_{table}"][index] = value
    assert refusal(packed(document, arrays)).code in ("out_of_range", "not_finite")


@pytest.mark.parametrize(("agent", "table"), [("sarsa_lambda", "traced"), ("dyna_q", "tried"), ("dyna_q", "visited")])
def test_what_is_listed_twice_is_refused(agent, table):
    document, arrays = unpacked(begun(301, agent=agent))
    listed = arrays[f"table_{table}"]
    row = int(arrays["table_tried_count"].argmax()) if table == "tried" else ...
    assert listed[row][0].tolist() != listed[row][1].tolist()
    listed[row][1] = listed[row][0]
    assert refusal(packed(document, arrays)).code == "out_of_range"


def test_a_list_that_bites_its_tail_is_refused():
    document, arrays = unpacked(begun(301, agent="prioritized_sweeping"))
    leading, after = arrays["table_leading"], arrays["table_after"]
    first = next(int(pair) for pair in leading if pair >= 0 and after[pair] >= 0)
    after[after[first]] = first
    assert refusal(packed(document, arrays)).code == "out_of_range"


def test_the_agents_of_others_declare_what_their_tables_may_hold(monkeypatch):
    base = agent_class("sarsa_lambda")
    other = type("Other", (base,), {"id": "other", "label": "Other"})
    monkeypatch.setitem(AGENTS, "other", other)
    monkeypatch.delitem(table_checks.CHECKS, base.tables)
    content = to_bytes(begun(100, agent="other", compiled=False))
    assert "check_tables" in str(refusal(content, compiled=False))
    other.check_tables = staticmethod(lambda tables: None)
    assert from_bytes(content, compiled=False).step == 100

    def refuse(tables):
        raise ValueError("These tables are not of this agent at all.")

    other.check_tables = staticmethod(refuse)
    assert "not of this agent" in str(refusal(content, compiled=False))


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("format",), "something else", "not_a_checkpoint"),
        (("settings",), None, "document"),
        (("settings", "agent"), "nobody", "agent"),
        (("settings", "agent"), "sarsa_lambda", "member"),
        (("settings", "world"), "nowhere", "world"),
        (("settings", "world"), "evil_module:Env-v0", "world"),
        (("settings", "world"), "easy" * 100, "world"),
        (("settings", "world"), "easy" * 10_000, "world"),
        (("settings", "world"), "easy?render_mode=human", "world"),
        (("settings", "options"), {"render_mode": "human"}, "world"),
        (("settings", "options"), {"slip": "x"}, "world"),
        (("settings", "options"), {"slip": [0.1] * 300_000}, "too_large"),
        (("settings", "seed"), -1, "document"),
        (("settings", "seed"), 1.5, "document"),
        (("settings", "extra"), 1, "document"),
        (("hyperparameters", "step_size"), 7, "settings"),
        (("hyperparameters", "step_size"), [], "document"),
        (("hyperparameters", "strange"), 1, "settings"),
        (("pending",), {"exploration": "UCB"}, "settings"),
        (("pending",), {"epsilon": 3}, "settings"),
        (("interventions",), [{"step": 1}], "document"),
        (("interventions",), [{"step": 1, "episode": 1, "changes": {"n": 1}}], "settings"),
        (("departures",), [1], "document"),
        (("episodes",), -1, "document"),
        (("capacity",), 1 << 40, "document"),
        (("capacity",), 2, "out_of_range"),
        (("stepped",), 1, "document"),
        (("model",), 0, "other_world"),
        (("history_version",), 1, "out_of_range"),
        (("history_version",), 57, "document"),
        (("interventions",), [{"step": 10**9, "episode": 9, "changes": {}}], "out_of_range"),
        (("interventions",), [{"step": s, "episode": 0, "changes": {}} for s in (2, 1)], "document"),
        (("interventions",), [{"step": 1 << 200, "episode": 0, "changes": {}}], "document"),
        (("hyperparameters", "step_size"), 10**400, "settings"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(path, value, code):
    session = TrainingSession(world="easy", episodes=0)
    session.advance_episodes(9)
    document, arrays = unpacked(session)
    inner = document = {**document, "world_text": None}
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert refusal(packed(document, arrays)).code == code


@pytest.mark.parametrize(
    ("hyperparameters", "pending", "changes"),
    [
        ({"epsilon": 5}, {"epsilon": 0.5}, {}),
        ({}, {"epsilon": 0.5}, {"epsilon": 5}),
        ({}, {"epsilon": 5}, {"epsilon": 0.5}),
    ],
)
def test_a_bad_number_is_not_hidden_by_a_good_one_that_comes_later(hyperparameters, pending, changes):
    session = TrainingSession(world="easy", episodes=0)
    session.advance_episodes(9)
    document, arrays = unpacked(session)
    document["hyperparameters"] |= hyperparameters
    document["pending"] = pending
    document["interventions"] = [{"step": 1, "episode": 0, "changes": changes}] if changes else []
    refused = refusal(packed(document, arrays))
    assert refused.code == "settings"
    assert "epsilon is 5; it must be a number from 0 to 1" in str(refused)


@pytest.mark.parametrize("world", ["FrozenLake-v1?render_mode=human", "FrozenLake-v1?max_episode_steps=9"])
def test_what_is_no_option_is_refused_in_the_words_of_the_world(world):
    document, arrays = unpacked(TrainingSession(world="FrozenLake-v1", episodes=0))
    document["settings"]["world"] = world
    refused = refusal(packed(document, arrays))
    assert refused.code == "world"
    assert f"can't be given the option '{world.partition('?')[2].partition('=')[0]}' here" in str(refused)


@pytest.mark.parametrize("text", ["[]", "{", "[" * 100_000, '{"version": NaN}', "\udcff", "1e999", '{"a": 1e999}'])
def test_json_that_is_none_is_refused(text):
    _, arrays = unpacked(begun(10))
    content = with_text(packed({}, arrays), text.encode("utf-8", "surrogateescape"))
    assert refusal(content).code in ("document", "not_a_checkpoint")


def test_numbers_too_large_for_a_float_are_refused():
    document, arrays = unpacked(begun(10))
    text = json.dumps(document).replace('"step_size": 0.1', '"step_size": 1e999')
    assert "1e999" in text
    assert refusal(with_text(packed({}, arrays), text.encode())).code == "document"


def test_a_checkpoint_in_memory_is_checked_too():
    checkpoint = freeze(begun(10))
    arrays = {name: array for name, array in checkpoint.arrays.items() if name != "figures"}
    with pytest.raises(CheckpointError):
        thaw(Checkpoint(checkpoint.document, arrays))


def test_numbers_of_numpy_in_the_settings_are_written_as_numbers():
    session = TrainingSession(world="easy", options={"slip": np.float64(0.125)}, step_size=np.float32(0.5))
    session.advance(10)
    assert from_bytes(to_bytes(session)).settings.options == {"slip": 0.125}


def test_the_error_survives_a_pickle():
    import pickle

    copy = pickle.loads(pickle.dumps(CheckpointError("damaged", "It is broken.")))
    assert (copy.code, str(copy)) == ("damaged", "It is broken.")
