"""The page: what a server runs for each visitor. Its address ends in the name of this file, `/app`."""

from dashboards.hub.hub import process_hub
from dashboards.pages.registry import page
from dashboards.pages.shell import TITLE
from dashboards.serving.startup import prepare

prepare()
hub = process_hub()
hub.housekeeping.start()
page(hub).servable(title=TITLE)
