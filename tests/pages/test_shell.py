"""What all pages share."""

from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui
from bokeh.document import Document
from panel.io.state import set_curdoc

from dashboards.pages.header import ShareDialog
from dashboards.pages.shell import resting_tabs, shell
from support.hubs import make_hub


def test_a_page_has_no_progress_bar_that_never_shows_anything():
    page = shell(make_hub(), None, [], None, drawer_open=True, retheme=lambda dark: None)
    assert page.busy_indicator is None


def test_why_there_is_no_link_is_written_below_the_field_where_it_can_be_read_whole():
    share = ShareDialog("abc")
    share.show("http://here/app?run=abc", "No link carries this world: its text is too long.")
    assert (share._setup.value, share._setup.helper_text) == ("", "No link carries this world: its text is too long.")
    share.show("http://here/app?run=abc", "http://here/app?world=easy")
    assert (share._setup.value, share._setup.helper_text) == ("http://here/app?world=easy", "")


def test_what_a_tab_shows_for_the_first_time_has_the_theme_that_its_page_has_by_then():
    document = Document()
    with set_curdoc(document):
        for served in (True, False):
            document._session_context = (
                (lambda: SimpleNamespace(request=SimpleNamespace(arguments={}))) if served else None
            )
            buttons = {title: pmui.Button() for title in ("First", "Second")}
            tabs = resting_tabs({title: pn.Column(button) for title, button in buttons.items()}, {}, lambda do: do())
            pn.config.theme = "dark"
            tabs.active = 1
            assert buttons["Second"].dark_theme == served
            pn.config.theme = "default"
