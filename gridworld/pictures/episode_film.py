"""A film of the greedy policy at play: step by step, an episode and, where there is time, the next ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PIL import Image

from gridworld.insight.recent_past import with_updates
from gridworld.pictures.draw import meaning_of
from gridworld.pictures.film_sheet import EDGE, UNITS, FilmSheet
from gridworld.training.greedy_play import GreedyPlay
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession

SLOWEST, FASTEST = 4.0, 20.0  # steps shown a second
HOLD = 1.0  # second that the end of an episode is shown
MOST_STEPS = 20_000  # that are played for a film


class EpisodeFilm:
    """The images of a film of this many seconds; `seconds` has how long each is shown."""

    def __init__(
        self,
        session: TrainingSession,
        seconds: float,
        width: int,
        theme: str,
        colour: str,
        report: Callable[[float], None],
    ) -> None:
        problem, settings = session.problem, session.settings_in_force
        meaning = meaning_of(problem, settings, colour)
        learned = with_updates(session, session.scene()) if meaning.overlay.lately else session.scene()
        self._learned: dict[str, Any] = {"memory": learned.memory, "updates": learned.updates}
        self._shown = _timed(GreedyPlay(session, settings.seed), seconds, report)
        self.seconds = [shown for _, shown in self._shown]
        meaning.follow(meaning.numbers(problem, self._scene(0)))
        self._sheet = FilmSheet(problem, settings, meaning, theme, width, UNITS - 2 * EDGE, 0.0)

    def image(self, number: int) -> Image.Image:
        """Return an image, RGB."""
        scene = self._scene(number)
        above = f"greedy policy · step {scene.episode_step:,} · return {scene.episode_return:.4g}".replace("-", "−")
        return self._sheet.canvas(scene, above).shown()

    def _scene(self, number: int) -> Scene:
        """Return a scene of the play, with what was learned before it."""
        return replace(self._shown[number][0], **self._learned)


def _timed(play: GreedyPlay, seconds: float, report: Callable[[float], None]) -> list[tuple[Scene, float]]:
    """Return scenes of whole episodes with the seconds that each is shown, which fill a film together.

    An episode that is too long for the film at the lowest pace is played faster, so that its end is seen.
    """
    shown: list[tuple[Scene, float]] = []
    filled, played = 0.0, 0
    while played < MOST_STEPS:
        report(min(1.0, filled / seconds))
        episode = _episode(play, MOST_STEPS - played)
        played += len(episode)
        timed = _paced(episode, seconds)
        needed = sum(time for _, time in timed)
        if shown and filled + needed > seconds:
            break
        shown += timed
        filled += needed
    play.close()
    return [(scene, time * seconds / filled) for scene, time in shown]


def _paced(episode: list[Scene], seconds: float) -> list[tuple[Scene, float]]:
    """Return the scenes of an episode that are shown, and for how long."""
    hold = min(HOLD, seconds / 2)
    pace = max(SLOWEST, (len(episode) - 1) / (seconds - hold))
    stride = max(1, round(pace / FASTEST))
    return [(scene, stride / pace) for scene in episode[:-1:stride]] + [(episode[-1], hold)]


def _episode(play: GreedyPlay, most: int) -> list[Scene]:
    """Play an episode and return its scenes, from the start to its end or to as many steps as may be played."""
    play.begin_episode()
    scenes = [play.scene()]
    while not play.is_over and len(scenes) <= most:
        play.advance()
        scenes.append(play.scene())
    return scenes
