"""The dashboard: `panel serve app.py`."""

from dashboards.startup import prepare
from dashboards.training import training_page

prepare()
training_page().servable(title="Gridworld")
