"""The form that makes the offline page, pictures and films of a run: what, in which form, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import panel as pn
import param

from dashboards.controls.fields import field_of, refused
from dashboards.export.subprocess import export_bytes, film_bytes
from dashboards.hub.executors import Executors
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import from_threads, sentence
from dashboards.live.served import served_page
from dashboards.pages.downloads import Downloads, button
from dashboards.style.widgets import stack
from gridworld.insight.overlays import LABELS, OVERLAYS
from gridworld.pictures.draw import PICTURES, draw_picture
from gridworld.pictures.film import FILMS, SECONDS, check_film
from gridworld.pictures.film import WIDTH as WIDTHS
from gridworld.pictures.journals import copy_of
from gridworld.pictures.picture import LARGEST, SMALLEST, USUAL
from gridworld.pictures.video import ffmpeg
from gridworld.storage.checkpoint import Checkpoint, freeze, thaw
from gridworld.storage.keyframes import Keyframe
from gridworld.training.session import TrainingSession

PAGE = "page"
KINDS = {
    "Offline page": PAGE,
    "Picture of the board": "board",
    "Picture of the curves": "curves",
    "Film of the policy": "episode",
    "Film of the training": "training",
}
OF_A_MOMENT = ("board", "episode")  # what shows a run as it is at one step
FORMS = {PAGE: ["HTML"], **{name: ["SVG", "PNG"] for name in PICTURES}, **{name: ["GIF", "MP4"] for name in FILMS}}
BESIDE_HEADING: dict[str, Any] = {
    "margin": 0,
    "styles": {"position": "absolute", "top": "-32px", "right": "0", "gap": "8px"},
}
GRID = {"display": "grid", "grid_template_columns": "repeat(auto-fit, minmax(130px, 1fr))", "gap": "2px 12px"}


class PictureOptions(param.Parameterized):
    """What is made, and how it looks."""

    what = param.Selector(default=PAGE, objects=KINDS, label="Make")
    form = param.Selector(default="HTML", objects=["HTML"], label="As")
    colour = param.Selector(default="state value", objects={LABELS[name]: name for name in OVERLAYS}, label="Colours")
    theme = param.Selector(default="", objects={"As here": "", "Light": "light", "Dark": "dark"}, label="Theme")
    height = param.Integer(
        USUAL, bounds=(SMALLEST, LARGEST), label="Height", doc="In pixels; of a board, about its longer side."
    )
    width = param.Integer(480, bounds=WIDTHS, step=2, label="Width", doc="In pixels, an even number.")
    seconds = param.Integer(10, bounds=(int(SECONDS[0]), int(SECONDS[1])), label="Seconds", doc="Length of the film.")


class PicturesForm:
    """Makes one thing at a time and hands it over; what takes seconds can be stopped.

    Parameters
    ----------
    shared
        Return the present run, or None when it is gone.
    session
        Return its session; None, with the reason reported, where it is not in hand.
    downloads, report
        The page's way to hand over files, and to report a sentence or an error.
    theme
        "light" or "dark".
    executors
        Where pictures are drawn, and where processes are waited for.
    stem
        Return the beginning of a file's name, at a step.

    Where the page shows a past moment, which `moment()` returns, a picture of the board and a film of the policy are of
    that moment; all else is of the whole run.
    """

    def __init__(
        self,
        shared: Callable[[], SharedRun | None],
        session: Callable[[], TrainingSession | None],
        downloads: Downloads,
        report: Callable[[str, str], None],
        theme: Callable[[], str],
        executors: Executors,
        stem: Callable[[TrainingSession, int], str],
    ) -> None:
        self.moment: Callable[[], Keyframe | None] = lambda: None
        self._shared, self._session, self._downloads, self._report = shared, session, downloads, report
        self._theme, self._executors, self._stem = theme, executors, stem
        self._stopped = Event()
        self.options = PictureOptions()
        names = [name for name in PictureOptions.param if name != "name"]
        self.fields = {name: field_of(self.options, name) for name in names}
        self.make = button("Make", "movie", self._make, color="primary", variant="contained", sx={"height": 32})
        self.stop = button("Stop", "stop", lambda: self._stopped.set(), visible=False)
        self.options.param.watch(lambda event: self._show(), "what")
        self.panel = stack(stack(*self.fields.values(), **GRID), pn.Row(self.make, self.stop, **BESIDE_HEADING))
        self._show()

    def offer(self, overlays: dict[str, str]) -> None:
        """Offer what the colours can mean in the present world; what is chosen stays, if it still can."""
        named = {label: name for label, name in overlays.items() if name}
        if named == dict(self.options.param.colour.names or {}):
            return
        chosen = self.options.colour if self.options.colour in named.values() else "state value"
        self.options.param.colour.objects = named
        self.options.colour = chosen

    def follow(self, overlay: str) -> None:
        """Take over the colours that were chosen for the board; a board without any leaves what is chosen here."""
        if overlay in dict(self.options.param.colour.names or {}).values():
            self.options.colour = overlay

    def _show(self) -> None:
        """Show the fields that mean something for what is made."""
        what = self.options.what
        self.options.param.form.objects = FORMS[what]
        self.options.form = FORMS[what][0]
        is_film, is_picture = what in FILMS, what in PICTURES
        seen = {"form": what != PAGE, "colour": what != "curves", "height": is_picture}
        for name, visible in (seen | {"width": is_film, "seconds": is_film}).items():
            self.fields[name].visible = visible

    def _make(self) -> None:
        shared, session, asked = self._shared(), self._session(), self.options
        if shared is None or session is None:
            return
        if wrong := refused(self.fields.values()):
            self._report("", wrong)
            return
        theme, form = asked.theme or self._theme(), asked.form.lower()
        moment = self.moment() if asked.what in OF_A_MOMENT else None
        step = session.step if moment is None else moment.step
        name = f"{self._stem(session, step)}{'' if asked.what == PAGE else '-' + asked.what}.{form}"
        self._stopped = Event()
        try:
            checkpoint = freeze(session) if moment is None else moment.checkpoint
            work = self._work(shared, session, checkpoint, theme, form)
        except ValueError as problem:
            self._report("", sentence(problem))
            return
        self._be_busy(True)
        self._report("It is being made …", "")
        executor = self._executors.files if asked.what in PICTURES else self._executors.exports
        self._downloads.begin(name, work, self._done, executor)

    def _work(
        self, shared: SharedRun, session: TrainingSession, checkpoint: Checkpoint, theme: str, form: str
    ) -> Callable[[], bytes]:
        """Return what makes it, from a copy of the run. Raises ValueError, in a sentence, for what can't be."""
        asked = self.options
        what, colour, progress, stopped = asked.what, asked.colour, self._progress(), self._stopped.is_set
        if what == PAGE:
            overlay = colour if session.problem.layouts else "state value"
            return partial(export_bytes, checkpoint, theme=theme, overlay=overlay, progress=progress, stopped=stopped)
        if what in PICTURES:
            journal, size = copy_of(shared.journal), asked.height
            return lambda: draw_picture(
                thaw(checkpoint), what, colour=colour, theme=theme, size=size, journal=journal
            ).encoded(form)
        check_film(what, asked.seconds, asked.width, theme)
        if form == "mp4":
            ffmpeg()
        looks = {"seconds": asked.seconds, "width": asked.width, "theme": theme, "colour": colour}
        return partial(film_bytes, checkpoint, what, form, looks, progress=progress, stopped=stopped)

    def _progress(self) -> Callable[[float], Any]:
        """Return what reports the share that is done, from the thread that waits."""
        document = served_page()
        if document is None:
            return lambda share: None
        change_soon = from_threads(document)

        def progress(share: float) -> None:
            change_soon(lambda: self._report(f"It is being made: {share:.0%}", ""))

        return progress

    def _done(self, text: str, error: str) -> None:
        self._be_busy(False)
        self._report(text, error)

    def _be_busy(self, is_busy: bool) -> None:
        self.make.disabled, self.stop.visible = is_busy, is_busy and self.options.what not in PICTURES
