"""A user's own files: the agents and worlds that they register join those there are."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import traceback
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

VARIABLE = "GRIDWORLD_LOAD"
PREFIX = "loaded_"  # of the names of modules that are files of the user
_loaded: dict[str, ModuleType] = {}  # by the name that an id may have before its colon


def load_file(path: str | Path) -> ModuleType:
    """Import a Python file, so that what it registers joins; once, however often it is named.

    Raises
    ------
    ValueError
        In one sentence, with the line of the file, if it can't be imported.
    """
    path = Path(path)
    if not path.is_file() or path.suffix != ".py":
        raise ValueError(f"{path}: there is no Python file of that name.")
    path = path.resolve()
    name = _module_name(path)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # so that it can import its neighbours
    try:
        spec.loader.exec_module(module)
    except BaseException as problem:
        del sys.modules[name]
        if not isinstance(problem, Exception | SystemExit):
            raise
        reason = " ".join(str(problem).split())
        raise ValueError(f"{path.name}{_line(problem, path)}: {type(problem).__name__}: {reason}") from None
    _loaded[path.stem] = module
    return module


def load_module(name: str) -> ModuleType:
    """Import the module that the user names before the colon of `module:EnvId`, on the command line.

    That is the file or package of that name in the current folder, else an installed module. A file that was loaded
    under its path already is not imported twice.

    Raises
    ------
    ValueError
        In one sentence, if there is no such module or it can't be imported.
    """
    if name in _loaded:
        return _loaded[name]
    if (file := Path(f"{name}.py")).is_file():
        return load_file(file)
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        _loaded[name] = importlib.import_module(name)
    except (Exception, SystemExit) as problem:
        reason = " ".join(str(problem).split())
        raise ValueError(f"The module {name!r} can't be imported: {type(problem).__name__}: {reason}") from None
    return _loaded[name]


def is_loaded(name: str) -> bool:
    """Return whether a module was loaded by its file or its name, as opposed to imported by anything else."""
    return name in _loaded


def loaded() -> tuple[list[Path], list[str]]:
    """Return the files and the names of installed modules that were loaded, for processes that are to load them too."""
    files = [Path(str(module.__file__)) for module in _loaded.values() if module.__name__.startswith(PREFIX)]
    return files, [name for name, module in _loaded.items() if not module.__name__.startswith(PREFIX)]


def load_named() -> list[ModuleType]:
    """Import the files that the environment variable GRIDWORLD_LOAD names, separated as in PATH.

    Raises
    ------
    ValueError
        In one sentence, if one of them can't be imported.
    """
    paths = [path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path]
    try:
        return [load_file(path) for path in paths]
    except ValueError as problem:
        raise ValueError(f"{VARIABLE}: {problem}") from None


def environment_naming(files: Iterable[Path]) -> dict[str, str]:
    """Return the environment variable for processes that are to load these files beside those it names already.

    Raises
    ------
    ValueError
        In one sentence, if a path can't be part of it.
    """
    paths = [str(path.resolve()) for path in files]
    for path in paths:
        if os.pathsep in path:
            raise ValueError(f"{path}: other processes can't be passed a file with {os.pathsep!r} in its path.")
    named = filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))
    return {VARIABLE: os.pathsep.join(dict.fromkeys([*named, *paths]))}


def _module_name(path: Path) -> str:
    """Return a name that is the same in every process, and another one for a file of that name elsewhere."""
    return f"{PREFIX}{re.sub(r'[^a-zA-Z0-9]', '_', path.stem)}_{zlib.crc32(str(path).encode()):08x}"


def _line(problem: BaseException, path: Path) -> str:
    """Return the last line of the user's own file on the way to the problem."""
    if isinstance(problem, SyntaxError):
        return f", line {problem.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(problem.__traceback__) if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""
