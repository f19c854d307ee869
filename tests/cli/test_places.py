"""Files that can't be written after the work are refused before it: nothing but one sentence is printed."""

from pathlib import Path

import pytest

from support.command_line import call, mistake

NOWHERE = Path("/proc")  # a folder in which not even an administrator makes files
RUNS = "--runs 2 --episodes 5"


@pytest.fixture(autouse=True)
def inside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(not NOWHERE.is_dir(), reason="this system has no such folder")
@pytest.mark.parametrize(
    "line",
    [
        f"compare easy --agents sarsa {RUNS} --html {NOWHERE}/x.html",
        f"compare easy --agents sarsa {RUNS} --csv {NOWHERE}/x.csv",
        f"sweep easy --agent sarsa {RUNS} --over step_size=0.5,1 --html {NOWHERE}/x.html",
        f"train easy --episodes 5 --save {NOWHERE}/x.npz",
        f"export run.npz {NOWHERE}/x.html",
        f"picture run.npz {NOWHERE}/x.svg",
        f"record run.npz {NOWHERE}/x.gif",
        f"generate maze {NOWHERE}/x.txt",
    ],
)
def test_a_folder_that_takes_no_files_is_refused_before_the_work(line):
    if "run.npz" in line:
        call("train easy --episodes 5 --save run.npz")
    assert f"{NOWHERE}/x." in (sentence := mistake(line))
    assert ": nothing can be written there (" in sentence


@pytest.mark.parametrize(
    "line", ["export run.npz folder.html", "picture run.npz folder.svg", "record run.npz folder.gif"]
)
def test_a_folder_of_the_name_is_refused_before_the_work(line):
    call("train easy --episodes 5 --save run.npz")
    name = line.split()[-1]
    Path(name).mkdir()
    assert mistake(line) == f"{name}: that is a folder; name a file."


def test_looking_whether_a_file_can_be_written_leaves_nothing():
    call(f"compare easy --agents sarsa {RUNS} --csv runs.csv")
    assert [path.name for path in Path().iterdir()] == ["runs.csv"]
