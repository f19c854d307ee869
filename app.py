"""The dashboard: `panel serve app.py`."""

from dashboards.pages import page
from dashboards.startup import prepare

prepare()
page().servable(title="Gridworld")
