"""The defaults of models are remembered, and are what they would be."""

from __future__ import annotations

import pytest
from bokeh.core.has_props import HasProps, Local
from bokeh.core.properties import Dict, Int, List, Override, String
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.model import Model

from dashboards.live.panel_patches.defaults import remember_defaults


@pytest.fixture(autouse=True)
def libraries(monkeypatch):
    """Take back what the change changes."""
    name = "_get_default"
    monkeypatch.setattr(PropertyDescriptor, name, vars(PropertyDescriptor)[name])
    remember_defaults()


class Part(Local, Model):
    size = Int(default=1)
    text = String(default="as declared")
    numbers = List(Int, default=[1])
    own = Int(default=lambda: next(Part.count))
    count = iter(range(100))


class Special(Part):
    text = Override(default="overridden")


def test_each_class_has_its_own_defaults():
    for _ in range(2):
        assert (Part().text, Special().text, Part().size) == ("as declared", "overridden", 1)


def test_what_was_set_is_no_default():
    part = Part(size=2)
    part.text = "set"
    assert (part.size, part.text) == (2, "set")
    assert (Part().size, Part().text) == (1, "as declared")


def test_a_theme_comes_before_a_default_and_leaves_it():
    part = Part()
    assert part.size == 1
    part.apply_theme({"size": 3})
    assert part.size == 3
    assert Part().size == 1
    part.unapply_theme()
    assert part.size == 1


def test_what_may_differ_is_not_shared():
    one, other = Part(), Part()
    one.numbers.append(2)
    assert (one.numbers, other.numbers) == ([1, 2], [1])
    one.numbers.clear()
    assert (one.numbers, other.numbers, Part().numbers) == ([], [1], [1])
    assert one.own != other.own
    assert one.own == one.own


def test_a_default_is_worked_out_once(monkeypatch):
    worked_out = []
    overridden = HasProps._overridden_defaults.__func__
    monkeypatch.setattr(
        HasProps, "_overridden_defaults", classmethod(lambda cls: worked_out.append(1) or overridden(cls))
    )
    one, other = Special(), Special()
    assert one.size == 1
    worked_out.clear()
    assert other.size == 1
    assert not worked_out


def test_another_version_works_them_out_its_own_way(monkeypatch):
    def other(self, owner, name):
        return None

    monkeypatch.setattr(PropertyDescriptor, "_get_default", other)
    remember_defaults()
    assert PropertyDescriptor._get_default is other


class Lists(Local, Model):
    parts = List(Int, default=[])
    named = Dict(String, Int, default={})
    counted = List(Int, default=lambda: [0] * next(Lists.count))
    count = iter(range(100))


def test_what_is_empty_by_default_is_of_each_model_alone_and_its_changes_are_heard():
    heard = []
    for _ in range(2):
        one, other = Lists(), Lists()
        one.on_change("named", lambda attr, old, new: heard.append(attr))
        one.parts.append(2)
        one.named["a"] = 1
        assert (one.parts, dict(one.named)) == ([2], {"a": 1})
        assert (other.parts, dict(other.named)) == ([], {})
    assert heard == ["named", "named"]
    assert len(Lists().counted) + 1 == len(Lists().counted)
