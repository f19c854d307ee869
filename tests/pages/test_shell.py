"""What all pages share."""

from dashboards.pages.header import ShareDialog
from dashboards.pages.shell import shell
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
