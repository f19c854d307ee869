"""What travels to a browser is what Bokeh itself would send, only made at less cost."""

from __future__ import annotations

import gzip
from base64 import b64decode

import numpy as np
import pytest
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.events import ColumnsPatchedEvent, MessageSentEvent, ModelChangedEvent
from bokeh.models import Column, ColumnDataSource, Div

from dashboards.live.panel_patches.messages import WORTH_A_FRAME, PatchSerializer, one_message
from dashboards.live.panel_patches.sources import Overwriting
from support.second_document import episodes_of, served


def unpacked(part):
    """The same, with bytes in place of how they were packed."""
    if isinstance(part, dict) and part.get("type") == "bytes":
        return gzip.decompress(b64decode(part["data"]))
    if isinstance(part, dict):
        return {name: unpacked(value) for name, value in part.items()}
    return [unpacked(value) for value in part] if isinstance(part, list | tuple) else part


VALUES = np.array([1.5, np.nan, -2.0], np.float32)


@pytest.mark.parametrize(
    "patches",
    [
        {"x": [(slice(0, 3), VALUES)], "name": [(1, "b"), (2, "c")]},
        {"x": [(0, 2.5), (1, float("nan")), (2, 7)]},
        Overwriting({"x": VALUES}),
    ],
)
def test_a_patch_travels_as_bokeh_would_send_it(patches):
    document = Document()
    source = ColumnDataSource({"x": np.zeros(3, np.float32), "name": ["", "", ""]})
    document.add_root(source)
    document.models.flush_synced(lambda model: False)
    events = [
        ColumnsPatchedEvent(document, source, "data", patches),
        ModelChangedEvent(document, source, "name", "new"),
    ]
    expected = Serializer(references={source}, deferred=False).encode(events)
    for _ in range(2):
        assert unpacked(PatchSerializer(document).encode(events)) == unpacked(expected)


def test_a_large_array_travels_apart_from_the_text():
    serializer = PatchSerializer(Document())
    serializer.encode([np.zeros(WORTH_A_FRAME, np.uint8), np.zeros(8, np.uint8)])
    assert [len(buffer.data) for buffer in serializer.buffers] == [WORTH_A_FRAME]


def test_all_changes_made_together_are_one_message():
    one, other = ColumnDataSource({"episode": [0.0]}), ColumnDataSource({"episode": [0.0]})
    with served(one, other) as page:

        def change() -> None:
            with one_message(page.document):
                one.data = {"episode": [1.0]}
                other.data = {"episode": [2.0]}

        assert episodes_of(page.change(change), [one, other]) == [[1], [2]]
        assert page.patches == 1


def test_what_came_and_went_within_one_message_is_not_spoken_of():
    box, passing, staying = Column(name="box"), Div(text="passing"), Div(text="staying")
    with served(box) as page:

        def change() -> None:
            with one_message(page.document):
                box.children = [passing]
                passing.text = "changed"
                box.children = [staying]
                staying.text = "changed"

        (shown,) = page.change(change).roots
        assert [child.text for child in shown.children] == ["changed"]


def test_what_is_new_is_defined_before_it_is_spoken_of_even_if_what_brought_it_has_left():
    left, right, moved = Column(name="left"), Column(name="right"), Div(text="new")
    source = ColumnDataSource({"episode": [1.0]})
    box = Column(left, right, name="box")
    with served(box) as page:

        def change() -> None:
            with one_message(page.document):
                left.children = [moved]
                moved.text, moved.tags = "changed", [source]
                source.stream({"episode": [2.0]})
                box.children = [right]
                right.children = [moved]

        copy = page.change(change)
        (shown,) = copy.roots
        assert [child.text for child in shown.children[0].children] == ["changed"]
        assert episodes_of(copy, [source]) == [[1, 2]], "no row comes twice"


def test_a_change_of_what_bokeh_takes_for_new_though_it_was_sent_is_not_left_out():
    box, child = Column(name="box"), Div(text="sent")
    with served(box) as page:

        def bring() -> None:
            with page.document.models.freeze():  # as Panel does where a layout changes
                box.children = [child]

        def change() -> None:
            with one_message(page.document):
                child.text = "changed"

        page.change(bring)
        (shown,) = page.change(change).roots
        assert [child.text for child in shown.children] == ["changed"]


def test_what_is_of_no_model_travels_with_the_changes_beside_it():
    """A press of Start moves the keyboard's focus by such a message, and its page showed nothing of the press."""
    div = Div(text="a")
    with served(div) as page:
        said: list[str] = []
        page.change(lambda: None).on_message("said", said.append)

        def change() -> None:
            with one_message(page.document):
                div.text = "b"
                page.document.callbacks.trigger_on_change(MessageSentEvent(page.document, "said", "hello"))
                page.document.title = "new"

        copy = page.change(change)
        assert (copy.roots[0].text, said, copy.title) == ("b", ["hello"], "new")
