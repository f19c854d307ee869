"""Arrays and one document in one npz file; reading trusts nothing and knows how much memory it takes before it does."""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy

from gridworld.errors import CheckpointError
from gridworld.storage.json_records import check_size, encode

MAX_BYTES = 4 << 30  # of all members, unpacked
MAX_MEMBERS = 64
_MAX_DIRECTORY = 1 << 16
_MAX_HEADER = 1_000  # bytes of an npy header; numpy writes about a hundred
_COMPRESSION = 1  # the quickest: values of a table hardly shrink further
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.(npy|json)")


def pack_archive(file: BinaryIO, name: str, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write the document as `name`.json and each array as an npy member; the same content gives the same bytes."""
    text = encode(document)
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, f"{name}.json", text)
        for array_name, array in arrays.items():
            buffer = io.BytesIO()
            npy.write_array(buffer, array, allow_pickle=False)
            _add(archive, f"{array_name}.npy", buffer.getvalue())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _LONG_AGO)
    member.external_attr = 0o644 << 16
    archive.writestr(member, content, zipfile.ZIP_DEFLATED, _COMPRESSION)


class Header(NamedTuple):
    """The header of an npy file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    column_major: bool
    length: int  # bytes before the numbers

    @property
    def nbytes(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(begin: bytes, name: str) -> Header:
    """Return the header of an npy file that begins with these bytes.

    Raises
    ------
    CheckpointError
        `damaged`, `pickle` or `dtype`.
    """
    buffer = io.BytesIO(begin[:_MAX_HEADER])
    try:
        version = npy.read_magic(buffer)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, column_major, dtype = read(buffer, max_header_size=_MAX_HEADER)
    except Exception:  # what a stranger wrote into a header makes numpy's parser raise almost anything
        raise CheckpointError("damaged", f"The array {name!r} has an invalid header.") from None
    if dtype.hasobject:
        raise CheckpointError("pickle", f"The array {name!r} holds pickled objects, which are never read.")
    if dtype.kind not in "biuf" or any(size < 0 for size in shape):
        raise CheckpointError("dtype", f"The array {name!r} holds {dtype!s:.40}; only plain numbers are read.")
    return Header(dtype, shape, column_major, buffer.tell())


def as_array(numbers: bytes, header: Header) -> np.ndarray:
    """Return the numbers of an npy file as the array that its header declares, read only."""
    flat = np.frombuffer(numbers, header.dtype)
    return flat.reshape(header.shape, order="F" if header.column_major else "C")


class Archive:
    """An npz file opened for reading. Every way in which it can be bad is a `CheckpointError`.

    Parameters
    ----------
    file
        A seekable binary file.
    limit
        How many bytes all members may have, unpacked; nothing is unpacked before that is known.
    """

    def __init__(self, file: BinaryIO, limit: int = MAX_BYTES) -> None:
        with damage_refused():
            _check_directory(file)
            self._zip = zipfile.ZipFile(file)
        self._members = {member.filename: member for member in self._zip.infolist()}
        self._check_members(limit)

    def _check_members(self, limit: int) -> None:
        members = self._zip.infolist()
        if len(self._members) < len(members):
            raise CheckpointError("member", "The file has two members of the same name, so its content is ambiguous.")
        for member in members:
            if not _NAME.fullmatch(member.filename):
                name = member.filename[:40]
                raise CheckpointError("member", f"The file has a member {name!r}, which doesn't belong in it.")
            if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise CheckpointError(
                    "damaged",
                    f"The member {member.filename} is encrypted or compressed in a way that is not supported.",
                )
        total = sum(member.file_size for member in members)
        if total > limit:
            raise CheckpointError("too_large", f"The file unpacks to {total:,} bytes; at most {limit:,} are allowed.")

    @property
    def array_names(self) -> set[str]:
        """The arrays that are there."""
        return {name.removesuffix(".npy") for name in self._members if name.endswith(".npy")}

    def text(self, name: str) -> bytes | None:
        """Return the text of the document `name`.json, or None if there is none; its size is bounded."""
        member = self._members.get(f"{name}.json")
        if member is None:
            return None
        check_size(member.file_size)
        with damage_refused(), self._zip.open(member) as content:
            return content.read(member.file_size)

    def header(self, name: str) -> Header:
        """Return the header of an array, checked against the size of the member."""
        member = self._members.get(f"{name}.npy")
        if member is None:
            raise CheckpointError("member", f"The file has no array {name!r}.")
        with damage_refused(), self._zip.open(member) as content:
            header = read_header(content.read(_MAX_HEADER), name)
        if header.length + header.nbytes != member.file_size:
            raise CheckpointError(
                "damaged", f"The array {name!r} declares {header.nbytes:,} bytes and has {member.file_size:,}."
            )
        return header

    def array(self, name: str) -> np.ndarray:
        """Return an array, read only; look at its `header` first."""
        header = self.header(name)
        with damage_refused(), self._zip.open(self._members[f"{name}.npy"]) as content:
            content.read(header.length)
            return as_array(content.read(header.nbytes), header)


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn what a zip file that is cut or altered makes zipfile stumble over into a `CheckpointError`."""
    try:
        yield
    except CheckpointError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        LookupError,
        OverflowError,
    ):
        raise CheckpointError("damaged", "The file is damaged: it was cut short or altered.") from None


def _check_directory(file: BinaryIO) -> None:
    """Refuse a zip file by its end, before its directory is read: by the directory's length and number of members."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    starts_well = file.read(4) == b"PK\x03\x04"
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        if starts_well:
            raise CheckpointError("damaged", "The file is damaged: its end is missing.")
        raise CheckpointError(
            "not_a_checkpoint", "This is not a saved run; such a file ends in .npz and is a zip archive."
        )
    members, directory = struct.unpack("<HL", tail[end + 10 : end + 16])
    if members > MAX_MEMBERS or directory > _MAX_DIRECTORY or tail[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        raise CheckpointError(
            "too_large", f"The file has more than the {MAX_MEMBERS} members that a saved run can have."
        )
    file.seek(0)
