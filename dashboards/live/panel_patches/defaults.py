"""The defaults of Bokeh's models, which are looked up thousands of times for each page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.descriptors import PropertyDescriptor

from dashboards.live.panel_patches.presence import takes, usable

SHAREABLE = frozenset({str, int, float, bool, type(None)})


def remember_defaults() -> None:
    """Work out once for each class what a property is by default, if that can't change and no theme sets it.

    Bokeh copies and checks a default at each look at it, through all that a class inherits: a quarter of the time that
    a page takes.
    """
    work_out: Any = getattr(PropertyDescriptor, "_get_default", None)
    names = {
        "PropertyDescriptor._get_default(obj)": takes(work_out, "obj"),
        "PropertyDescriptor.has_unstable_default(obj)": takes(
            getattr(PropertyDescriptor, "has_unstable_default", None), "obj"
        ),
        "HasProps.themed_values()": takes(HasProps.themed_values),
    }
    if not usable("pages made faster", names):
        return
    known: defaultdict[type[HasProps], dict[str, Any]] = defaultdict(dict)

    def get_default(self: Any, obj: HasProps) -> Any:
        themed = obj.themed_values()
        if themed is not None and self.name in themed:
            return work_out(self, obj)
        of_class = known[type(obj)]
        if self.name in of_class:
            return of_class[self.name]
        value = work_out(self, obj)
        if type(value) in SHAREABLE and not self.has_unstable_default(obj):
            of_class[self.name] = value
        return value

    PropertyDescriptor._get_default = get_default
