"""A list to choose from: the browser's own, which the keyboard, screen readers and phones operate by themselves."""

from __future__ import annotations

from typing import Any

import panel as pn
import param

CHOICE_CSS = """
:host { --height: 40px; --size: 15px; font-family: var(--bokeh-base-font); }
option, optgroup { color: var(--mui-palette-text-primary); background: var(--mui-palette-background-paper); }
.bk-input-group.bk-input-group.bk-input-group { position: relative; padding: 0;
  > label { position: absolute; z-index: 1; top: -8px; left: 10px; padding: 0 4px; margin: 0; display: flex; gap: 4px;
    font-size: 11px; line-height: 16px; color: var(--mui-palette-text-secondary);
    background: var(--mui-palette-background-paper); }
  select.bk-input { height: var(--height); min-height: 0; margin: 0; padding: 0 30px 0 13px; border-radius: 8px;
    border: 1px solid var(--mui-palette-action-disabled); font-size: var(--size); text-overflow: ellipsis;
    color: var(--mui-palette-text-primary); background-color: var(--mui-palette-background-paper); appearance: none;
    background-image: linear-gradient(45deg, transparent 50%, currentcolor 50%),
      linear-gradient(-45deg, transparent 50%, currentcolor 50%);
    background-position: right 17px center, right 12px center; background-size: 5px 5px;
    background-repeat: no-repeat; }
  select.bk-input:hover:enabled { border-color: var(--mui-palette-text-primary); }
  select.bk-input:focus-visible { outline: 2px solid var(--mui-palette-primary-main); }
  select.bk-input:disabled { opacity: 1; color: var(--mui-palette-text-disabled); } }
"""
SMALL_CSS = ":host { --height: 36px; --size: 13px; }"
UNLABELLED_CSS = """
.bk-input-group.bk-input-group.bk-input-group > label { width: 1px; height: 1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); }
"""


class Choice(pn.widgets.Select):
    """A list whose values may be "": Panel takes an empty text from the browser for the first entry."""

    @property
    def unicode_values(self) -> list[str]:
        """The values as the browser has them: each entry's own, or its label where that is empty."""
        return [str(value) or label for value, label in zip(self.values, self.labels, strict=True)]


def choice(label: str, *, small: bool = False, is_labelled: bool = True, **params: Any) -> Choice:
    """Return a list to choose from; a label that is not shown still names it for screen readers."""
    return Choice(label=label, stylesheets=_styles(small, is_labelled), **params)


def choice_of(declared: param.Parameter, **params: Any) -> Choice:
    """Return the list of a parameter's choices, which the two share."""
    return Choice.from_param(declared, stylesheets=_styles(False, True), **params)


def _styles(small: bool, is_labelled: bool) -> list[str]:
    return [CHOICE_CSS, *[SMALL_CSS] * small, *[UNLABELLED_CSS] * (not is_labelled)]
