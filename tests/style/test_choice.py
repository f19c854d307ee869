"""A list to choose from takes each of its entries from the browser."""

from __future__ import annotations

import pytest
from bokeh.document import Document

from dashboards.style.choice import choice

ENTRIES = {"Value": "value", "Nothing": "", "Seven": 7}


@pytest.mark.parametrize("label", ENTRIES)
def test_each_entry_can_be_chosen_also_one_whose_value_is_empty(label):
    chosen = choice("Colour by", options=ENTRIES)
    model = chosen.get_root(Document())
    sent = next(value for value, shown in model.options if shown == label)
    model.value = sent
    assert (chosen.value, model.value) == (ENTRIES[label], sent)


def test_a_value_set_in_python_is_the_entry_in_the_browser():
    chosen = choice("Colour by", options=ENTRIES, value="")
    model = chosen.get_root(Document())
    assert (model.value, "Nothing") in model.options
