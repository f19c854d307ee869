"""The page: what a server runs for each visitor. Its address ends in the name of this file, `/app`."""

from dashboards.pages import page
from dashboards.startup import prepare

prepare()
page().servable(title="Gridworld")
