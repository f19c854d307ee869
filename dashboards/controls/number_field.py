"""A number that people type: checked at the server, with the reason of a refusal below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
from panel.util import edit_readonly

from dashboards.live.panel_patches.echoes import WithoutEchoes
from dashboards.style.buttons import on_press
from dashboards.style.widgets import FIELD_SX, LABELLED, SLIDER_SX, STEPPER_SX, WIDE, html, problem_html, row
from gridworld.parameters import change, read_number

NARROW_LABEL = {"& .MuiInputLabel-shrink": {"maxWidth": "calc(133% - 14px)"}}  # of a narrow field is read whole


class TypedText(WithoutEchoes, pmui.TextInput):
    """A text of which the browser alone knows what is being typed.

    `pmui.TextInput` sends each value that comes from the browser back as the text being typed; by then that may be the
    beginning of the next one, which is lost.
    """

    def _sync_value_input(self) -> None:
        """Send nothing back."""

    def write(self, text: str) -> None:
        """Show a text in place of what is there."""
        with edit_readonly(self):
            self.param.update(value=text, value_input=text)


class Slider(WithoutEchoes, pmui.FloatSlider):
    """A slider over numbers."""


class WholeSlider(WithoutEchoes, pmui.IntSlider):
    """A slider over whole numbers."""


class NumberField(pn.viewable.Viewer):
    """Text beside a slider over the soft bounds, or beside steppers where a parameter has no upper soft bound.

    It is text because the browser's number fields revert without a word what they cannot read, and take no keys
    after Enter. A refused text stays as it was typed; the parameter of `owner` stays as it was.
    """

    def __init__(self, owner: param.Parameterized, parameter: str) -> None:
        super().__init__()
        self._owner, self._parameter = owner, parameter
        self._declared: param.Number = owner.param[parameter]
        self._following = False
        self._whole = isinstance(self._declared, param.Integer)
        has_slider = not self._whole or (self._declared.softbounds or (0, None))[1] is not None
        self._slider = self._make_slider() if has_slider else None
        self._steppers = [] if has_slider else [self._stepper("−", "Decrease", -1), self._stepper("+", "Increase", 1)]
        self.text = self._make_text(has_slider)
        self._parts: list[Any] = [self._slider, self.text] if has_slider else [self.text, *self._steppers]
        self._panel = row(*self._parts, gap="0 10px" if has_slider else "0 4px", flex_wrap="wrap")
        self._problem: pn.pane.HTML | None = None  # made for the first refusal
        self.text.param.watch(self._typed, "value")
        owner.param.watch(lambda event: self.follow(), parameter)

    def __panel__(self) -> Any:
        return self._panel

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return self._panel.visible

    @visible.setter
    def visible(self, shown: bool) -> None:
        self._panel.visible = shown

    @property
    def disabled(self) -> bool:
        """Whether the number may not be edited now."""
        return self.text.disabled

    @disabled.setter
    def disabled(self, locked: bool) -> None:
        for part in self._parts:
            part.disabled = locked

    @property
    def problem(self) -> str:
        """Why the last edit was refused; "" if it wasn't."""
        return self._sentence

    _sentence = ""

    def refuse(self, sentence: str) -> None:
        """Show below the field why an edit was refused; an empty sentence takes the last one away."""
        self._sentence = sentence
        self.text.error_state = bool(sentence)
        if self._problem is None:
            if not sentence:
                return
            self._problem = html("", sizing_mode="stretch_width", styles={"flex": "1 0 100%"})
            self._panel.append(self._problem)
        self._problem.param.update(object=problem_html(sentence), visible=bool(sentence))

    def follow(self) -> None:
        """Show the parameter as it is."""
        value = getattr(self._owner, self._parameter)
        with self._follow():
            if not self._means(value):
                self.text.write(self._written(value))
            if self._slider is not None:
                _move(self._slider, value)
        self.refuse("")

    def _means(self, value: float) -> bool:
        """Return whether the text, as it is, stands for a value."""
        try:
            return float(self.text.value.replace("−", "-")) == value
        except ValueError:
            return False

    def _written(self, value: float) -> str:
        return str(value) if self._whole else f"{value:.10g}"

    @contextmanager
    def _follow(self) -> Iterator[None]:
        """Change widgets without taking it for an edit."""
        self._following = True
        try:
            yield
        finally:
            self._following = False

    def _make_text(self, has_slider: bool) -> TypedText:
        look: dict[str, Any] = (
            {"label": f"{self._declared.label} value", "sx": FIELD_SX, "margin": 0, "width": 72, "align": "center"}
            if has_slider
            else {"label": self._declared.label, "description": self._declared.doc, "sx": NARROW_LABEL, **LABELLED}
        )
        text = TypedText(size="small", max_length=40, **look)
        text.write(self._written(getattr(self._owner, self._parameter)))
        return text

    def _make_slider(self) -> Slider | WholeSlider:
        low, high = self._declared.get_soft_bounds()
        slider = (WholeSlider if self._whole else Slider)(
            value=min(max(getattr(self._owner, self._parameter), low), high),
            start=low,
            end=high,
            step=self._declared.step or (1 if self._whole else (high - low) / 100),
            label=self._declared.label,
            description=self._declared.doc,
            show_value=False,
            size="small",
            sx=SLIDER_SX,
            **WIDE,
        )
        slider.param.watch(self._slid, "value")
        slider.param.watch(lambda event: self._take(float(self._written(event.new))), "value_throttled")
        return slider

    def _stepper(self, sign: str, verb: str, by: int) -> pmui.Button:
        button = pmui.Button(
            label=sign,
            description=f"{verb} {self._declared.label}",
            variant="outlined",
            color="default",
            sx=STEPPER_SX,
            margin=(7, 0, 3, 0),
            width=32,
            height=38,
        )
        on_press(button, lambda: self._step(by))
        return button

    def _step(self, by: int) -> None:
        low, high = self._declared.bounds or (None, None)
        value = getattr(self._owner, self._parameter) + by * (self._declared.step or 1)
        self._take(min(max(value, value if low is None else low), value if high is None else high))

    def _slid(self, event: Any) -> None:
        """Show the number while the thumb is dragged; it is taken when it is released."""
        if not self._following:
            with self._follow():
                self.text.write(self._written(event.new))

    def _typed(self, event: Any) -> None:
        if not self._following:
            self._attempt(read_number, event.new)

    def _take(self, value: float) -> None:
        if not self._following:
            self._attempt(change, value)

    def _attempt(self, set_it: Callable[..., None], value: Any) -> None:
        """Set the parameter; a watcher may refuse it as well, and its sentence then stays."""
        if self.disabled:  # the browser locks it as well, but may be anyone's
            self.follow()
            return
        self.refuse("")
        try:
            set_it(self._owner, self._parameter, value, self._declared.label)
        except ValueError as problem:
            self.refuse(str(problem))


def _move(slider: Slider | WholeSlider, value: float) -> None:
    """Move the thumb, and what it counts as its last release: to return there must be a change again."""
    within = min(max(value, slider.start), slider.end)
    with param.edit_constant(slider):
        slider.param.update(value=within, value_throttled=within)
