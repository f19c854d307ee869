"""How fast a run in a process of its own answers, how much it can report, and how surely it ends.

python benchmarks/process.py
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from gridworld.runs.commands import Start, Stop  # noqa: E402
from gridworld.runs.frame import Columns, Frame, Status  # noqa: E402
from gridworld.runs.history import Stream  # noqa: E402
from gridworld.runs.process.cadence import Cadence  # noqa: E402
from gridworld.runs.process.messages import Message, read_messages, write_message  # noqa: E402
from gridworld.runs.process.outbox import Outbox, rows_per_message  # noqa: E402
from gridworld.runs.process.run import ProcessRun  # noqa: E402
from gridworld.runs.process.trainer import Attend, Recipe  # noqa: E402

TICKS = Stream("ticks", {"tick": "last", "ticks": "sum"})
POLL = 0.002


class Ticker:
    """Counts, a record and a report each time it is asked for one."""

    def __init__(self, settings: Mapping[str, Any], checkpoint: str | None) -> None:
        self.step = self.episode = self.reported = 0
        self.end = settings.get("end", 1 << 60)

    def work(self, attend: Attend) -> None:
        while self.step < self.end and attend():
            self.step += 1

    def news(self) -> Mapping[str, Columns]:
        ticks = np.arange(self.reported + 1, self.step + 1, dtype=float)
        self.reported = self.step
        return {"ticks": {"tick": ticks, "ticks": np.ones(len(ticks))}} if len(ticks) else {}

    def board(self) -> Any:
        return np.zeros((20, 10), np.uint8)

    def metrics(self) -> Any:
        return {"step": self.step}

    def configure(self, changes: Mapping[str, Any]) -> None:
        pass

    def save(self) -> str | None:
        return None


def start_run(reports_per_second: float = 30.0, **settings: Any) -> ProcessRun:
    """A run that is about to begin."""
    cadence = Cadence(frames_per_second=reports_per_second)
    run = ProcessRun(Recipe("process:Ticker", settings, (TICKS,)), cadence=cadence)
    run.send(Start())
    return run


def make_run() -> ProcessRun:
    """A run that has begun."""
    run = start_run()
    watch(run, has_begun)
    return run


def has_begun(frame: Frame) -> bool:
    return frame.step > 0 and frame.status is not Status.STARTING


def count_records(frames: list[Frame]) -> int:
    return int(sum(frame.log["ticks"]["ticks"].sum() for frame in frames if frame.log))


def watch(run: ProcessRun, until: Callable[[Frame], bool]) -> list[Frame]:
    """The frames until one of which this holds."""
    frames = []
    while True:
        if (frame := run.poll(0.0)) is not None:
            frames.append(frame)
            if until(frame):
                return frames
        time.sleep(POLL)


def is_running(pid: int) -> bool:
    """Whether the process exists and is no zombie (Linux)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def seconds_until(condition: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not condition():
        time.sleep(POLL)
    return time.perf_counter() - began


def memory(pid: int) -> float:
    """Megabytes of a process in memory (Linux)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def time_stop() -> tuple[float, float]:
    """Seconds from Stop to its confirmation, and to the end of the process."""
    run = make_run()
    pid, began = run.pid, time.perf_counter()
    run.send(Stop())
    watch(run, lambda frame: frame.status is Status.PAUSED)
    confirmed = time.perf_counter() - began
    seconds_until(lambda: not is_running(pid))
    return confirmed, time.perf_counter() - began


def time_kill() -> float:
    """Seconds from `kill -9` of the worker to a frame that reports it."""
    run = make_run()
    began = time.perf_counter()
    os.kill(run.pid, signal.SIGKILL)
    watch(run, lambda frame: frame.status is Status.FAILED)
    return time.perf_counter() - began


def time_orphan() -> float:
    """Seconds from `kill -9` of the server to the end of its worker."""
    code = "import process, time; run = process.make_run(); print(run.pid, flush=True); time.sleep(600)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        server.kill()
        return seconds_until(lambda: not is_running(worker))


def time_stubborn(patience: float = 1.5) -> float:
    """Seconds from Stop to the end of a worker that does not even receive it."""
    run = make_run()
    run.patience = patience
    pid = run.pid
    os.kill(pid, signal.SIGSTOP)
    run.send(Stop())
    return seconds_until(lambda: not is_running(pid))


def count_messages(n: int = 200_000) -> float:
    """Full messages a second through a pipe, from a thread that writes to one that reads and unpacks."""
    reader, writer = os.pipe()
    row = np.zeros((rows_per_message(TICKS), 2)).tobytes()

    def write() -> None:
        for number in range(n):
            write_message(writer, Message("run", Status.RUNNING, number, 0, "rows", "ticks", row).to_bytes())
        os.close(writer)

    began = time.perf_counter()
    threading.Thread(target=write).start()
    count = sum(Message.from_bytes(data).step >= 0 for data in read_messages(reader))
    os.close(reader)
    assert count == n
    return n / (time.perf_counter() - began)


def count_reports(n: int = 500_000) -> float:
    """Reports of one record and one board each, a second, from a trainer's step to the frames of a run."""
    run = start_run(reports_per_second=1e9, end=n)
    frames = watch(run, has_begun)
    began = time.perf_counter()
    frames += watch(run, lambda frame: frame.status is Status.FINISHED)
    assert count_records(frames) == n
    return (n - frames[0].step) / (time.perf_counter() - began)


def stall(seconds: float = 5.0) -> tuple[int, int, float]:
    """Records made, records lost and megabytes grown while a reader stalls, once its pipe and its boxes are full."""
    run = start_run(reports_per_second=1e9)
    frames = watch(run, has_begun)
    time.sleep(seconds)
    before = memory(run.pid)
    time.sleep(seconds)
    grown = memory(run.pid) - before
    run.send(Stop())
    frames += watch(run, lambda frame: run.pid is None)
    return frames[-1].step, frames[-1].step - count_records(frames), grown


def count_bytes() -> int:
    """Bytes of the largest message of a full outbox."""
    outbox = Outbox("123456789abc", [TICKS])
    ticks = np.arange(1e5)
    outbox.report(Status.RUNNING, 1 << 40, 1 << 40, {"ticks": {"tick": ticks, "ticks": ticks}})
    outbox.close()
    return max(len(message.to_bytes()) for message in iter(outbox.take, None))


def main() -> None:
    stops = [time_stop() for _ in range(20)]
    confirmed, ended = (sorted(times) for times in zip(*stops, strict=True))
    kills = sorted(time_kill() for _ in range(10))
    orphans = sorted(time_orphan() for _ in range(5))
    made, lost, grown = stall()
    rows = [
        ("Stop to its confirmation, median of 20", f"{1e3 * statistics.median(confirmed):.0f} ms", "50 ms"),
        ("Stop to its confirmation, slowest", f"{1e3 * confirmed[-1]:.0f} ms", "500 ms"),
        ("Stop to the end of the process, slowest", f"{1e3 * ended[-1]:.0f} ms", "2000 ms"),
        ("kill -9 of the worker to failed, slowest of 10", f"{1e3 * kills[-1]:.0f} ms", "500 ms"),
        ("kill -9 of the server to the worker's end, slowest of 5", f"{1e3 * orphans[-1]:.0f} ms", "3000 ms"),
        ("Stop to the end of a frozen worker", f"{1e3 * time_stubborn():.0f} ms", "2500 ms"),
        ("full messages through a pipe", f"{count_messages():,.0f} /s", "20,000 /s"),
        ("reports of one record, trainer to frame", f"{count_reports():,.0f} /s", "20,000 /s"),
        ("largest message", f"{count_bytes()} bytes", "4096 bytes"),
        (f"records lost of {made:,} while a reader stalls 10 s", f"{lost}", "0"),
        ("growth of the worker in the last 5 s of these", f"{grown:.1f} MB", "flat"),
    ]
    for what, measured, bound in rows:
        print(f"{what:<60}{measured:>16}   (bound {bound})")


if __name__ == "__main__":
    main()
