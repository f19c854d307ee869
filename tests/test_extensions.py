"""A user's own files: imported once, refused with the line that is wrong, and known to the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gridworld.extensions import VARIABLE, environment_naming, load_file, load_module, load_named, loaded


def write(folder, text, name="mine.py"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_file_is_imported_once_and_may_import_its_neighbours(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    write(tmp_path, "answer = 41", "neighbour_of_mine.py")
    path = write(tmp_path, "from neighbour_of_mine import answer\nanswer += 1")
    module = load_file(path)
    assert module.answer == 42
    assert load_file(str(path)) is module


def test_what_was_loaded_is_known_to_other_processes(tmp_path):
    path = write(tmp_path, "number = 1", "passed_on.py")
    load_file(path)
    load_module("fractions")
    files, modules = loaded()
    assert path in files
    assert "fractions" in modules
    assert not any(name.startswith("loaded_") for name in modules)


def test_two_files_of_one_name_are_two_modules(tmp_path):
    (tmp_path / "other").mkdir()
    one, other = write(tmp_path, "number = 1"), write(tmp_path / "other", "number = 2")
    assert (load_file(one).number, load_file(other).number) == (1, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\ny = 1 / 0", "mine.py, line 2: ZeroDivisionError: division by zero"),
        ("def f(:\n", "mine.py, line 1: SyntaxError: "),
        ("import sys\n\nsys.exit(3)", "mine.py, line 3: SystemExit: 3"),
        ("import no_such_module", "mine.py, line 1: ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_and_can_be_mended(tmp_path, text, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        load_file(write(tmp_path, text))
    assert load_file(write(tmp_path, "fine = True # and of another length")).fine


@pytest.mark.parametrize("name", ["missing.py", "notes.txt", "."])
def test_what_is_no_python_file_is_refused(tmp_path, name):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ValueError, match="there is no Python file of that name"):
        load_file(tmp_path / name)


def test_files_are_named_by_the_environment(tmp_path, monkeypatch):
    paths = [write(tmp_path, f"number = {i}", f"file{i}.py") for i in range(2)]
    monkeypatch.setenv(VARIABLE, os.pathsep.join(map(str, paths)))
    assert [module.number for module in load_named()] == [0, 1]
    monkeypatch.setenv(VARIABLE, "")
    assert load_named() == []


def test_a_wrong_name_in_the_environment_is_reported_with_its_origin(monkeypatch):
    monkeypatch.setenv(VARIABLE, "missing.py")
    with pytest.raises(ValueError, match=r"GRIDWORLD_LOAD: missing\.py: there is no Python file"):
        load_named()


def test_other_processes_are_passed_files_beside_those_they_knew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "first.py")
    one, other = write(tmp_path, "number = 1"), Path("mine.py")
    assert environment_naming([one, other]) == {VARIABLE: os.pathsep.join(["first.py", str(one)])}
    monkeypatch.delenv(VARIABLE)
    assert environment_naming([]) == {VARIABLE: ""}
    with pytest.raises(ValueError, match="can't be passed a file with"):
        environment_naming([tmp_path / f"a{os.pathsep}b.py"])


@pytest.mark.slow
def test_the_page_offers_what_a_named_file_registers(tmp_path):
    path = write(tmp_path, 'from gridworld import register_world\nregister_world("lane", "title: My lane\\n\\nS.G")')
    code = (
        "from unittest.mock import patch; from dashboards.serving import startup\n"
        "with patch('subprocess.Popen'): startup.warm_up()\n"
        "from dashboards.controls.choices import world_groups; print(world_groups()['My worlds']['My lane'])"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, env={**os.environ, VARIABLE: str(path)}, capture_output=True, text=True, check=False)
    assert done.stdout == "lane\n", done.stderr
