"""The page: what a server runs for each visitor. Its address ends in the name of this file, `/app`."""

from dashboards.hub.hub import process_hub
from dashboards.pages.browser import draw_as_preferred
from dashboards.pages.registry import page
from dashboards.pages.shell import TITLE, asked, known_theme
from dashboards.serving.startup import prepare

prepare()
hub = process_hub()
hub.housekeeping.start()
shown = page(hub).servable(title=TITLE)
if not known_theme(asked().get("theme")):
    draw_as_preferred(shown)
