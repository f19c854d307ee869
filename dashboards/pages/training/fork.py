"""Going on in another run: one that is forked, and where it is shown."""

from __future__ import annotations

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.address import KeptAddress, go_to
from gridworld.training.session import TrainingSession


def fork(hub: Hub, session: TrainingSession, origin: str) -> SharedRun:
    """Return a run of its own that goes on with a session of the run `origin`, which stays."""
    other = hub.runs.go_on(session)
    other.journal.note("forked", f"Continues from run {origin}, episode {session.episode:,}")
    return other


def open_page(address: KeptAddress | None, other: SharedRun) -> None:
    """Let the browser open another run in the same kind of page."""
    go_to({**(address.kept if address else {}), "run": other.id})
