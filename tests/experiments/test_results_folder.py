"""Results in a folder: whole batches, gone on with after any interruption, written by one process at a time."""

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.plan_files import write_plan
from gridworld.experiments.results_folder import ResultsFolder
from gridworld.experiments.running import compare, read_results
from support.paths import ROOT

PLAN = Plan([Contestant("sarsa"), Contestant("q_learning")], ["easy"], runs=24, episodes=10_000, points=20)


@pytest.fixture(scope="module")
def whole():
    """The plan's comparison, made in memory."""
    return compare(PLAN)


def assert_same(one, other):
    """All numbers of two comparisons are the same bits."""
    for label in ("sarsa", "q_learning"):
        for name in ("seeds", "metrics", "returns", "lengths"):
            np.testing.assert_array_equal(getattr(one.runs(label), name), getattr(other.runs(label), name))


def test_a_folder_gives_the_same_bits_as_memory(tmp_path, whole):
    done = []
    assert_same(compare(PLAN, out=tmp_path / "new" / "folder", progress=done.append), whole)
    assert sum(done) == 48
    assert_same(read_results(tmp_path / "new" / "folder"), whole)
    manifest = json.loads((tmp_path / "new" / "folder" / "manifest.json").read_text())
    assert {"plan", "versions", "machine", "cells"} <= set(manifest)


def test_what_is_missing_is_done_and_nothing_twice(tmp_path, whole):
    compare(PLAN, out=tmp_path)
    files = sorted(tmp_path.glob("*.parquet"))
    files[1].unlink()
    before = {file: file.stat().st_mtime_ns for file in files if file.exists()}
    with pytest.raises(ValueError, match=r"are not complete: \d+ of 24 are there"):
        read_results(tmp_path)
    done = []
    assert_same(compare(PLAN, out=tmp_path, progress=done.append), whole)
    assert sum(done) == 48
    assert all(file.stat().st_mtime_ns == when for file, when in before.items())


def test_pandas_reads_the_files_too(tmp_path, whole):
    pandas = pytest.importorskip("pandas")
    compare(PLAN, out=tmp_path)
    frame = pandas.concat(map(pandas.read_parquet, tmp_path.glob(f"{PLAN.cells[0].key}-*.parquet")))
    np.testing.assert_array_equal(frame.sort_values("seed")["return"], whole.values("sarsa", "return"))


def test_two_processes_do_not_write_at_once(tmp_path):
    with ResultsFolder(tmp_path, PLAN).writing(), pytest.raises(ValueError, match="Another process is writing into"):
        compare(PLAN, out=tmp_path)


def test_another_plan_and_other_files_are_refused(tmp_path):
    ResultsFolder(tmp_path / "one", PLAN)
    with pytest.raises(ValueError, match="has the results of another plan"):
        compare(Plan([Contestant("sarsa")], ["easy"]), out=tmp_path / "one")
    (tmp_path / "one" / "manifest.json").write_text("{}")
    with pytest.raises(ValueError, match="is not the manifest of an experiment"):
        read_results(tmp_path / "one")
    with pytest.raises(ValueError, match=r"There is no file or folder for 'manifest.json'"):
        read_results(tmp_path / "none")


def test_a_damaged_file_is_named(tmp_path):
    compare(PLAN, out=tmp_path)
    file = min(tmp_path.glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match=f"{file.name} is damaged: delete it"):
        read_results(tmp_path)


def test_curves_of_another_length_are_damage(tmp_path):
    compare(PLAN, out=tmp_path)
    file = min(tmp_path.glob("*.parquet"))
    table = parquet.read_table(file)
    short = pa.array([[1.0]] * len(table))
    column = table.column_names.index("curve_returns")
    parquet.write_table(table.set_column(column, "curve_returns", short), file)
    with pytest.raises(ValueError, match=f"{file.name} is damaged: delete it"):
        read_results(tmp_path)


def test_a_plan_too_large_for_memory_is_read_without_curves(tmp_path, whole):
    compare(PLAN, out=tmp_path)
    found = read_results(tmp_path, memory=2_000)
    assert found.runs("sarsa").returns.shape == (24, 0)
    assert found.estimate("sarsa") == whole.estimate("sarsa")


def test_scores_have_the_form_of_rliable(whole):
    scores = whole.scores("return")
    assert {label: array.shape for label, array in scores.items()} == {"sarsa": (24, 1), "q_learning": (24, 1)}


@pytest.mark.slow
def test_kill_9_loses_at_most_the_batches_that_were_running(tmp_path, whole):
    write_plan(PLAN, tmp_path / "plan.toml")
    program = "import sys; from gridworld import compare, read_plan; compare(read_plan(sys.argv[1]), out=sys.argv[2])"
    folder = tmp_path / "results"
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "plan.toml", folder], env={"PYTHONPATH": str(ROOT)}
    )
    while len(list(folder.glob("*.parquet"))) < 2 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = sum(len(result.seeds) for result in ResultsFolder(folder).read())
    assert there > 0
    done = []
    assert_same(compare(PLAN, out=folder, progress=done.append), whole)
    assert done[0] == there
    assert not list(folder.glob(".*.unfinished"))


def test_metrics_that_do_not_fit_into_memory_are_refused_before_anything_is_done(tmp_path, whole):
    compare(PLAN, out=tmp_path / "done")
    with pytest.raises(ValueError, match=r"The metrics of 48 runs take .*; do fewer runs, or measure less"):
        read_results(tmp_path / "done", memory=1_000)
    spread = {"step_size": {"low": 0.01, "high": 1.0, "points": 100}}
    with pytest.raises(ValueError, match=r"The metrics of 100,000,000 runs take 2.2 GB, and 2 GB may be used"):
        compare(Plan([Contestant("sarsa", spread)], ["easy"], runs=1_000_000), out=tmp_path / "new")
    assert not (tmp_path / "new").exists()
