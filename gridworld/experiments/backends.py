"""Where batches are run: in threads, in processes, or anywhere with the interface of `concurrent.futures.Executor`."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from gridworld.extensions import load_file, load_module, loaded
from gridworld.training.own_thread import in_own_thread

BACKENDS = ("threads", "processes", "dask")
Result = TypeVar("Result")
ANSWER = 5  # seconds that a scheduler of Dask may take to answer
IN_FLIGHT = 32  # calls that are submitted and not yet collected: what bounds the memory


@contextmanager
def executor_of(
    backend: str | Executor, address: str | None = None, remark: Callable[[str], None] = warnings.warn
) -> Iterator[Executor]:
    """Yield an executor: one of `BACKENDS` with all cores, shut down at the end; one that is given stays open.

    Parameters
    ----------
    backend
        Compiled loops run side by side in threads. Environments that are stepped need processes for that; a program
        that uses them must have `if __name__ == "__main__":`, because each process imports it. Processes and workers
        of Dask load the files of the user that this process has loaded.
    address
        Of Dask's scheduler, which must answer within 5 seconds; None: workers on this machine.
    remark
        Called with one sentence if that scheduler has no workers, and the runs wait for one.

    Raises
    ------
    ValueError
        In one sentence, if there is no such backend, or no scheduler at the address, also when it or its workers are
        lost later.
    """
    if isinstance(backend, Executor):
        yield backend
        return
    if backend not in BACKENDS:
        raise ValueError(
            f"There is no backend {backend!r:.40}; choose one of {', '.join(BACKENDS)}, or give an executor."
        )
    if backend == "dask":
        with _dask_failures(), _dask_client(address) as client:
            if not client.scheduler_info()["workers"]:
                remark(f"The scheduler has no workers yet; runs begin when there are some: dask worker {address}")
            client.register_worker_callbacks(partial(_load, *loaded()))
            yield client.get_executor()
        return
    workers = os.cpu_count() or 1
    if backend == "threads":
        pool: Executor = ThreadPoolExecutor(workers, "experiment")
    else:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, context, _begin_process, loaded())
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def completed(calls: Iterable[Callable[[], Result]], executor: Executor) -> Generator[Result]:
    """Do the calls and yield what came out, in the order in which they end.

    A caller that stops early (closes the iterator) cancels those that have not begun.

    Raises
    ------
    ValueError
        In one sentence, if a call raises it, or its process ended.
    """
    running: set[Future[Result]] = set()
    try:
        for call in calls:
            running.add(executor.submit(call))
            while len(running) >= IN_FLIGHT:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    except BrokenProcessPool:
        raise ValueError(
            "A process that did some of the runs ended (killed, or out of memory); run it again."
        ) from None
    finally:
        for future in running:
            future.cancel()


@contextmanager
def _dask_client(address: str | None) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    if address is not None:
        try:  # in a thread: where something else listens, Dask waits for ever for a word that it knows
            client = in_own_thread(partial(Client, address, timeout=ANSWER)).result(ANSWER + 1)
        except Exception as problem:  # whatever something else may have answered
            detail = f" ({problem})" if str(problem) else ""
            raise ValueError(
                f"No Dask scheduler answers at {address}{detail}; start one with `dask scheduler`, or correct the "
                "address."
            ) from None
        with client:
            yield client
        return
    with LocalCluster(threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


@contextmanager
def _dask_failures() -> Iterator[None]:
    """Answer what Dask gives up with a sentence, without the traceback that its client logs of a lost connection."""
    try:
        from distributed import KilledWorker
    except ImportError:
        raise ValueError(
            "The backend dask needs the library distributed; install it: pip install distributed."
        ) from None
    log = logging.getLogger("distributed.client")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    except KilledWorker:
        raise ValueError(
            "Workers of Dask were killed again and again at the same runs, perhaps for want of memory; see their logs."
        ) from None
    except CancelledError:
        raise ValueError(
            "The Dask scheduler is gone; start it again and repeat this: results in a folder (out) are kept."
        ) from None
    finally:
        log.setLevel(level)


def _begin_process(files: list[Path], modules: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _load(files, modules)


def _end_with_parent() -> None:
    """End this process when its parent has ended, which its pool would not notice before the run at hand is done."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _load(files: list[Path], modules: list[str]) -> None:
    """Import what the parent has imported for the user."""
    for file in files:
        load_file(file)
    for module in modules:
        load_module(module)
