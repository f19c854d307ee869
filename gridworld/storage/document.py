"""The document of a checkpoint: its typed form, and what else it must fulfil before a session is made from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from gridworld.agents import agent_class
from gridworld.errors import CheckpointError
from gridworld.storage.environment_state import MAX_STATE
from gridworld.storage.json_records import check_head, decode
from gridworld.training.scene import Intervention
from gridworld.training.session import TrainingSession
from gridworld.training.settings import MAX_ROWS, Settings
from gridworld.training.world_edits import WORLD, edited_problem, numbers_of
from gridworld.worlds.named import OPEN, WORLDS

FORMAT = "gridworld checkpoint"
VERSION = 1
MOST = 1 << 56  # steps, episodes
MAX_OPTIONS = 1 << 20  # bytes of JSON: an option can be the map of an environment
MAX_ID = 10_000  # characters of a world's id; it can carry options
_FILE = "The file"

Count = Annotated[int, Meta(ge=0, le=MOST)]
Numbers = dict[str, int | float | str | bool]
Whole64 = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
Seconds = Annotated[float, Meta(ge=0, lt=253_402_300_800)]  # since 1970, up to the year 9999


class StoredSettings(Struct, forbid_unknown_fields=True):
    """What a run was made from; see `Settings`."""

    world: str
    agent: str
    options: Raw
    hyperparameters: Numbers
    seed: Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]
    episodes: Count


class StoredIntervention(Struct, forbid_unknown_fields=True):
    """A change during the run; see `Intervention`."""

    step: Count
    episode: Count
    changes: Numbers


class Summary(Struct, frozen=True):
    """What a table of runs shows of one; see `library_index.Row`."""

    world: str | None = None
    world_key: str | None = None
    agent: str | None = None
    agent_id: str | None = None
    seed: Whole64 | None = None
    step: Whole64 | None = None
    episode: Whole64 | None = None
    mean_return: float | None = None
    mean_over: Whole64 | None = None
    greedy_return: float | None = None
    saved: Seconds | None = None


class Summarized(Struct):
    """A document of which only the summary is read."""

    summary: Summary


class Document(Struct):
    """A document whose values have the right types; whether they fit the world shows when the session begins."""

    settings: StoredSettings
    hyperparameters: Numbers
    pending: Numbers
    interventions: list[StoredIntervention]
    departures: list[str]
    episodes: Count
    stepped: bool
    capacity: Annotated[int, Meta(ge=2, le=MAX_ROWS)]
    history_version: Annotated[int, Meta(ge=0, le=56)]
    model: Annotated[int, Meta(ge=0, lt=1 << 32)]
    world_text: str | None = None
    environment: Raw = Raw(b"null")

    def __post_init__(self) -> None:
        if any(later.step < earlier.step for earlier, later in pairwise(self.interventions)):
            raise ValueError("the interventions are not in the order of their steps")

    def make_settings(self) -> Settings:
        """Return the run's settings, once nothing in them is huge; what its world refuses shows when it is made.

        Raises
        ------
        CheckpointError
            `too_large`, `document` or `world`.
        """
        stored = self.settings
        _check_bytes(stored.options, MAX_OPTIONS, "options of the run's world")
        options = decode(bytes(stored.options), dict[str, Any], _FILE)
        settings = Settings(
            world=stored.world,
            agent=stored.agent,
            options=options,
            hyperparameters=stored.hyperparameters,
            seed=stored.seed,
            episodes=stored.episodes,
        )
        if self.world_text is not None and self.world_text != WORLDS.get(settings.world):
            settings = replace(settings, world=self.world_text)  # that name means another world here, or none
        if "\n" not in settings.world.strip("\n") and len(settings.world) > MAX_ID:
            raise CheckpointError(
                "world", f"The run's world has an id of {len(settings.world):,} characters; at most {MAX_ID:,} fit."
            )
        return settings

    def environment_state(self) -> Any:
        """Return the state of the real environment, None where it was not stored; `too_large` is refused."""
        _check_bytes(self.environment, MAX_STATE, "state of the run's environment")
        return decode(bytes(self.environment), Any, _FILE)

    def made_interventions(self) -> list[Intervention]:
        """Return the changes during the run, in the order of their steps."""
        return [Intervention(change.step, change.episode, change.changes) for change in self.interventions]

    def begin(self, settings: Settings, compiled: bool) -> TrainingSession:
        """Return a session that has the run's settings and has not done a step.

        Raises
        ------
        CheckpointError
            `agent`, `world` or `settings`.
        """
        try:
            agent_class(settings.agent)
        except ValueError as problem:
            raise CheckpointError("agent", f"The run can't be loaded: {problem}") from None
        try:
            settings.make_problem()
        except Exception as problem:  # an environment's own code may raise anything
            raise CheckpointError("world", f"The run's world can't be made here: {_sentence(problem)}") from None
        try:
            session = TrainingSession(settings, compiled=compiled, stepped=self.stepped, history=self.capacity)
            session.extend(self.episodes)
            session.take_changes(self.made_interventions())
            self._check_hyperparameters(session)
        except (ValueError, TypeError, ArithmeticError) as problem:
            raise CheckpointError("settings", f"The run can't be loaded: {_sentence(problem)}") from None
        return session

    def _check_hyperparameters(self, session: TrainingSession) -> None:
        agent = type(session.agent).create(self.hyperparameters)
        allowed = set(agent.live) & set(agent.hyperparameters())
        edited = (*(numbers_of(intervention.changes) for intervention in self.interventions), numbers_of(self.pending))
        if WORLD in self.pending:
            edited_problem(session.problem, self.pending[WORLD])
        for changes in edited:
            if set(changes) - allowed:
                raise ValueError(
                    f"{sorted(set(changes) - allowed)[0]} was changed during the run, which is not possible."
                )
            for name, value in changes.items():
                agent.change(name, value)


def read_document(text: bytes) -> Document:
    """Return the document of a checkpoint.

    Raises
    ------
    CheckpointError
        `not_a_checkpoint`, `version` or `document`.
    """
    check_head(text, FORMAT, VERSION, _FILE)
    return decode(text, Document, _FILE)


def read_summary(text: bytes) -> Summary:
    """Return the summary in the document of a checkpoint. Raises as `read_document`."""
    return decode(text, Summarized, _FILE).summary


def _sentence(problem: Exception) -> str:
    """Return the text of an exception, as the end of a sentence."""
    return f"{str(problem).rstrip('.') or type(problem).__name__}."


def _check_bytes(raw: Raw, most: int, what: str) -> None:
    if len(bytes(raw)) > most:
        raise CheckpointError("too_large", f"The {what} has {len(bytes(raw)):,} bytes; at most {most:,} are allowed.")


def check_states(settings: Settings, states: int) -> None:
    """Refuse a world that can't have this many states, before its model is built."""
    open_size = OPEN.fullmatch(settings.world.partition("?")[0])
    if "\n" in settings.world:
        fits = states <= len(settings.world)
    else:
        fits = open_size is None or states == int(open_size[1][:9]) ** 2
    if not fits:
        raise CheckpointError("shape", f"The file has values for {states:,} states; its world doesn't have that many.")
