"""Files altered at random are refused in a sentence, or can be trained on and saved again; nothing else happens."""

import io
import json
import random
import zipfile
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.agents import AGENTS
from gridworld.storage.run_file import CheckpointError, from_bytes, to_bytes
from gridworld.training.loop import LONGEST_RUN
from gridworld.training.session import TrainingSession
from support.storing import begun, packed, unpacked

RUNS = [*({"agent": agent} for agent in AGENTS), {"world": "FrozenLake-v1", "stepped": True, "agent": "sarsa_lambda"}]
RUNS += [{"world": "Blackjack-v1", "agent": "monte_carlo"}, {"world": "blocking_maze", "agent": "dyna_q"}]
JUNK = [None, True, -1, 0, 1, 3, 10**6, 1 << 62, 1 << 200, 0.5, -1e300, "", "x", "sarsa", "\0", "open_9", [], [1], {}]
EXTREMES = {
    "f": [np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0, -1.0],
    "i": [
        -(1 << 63),
        (1 << 63) - 1,
        -2,
        -1,
        0,
        1,
        4,
        25,
        99,
        100,
        128,
        257,
        1 << 31,
        (1 << 53) - 100,
        1 << 53,
        1 << 56,
    ],
    "u": [0, 1, 3, 4, 24, 25, 99, 100, (1 << 32) - 1],
}


@cache
def stored(which: int) -> tuple[dict, dict, bytes]:
    session = begun(257, seed=which, initial_value=0.25, **RUNS[which]) if which != len(AGENTS) - 1 else begun(257)
    document, arrays = unpacked(session)
    document["summary"]["saved"] = 0.0
    return document, arrays, packed(document, arrays)


def survives(content: bytes) -> bool:
    """Return whether the content loads; then it must train, compiled and plain, report, and be saved and loaded."""
    try:
        session = from_bytes(content, limit=64 << 20)
        plain = from_bytes(content, limit=64 << 20, compiled=False)
    except CheckpointError as problem:
        if not problem.code or not str(problem).endswith((".", "?")):
            raise AssertionError(f"{problem} is not a sentence") from None
        return False
    with np.errstate(all="ignore"):
        check_saves(session)
        for run, steps in ((session, 300), (plain, 40)):
            check_trains(run, steps)
            check_saves(run)
    return True


def check_saves(session: TrainingSession) -> None:
    """A run that was accepted is saved and accepted again, and what comes back is the same to the bit."""
    stored = to_bytes(session)
    again = from_bytes(stored, compiled=session.compiled)
    assert unpacked_bytes(to_bytes(again)) == unpacked_bytes(stored)


def unpacked_bytes(content: bytes) -> dict:
    """The members of a file, without the time at which it was saved."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members.pop("checkpoint.json"))
    del document["summary"]["saved"]
    return {**members, "document": document}


def check_trains(session: TrainingSession, steps: int) -> None:
    first = session.step
    session.extend(0)
    frame = session.tick(steps)
    assert frame.step == session.step == min(first + steps, LONGEST_RUN)
    assert 0 <= frame.scene.state < session.problem.n_states


def altered_bytes(rng: random.Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at, length = rng.randrange(len(spoilt)), rng.randrange(1, 64)
        match rng.randrange(6):
            case 0:
                spoilt[at] ^= 1 << rng.randrange(8)
            case 1:
                spoilt[at : at + length] = rng.randbytes(length)
            case 2:
                del spoilt[at : at + length]
            case 3:
                spoilt[at:at] = spoilt[at : at + length]
            case 4:
                del spoilt[max(1, at) :]
            case _:
                spoilt[at : at + length] = bytes(length)
    return bytes(spoilt)


def altered_document(rng: random.Random, document: dict) -> dict:
    """The document with one value, at any depth, replaced or taken out."""
    if not document or rng.random() < 0.1:
        return {**document, rng.choice(["", "extra", *document]): rng.choice(JUNK)}
    key = rng.choice(list(document))
    if isinstance(document[key], dict) and rng.random() < 0.8:
        return {**document, key: altered_document(rng, document[key])}
    if rng.random() < 0.2:
        return {name: value for name, value in document.items() if name != key}
    return {**document, key: rng.choice(JUNK)}


def altered_arrays(rng: random.Random, arrays: dict) -> dict:
    name = rng.choice(list(arrays))
    array = arrays[name].copy()
    choice = rng.randrange(8)
    if choice < 5 and array.size:
        for _ in range(rng.choice([1, 1, 3])):
            array.flat[rng.randrange(array.size)] = rng.choice(EXTREMES[array.dtype.kind])
    elif choice == 5:
        rng_numpy = np.random.default_rng(rng.randrange(1 << 30))
        array = rng_numpy.permutation(array.ravel()).reshape(array.shape)
    elif choice == 6:
        array = rng.choice([array[:-1], array[None], array.ravel(), np.concatenate([array, array])])
    else:
        array = array.astype(rng.choice(["f4", "i4", "u8", "i8", ">f8", "?"]), casting="unsafe")
    return {**arrays, name: array}


def altered(rng: random.Random, which: int) -> bytes:
    document, arrays, content = stored(which)
    match rng.randrange(5):
        case 0:
            return altered_bytes(rng, content)
        case 1 | 2:
            return packed(altered_document(rng, document), arrays)
        case _:
            return packed(document, altered_arrays(rng, arrays))


def check_many(count: int, seed: int) -> None:
    rng = random.Random(seed)
    loaded = 0
    with np.errstate(invalid="ignore", over="ignore"):
        for number in range(count):
            content = altered(rng, number % len(RUNS))
            try:
                loaded += survives(content)
            except Exception as problem:
                raise AssertionError(f"altered file {number} of seed {seed}") from problem
    assert 0.02 * count < loaded < 0.6 * count, "the alterations are too mild or too wild to tell anything"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_altered_files_are_refused_or_can_be_trained_on(seed):
    check_many(300, seed)


@pytest.mark.slow
@pytest.mark.parametrize("which", range(len(RUNS)))
def test_a_file_cut_anywhere_is_refused(which):
    content = stored(which)[2]
    for length in range(0, len(content), 37):
        with pytest.raises(CheckpointError):
            from_bytes(content[:length])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(content):
    with pytest.raises(CheckpointError):
        from_bytes(content)
    with pytest.raises(CheckpointError):
        from_bytes(b"PK\x03\x04" + content + b"PK\x05\x06" + content[:18].ljust(18, b"\0"))


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.text("abQ_/.\\", min_size=1, max_size=8),
        st.binary(max_size=80) | st.binary(max_size=40).map(lambda tail: b"\x93NUMPY\x01\x00" + tail),
        max_size=4,
    )
)
@pytest.mark.slow
def test_any_archive_is_refused(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(CheckpointError):
        from_bytes(buffer.getvalue())


HEADERS = st.text("{}'(),<f8i4O descrshapetufonl_orer:TFalse0123456789\n", max_size=60)


@settings(max_examples=100, deadline=None)
@given(HEADERS, st.binary(max_size=16))
@pytest.mark.slow
def test_any_header_of_an_array_is_refused_or_harmless(header, numbers):
    document, arrays, _ = stored(0)
    content = io.BytesIO(packed(document, {name: array for name, array in arrays.items() if name != "table_Q"}))
    text = header.encode()
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("table_Q.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + numbers)
    with pytest.raises(CheckpointError):
        from_bytes(content.getvalue())
