"""No file takes more memory than is allowed, whatever it promises."""

import io
import json
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from gridworld.errors import CheckpointError
from gridworld.storage.action_values import read_q_table, session_of
from gridworld.storage.library import Library
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.session import TrainingSession
from support.storing import begun, packed, unpacked, with_text

MIB = 1 << 20
LIMIT = 8 * MIB


def peak_of(content: bytes) -> int:
    """Bytes that refusing a content, or leaving out what is too much in it, takes at most."""
    tracemalloc.start()
    try:
        with suppress(CheckpointError):
            session_of(content, TrainingSession(world="easy").settings, limit=LIMIT)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_npy", ".npy").replace("_json", ".json"), content)
    return buffer.getvalue()


def npy_of(shape: tuple[int, ...], content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return buffer.getvalue() + content


def lying(content: bytes, claimed: int) -> bytes:
    """An archive whose directory claims another size of its only member."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (member,) = archive.infolist()
    return content.replace(member.file_size.to_bytes(4, "little"), claimed.to_bytes(4, "little"))


def with_document(**changes) -> bytes:
    document, arrays = unpacked(begun(10))
    return with_text(packed({}, arrays), json.dumps({**document, **changes}).encode())


def with_nested(key: str, text: bytes) -> bytes:
    document, arrays = unpacked(begun(10))
    begin, end = json.dumps({**document, key: "HERE"}).encode().split(b'"HERE"')
    return with_text(packed({}, arrays), begin + text + end)


LISTS = b"[" + b"[]," * (2 * MIB) + b"[]]"
BOMBS = {
    "zeros": zipped(Q_npy=npy_of((20 * MIB // 8,), bytes(20 * MIB))),
    "many zeros": zipped(**{f"a{n}_npy": bytes(MIB) for n in range(60)}),
    "a promise": zipped(Q_npy=npy_of((1 << 40, 1 << 20))),
    "a directory that lies": lying(zipped(Q_npy=npy_of((25, 4), bytes(20 * MIB))), 928),
    "a long header": zipped(Q_npy=b"\x93NUMPY\x02\x00" + (6 * MIB).to_bytes(4, "little") + b"(" * (6 * MIB)),
    "a document": with_nested("departures", b'["' + b"x" * (9 * MIB) + b'"]'),
    "options": with_nested("settings", b'{"world":"easy","options":' + LISTS + b"}"),
    "a state of an environment": with_nested("environment", LISTS),
    "an unknown part": with_nested("more", LISTS),
    "a text": b"1 2 3 4\n" * (3 * MIB),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_bomb_takes_no_more_than_was_allowed(content):
    assert peak_of(content) < 2 * LIMIT


def test_the_limit_is_of_all_that_a_file_unpacks_to():
    content = to_bytes(begun(10))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        total = sum(member.file_size for member in archive.infolist())
    assert from_bytes(content, limit=total).step == 10
    with pytest.raises(CheckpointError, match=f"{total:,} bytes; at most {total - 1:,}") as caught:
        from_bytes(content, limit=total - 1)
    assert caught.value.code == "too_large"


def test_a_run_of_a_large_world_is_read_within_a_few_times_its_tables(tmp_path):
    library = Library(tmp_path)
    session = TrainingSession(world="open_100", compiled=False)
    size = sum(array.nbytes for array in session.arrays().values())
    library.save(session, "large")
    assert library.path("large").stat().st_size < size / 20
    tracemalloc.start()
    library.open("large", compiled=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * size + 16 * MIB


def test_values_of_the_right_shape_are_read_within_the_limit():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, Q=np.zeros((25, 4)))
    assert read_q_table(buffer.getvalue(), begun(1).problem).shape == (25, 4)
