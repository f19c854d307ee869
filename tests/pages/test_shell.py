"""What all pages share."""

from dashboards.pages.shell import shell
from support.hubs import make_hub


def test_a_page_has_no_progress_bar_that_never_shows_anything():
    page = shell(make_hub(), None, [], None, drawer_open=True, retheme=lambda dark: None)
    assert page.busy_indicator is None
