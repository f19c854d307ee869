"""Whether a server sends a page, and whether anybody looks at it."""

import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from dashboards.live.served import has_viewer, now_and_then, served_page
from support.served import ServedDocument


@pytest.mark.parametrize(("connections", "expected"), [(0, False), (2, True)])
def test_a_served_page_has_viewers_while_browsers_are_connected(connections, expected):
    document = ServedDocument()
    document.connections = connections
    with set_curdoc(document):
        assert served_page() is document
    assert has_viewer(document) is expected


def test_a_served_page_looks_for_changes_by_others():
    with set_curdoc(document := ServedDocument()):
        now_and_then(print, 2.0)
    assert [callback.period for callback in document.session_callbacks] == [2000]


def test_what_no_server_sends_is_no_served_page_and_looks_for_nothing():
    assert served_page() is None
    with set_curdoc(document := Document()):
        assert served_page() is None
        now_and_then(print, 2.0)
    assert document.session_callbacks == []
