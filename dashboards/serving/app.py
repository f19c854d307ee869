"""The page: what a server runs for each visitor. Its address ends in the name of this file, `/app`."""

from dashboards.hub.hub import process_hub
from dashboards.pages.registry import page
from dashboards.serving.startup import prepare

prepare()
page(process_hub()).servable(title="Gridworld")
