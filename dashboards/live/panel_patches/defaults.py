"""The defaults of Bokeh's models, which are looked up thousands of times for each page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bokeh.core.has_props import HasProps
from bokeh.core.property.bases import Property
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.wrappers import PropertyValueContainer

from dashboards.live.panel_patches.presence import has, takes, usable

SHAREABLE = frozenset({str, int, float, bool, type(None)})


def remember_defaults() -> None:
    """Work out once for each class what a property is by default, if that can't change and no theme sets it.

    Bokeh copies and checks a default at each look at it, through all that a class inherits: a quarter of the time that
    a page takes. Of lists and the like a model needs its own; what is empty by default is made without these checks.
    """
    work_out: Any = getattr(PropertyDescriptor, "_get_default", None)
    names = {
        "PropertyDescriptor._get_default(obj)": takes(work_out, "obj"),
        "PropertyDescriptor.has_unstable_default(obj)": takes(
            getattr(PropertyDescriptor, "has_unstable_default", None), "obj"
        ),
        "HasProps.themed_values()": takes(HasProps.themed_values),
        "HasProps._unstable_default_values": "_unstable_default_values" in HasProps.__init__.__code__.co_names,
        "Property._default": has(Property(), "_default"),
        "PropertyValueContainer._register_owner": has(PropertyValueContainer, "_register_owner"),
    }
    if not usable("pages made faster", names):
        return
    known: defaultdict[type[HasProps], dict[str, Any]] = defaultdict(dict)
    empty: defaultdict[type[HasProps], dict[str, Callable[[], Any]]] = defaultdict(dict)

    def is_made_by_a_function(descriptor: Any, obj: HasProps) -> bool:
        own = type(obj)._overridden_defaults().get(descriptor.name, descriptor.property._default)
        return callable(own)

    def get_default(self: Any, obj: HasProps) -> Any:
        themed = obj.themed_values()
        if themed is not None and self.name in themed:
            return work_out(self, obj)
        of_class = known[type(obj)]
        if self.name in of_class:
            return of_class[self.name]
        if self.name in obj._unstable_default_values:
            return obj._unstable_default_values[self.name]
        if self.name in empty[type(obj)]:
            own = obj._unstable_default_values[self.name] = empty[type(obj)][self.name]()
            own._register_owner(obj, self)
            return own
        value = work_out(self, obj)
        if isinstance(value, PropertyValueContainer) and not value and not is_made_by_a_function(self, obj):
            empty[type(obj)][self.name] = type(value)
        elif type(value) in SHAREABLE and not self.has_unstable_default(obj):
            of_class[self.name] = value
        return value

    PropertyDescriptor._get_default = get_default
