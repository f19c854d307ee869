"""Arrays and one document in one npz file; reading trusts nothing and takes no memory before it knows how much."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from gridworld.errors import CheckpointError

MAX_BYTES = 4 << 30  # of all members, unpacked
MAX_DOCUMENT = 8 << 20
MAX_MEMBERS = 64
_MAX_DIRECTORY = 1 << 16
_COMPRESSION = 1  # the quickest: values of a table hardly shrink further
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.(npy|json)")
_HEADER = re.compile(
    r"\{'descr': '([<>|=]?[biufO]\d{0,2})', 'fortran_order': (True|False), "
    r"'shape': \((\d{1,18}(?:, ?\d{1,18})*,?)?\), \} *\n"
)


def pack_archive(file: BinaryIO, name: str, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write the document as `name`.json and each array as an npy member; the same content gives the same bytes."""
    try:
        text = json.dumps(document, allow_nan=False, ensure_ascii=False, default=_plain).encode()
    except (ValueError, TypeError, RecursionError) as problem:
        raise CheckpointError("document", f"These settings can't be written down: {problem}.") from None
    _check_document_size(len(text))
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, f"{name}.json", text)
        for array_name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, allow_pickle=False)
            _add(archive, f"{array_name}.npy", buffer.getvalue())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _LONG_AGO)
    member.external_attr = 0o644 << 16
    archive.writestr(member, content, zipfile.ZIP_DEFLATED, _COMPRESSION)


def _check_document_size(size: int) -> None:
    if size > MAX_DOCUMENT:
        raise CheckpointError("too_large", f"The run's description has {size:,} bytes; at most {MAX_DOCUMENT:,} fit.")


def _plain(value: Any) -> Any:
    """A number of numpy as a number of Python."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number, a text, a list nor a mapping")


class Header(NamedTuple):
    """What the header of an npy member promises."""

    dtype: np.dtype
    shape: tuple[int, ...]
    column_major: bool
    length: int  # bytes before the numbers

    @property
    def nbytes(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count * self.dtype.itemsize


class Archive:
    """An npz file opened for reading. Every way in which it can be bad is a `CheckpointError`.

    Parameters
    ----------
    file
        A seekable binary file.
    limit
        How many bytes all members may have, unpacked.
    """

    def __init__(self, file: BinaryIO, limit: int = MAX_BYTES) -> None:
        _check_directory(file)
        with damage_told():
            self._zip = zipfile.ZipFile(file)
        self._members = {member.filename: member for member in self._zip.infolist()}
        self._check_members(limit)

    def _check_members(self, limit: int) -> None:
        members = self._zip.infolist()
        if len(self._members) < len(members):
            raise CheckpointError("member", "The file has two members of one name; only one of them could be meant.")
        for member in members:
            if not _NAME.fullmatch(member.filename):
                name = member.filename[:40]
                raise CheckpointError("member", f"The file has a member {name!r}, which doesn't belong in it.")
            if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise CheckpointError(
                    "damaged", f"The member {member.filename} is encrypted or packed in a strange way."
                )
        total = sum(member.file_size for member in members)
        if total > limit:
            raise CheckpointError("too_large", f"The file unpacks to {total:,} bytes; at most {limit:,} are allowed.")

    @property
    def array_names(self) -> set[str]:
        """The arrays that are there."""
        return {name.removesuffix(".npy") for name in self._members if name.endswith(".npy")}

    def document(self, name: str) -> dict[str, Any] | None:
        """The document `name`.json, or None if there is none."""
        member = self._members.get(f"{name}.json")
        if member is None:
            return None
        _check_document_size(member.file_size)
        with damage_told(), self._zip.open(member) as content:
            text = content.read(member.file_size)
        try:
            document = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise CheckpointError("document", "The description in the file is not JSON.") from None
        if not isinstance(document, dict):
            raise CheckpointError("document", "The description in the file is not a JSON object.")
        return document

    def header(self, name: str) -> Header:
        """What an array's header promises, checked against the size of the member."""
        member = self._members.get(f"{name}.npy")
        if member is None:
            raise CheckpointError("member", f"The file has no array {name!r}.")
        with damage_told(), self._zip.open(member) as content:
            header = _read_header(content, name)
        if header.length + header.nbytes != member.file_size:
            raise CheckpointError(
                "damaged", f"The array {name!r} promises {header.nbytes:,} bytes and has {member.file_size:,}."
            )
        return header

    def array(self, name: str) -> np.ndarray:
        """An array, read only; look at its `header` first."""
        header = self.header(name)
        with damage_told(), self._zip.open(self._members[f"{name}.npy"]) as content:
            content.read(header.length)
            numbers = content.read(header.nbytes)
        with damage_told():
            flat = np.frombuffer(numbers, header.dtype)
            return flat.reshape(header.shape, order="F" if header.column_major else "C")


@contextmanager
def damage_told() -> Iterator[None]:
    """Say in our own words what a zip file that is cut or altered makes the reader stumble over."""
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
    """Look at the end of a zip file, before its directory is read: how long is it, and how many members has it?"""
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


def _read_header(content: Any, name: str) -> Header:
    magic = content.read(8)
    version = magic[6:7]
    if magic[:6] != b"\x93NUMPY" or version not in (b"\x01", b"\x02", b"\x03"):
        raise CheckpointError("damaged", f"The array {name!r} doesn't begin as an array does.")
    width = 2 if version == b"\x01" else 4
    length = int.from_bytes(content.read(width), "little")
    found = _HEADER.fullmatch(content.read(min(length, 10_000)).decode("latin-1"))
    if not found:
        raise CheckpointError("dtype", f"The array {name!r} has a header that makes no sense.")
    if "O" in found[1]:
        raise CheckpointError("pickle", f"The array {name!r} holds pickled objects, which are never read.")
    try:
        dtype = np.dtype(found[1])
    except TypeError:
        raise CheckpointError("dtype", f"The array {name!r} holds {found[1]!r}, which is no kind of number.") from None
    shape = tuple(int(size) for size in (found[3] or "").replace(" ", "").split(",") if size)
    return Header(dtype, shape, found[2] == "True", 8 + width + length)


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number")
