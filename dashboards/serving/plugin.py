"""For `panel serve app.py --plugins dashboards.serving.plugin`: prepares the server, and describes runs without a page.

`GET /runs/ID` answers with a run's status, settings and counters as JSON; 404 if there is no such run. Only those who
know its id can query a run.

`GET /server` answers with the runs, processes and bytes in use, and their limits.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from tornado.web import RequestHandler

from dashboards.hub.hub import Hub, process_hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.panel_patches.colour_scheme import ask_for_colour_scheme
from dashboards.live.panel_patches.idle_connections import close_idle_connections
from dashboards.serving.startup import warm_up
from gridworld.runs.process.trainer import ProcessScene


def describe(shared: SharedRun) -> dict[str, Any]:
    """Return status, settings and counters of a run; every number is finite, so that any JSON parser reads it."""
    frame = shared.journal.frame
    assert frame is not None
    details = _of_process(shared) if isinstance(frame.scene, ProcessScene | None) else _of_session(shared)
    return {
        "id": shared.id,
        "status": frame.status,
        "error": frame.error,
        "epoch": frame.epoch,
        "step": frame.step,
        "episode": frame.episode,
        **details,
    }


def _of_session(shared: SharedRun) -> dict[str, Any]:
    """Return the details that the scene of a session adds to the frame."""
    assert shared.journal.frame is not None
    scene = shared.journal.frame.scene
    recent = scene.recent
    numbers = {
        "best_return": scene.best_return,
        "mean_return": recent[:, 0].mean() if len(recent) else math.nan,
        "last_return": recent[-1, 0] if len(recent) else math.nan,
        "exploration": scene.exploration,
    }
    details = {"episode_step": scene.episode_step, "state": scene.state, **_finite(numbers)}
    return {**details, "settings": shared.settings.to_dict()}


def _of_process(shared: SharedRun) -> dict[str, Any]:
    """Return the newest single numbers of a trainer in a process of its own, without the folders of this machine."""
    assert shared.journal.frame is not None
    scene = shared.journal.frame.scene
    metrics = scene.metrics if scene else None
    numbers = {} if metrics is None else {f.name: getattr(metrics, f.name) for f in fields(metrics)}
    numbers = {name: value for name, value in numbers.items() if isinstance(value, int | float)}
    settings = {name: value for name, value in shared.settings.items() if name != "folder"}
    return {**_finite(numbers), "settings": settings}


def _finite(numbers: dict[str, Any]) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in numbers.items()}


class RunHandler(RequestHandler):
    """Answers `GET /runs/ID`."""

    def initialize(self, hub: Hub) -> None:
        """Take what the route hands in."""
        self.hub = hub

    def get(self, run_id: str) -> None:
        shared = self.hub.runs.get(run_id)
        self.set_header("Cache-Control", "no-store")
        if shared is None:
            self.set_status(404)
            self.write({"error": f"There is no run {run_id} on this server.", "code": "run-gone"})
        else:
            self.write(describe(shared))


class ServerHandler(RequestHandler):
    """Answers `GET /server`: how much of the server's limits is in use."""

    def initialize(self, hub: Hub) -> None:
        """Take what the route hands in."""
        self.hub = hub

    def get(self) -> None:
        hub = self.hub
        self.set_header("Cache-Control", "no-store")
        self.write(
            {
                "runs": {"kept": len(hub.runs), "most": hub.limits.runs, "active": hub.runs.active},
                "workers": {"working": hub.runs.workers, "most": hub.limits.workers},
                "memory": {**hub.memory.usage(), "used": hub.memory.used, "most": hub.memory.most},
            }
        )


ROUTES: list[tuple[str, type[RequestHandler], dict[str, Any]]] = [
    (r"/runs/([0-9a-f]{1,32})", RunHandler, {"hub": process_hub()}),
    (r"/server", ServerHandler, {"hub": process_hub()}),
]

ask_for_colour_scheme()
close_idle_connections()
warm_up()
