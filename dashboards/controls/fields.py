"""The form row of a parameter: what it looks like follows from how it was declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import param

from dashboards.controls.choice_field import ChoiceField
from dashboards.controls.number_field import NumberField
from dashboards.controls.presses import Switch
from dashboards.style.choice import choice_of
from dashboards.style.widgets import LABELLED


def field_of(owner: param.Parameterized, name: str) -> Any:
    """Return the form row of one parameter; `disabled` and `visible` can be set on it."""
    declared = owner.param[name]
    if isinstance(declared, param.Selector):
        return choice_of(declared, **LABELLED)
    if isinstance(declared, param.Boolean):
        return Switch.from_param(declared, size="small", margin=0)
    return NumberField(owner, name)


def refused(fields: Iterable[Any]) -> str:
    """Return why what was typed in one of the fields that are shown was refused; "" if nothing was."""
    numbers = (field for field in fields if isinstance(field, NumberField) and field.visible)
    return next((field.problem for field in numbers if field.problem), "")


def refuse(field: Any, sentence: str) -> bool:
    """Show below a field why an edit was refused; an empty sentence takes the last one away.

    Return whether the field has a place for it.
    """
    if isinstance(field, NumberField | ChoiceField):
        field.refuse(sentence)
        return True
    if hasattr(field, "helper_text"):
        field.param.update(helper_text=sentence, error_state=bool(sentence))
        return True
    return False
