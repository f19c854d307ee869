"""How often what a comparison shows is computed again while its runs come in."""

from __future__ import annotations

from types import SimpleNamespace

from dashboards.hub.executors import AtOnce, Executors
from dashboards.hub.hub import Hub
from dashboards.pages.compare.digest import Digests, first_shown
from dashboards.pages.compare.ready import READY
from gridworld.runs.frame import Status
from support.clock import Clock


class Slow(AtOnce):
    """Takes a second for any work."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def submit(self, work, /, *arguments, **options):
        self.clock.now += 1.0
        return super().submit(work, *arguments, **options)


def test_it_takes_a_fifth_of_the_time_while_runs_come_in_and_is_computed_at_once_when_they_rest():
    clock, shown = Clock(), []
    hub = Hub(clock=clock, busy=lambda: 0.0, executors=Executors(lambda name: Slow(clock)))
    plan = READY["cliff"].plan
    experiment = SimpleNamespace(plan=plan, result=None, status=Status.RUNNING, revision=0)
    digests, cells = Digests(hub, shown.append, lambda sentence: None), first_shown(plan)
    began = clock.now
    while clock.now < began + 50:
        clock.now += 0.25
        experiment.revision += 1
        digests.refresh(experiment, cells, "returns", False)
    assert 8 <= len(shown) <= 11
    digests.refresh(experiment, cells, "lengths", False)
    assert shown[-1].kind == "lengths", "another choice is shown at once"
    experiment.status, seen = Status.FINISHED, len(shown)
    for _ in range(2):
        digests.refresh(experiment, cells, "lengths", False)
    assert len(shown) == seen + 1
