"""The yardstick of `opening.py` and `notebook.py`: as many parts of the same library as ours, which do nothing."""

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.plotting import figure

pn.extension()


def forty_sliders() -> pmui.Column:
    """Return a button, 39 sliders and four figures."""
    figures = []
    for _ in range(4):
        figures.append(figure(width=300, height=200))
        figures[-1].rect(np.arange(10), np.arange(10), 1, 1)
    sliders = [pmui.FloatSlider(label=f"Slider {number}", start=0, end=1) for number in range(39)]
    return pmui.Column(pmui.Button(label="Start"), *sliders, *(pn.pane.Bokeh(each) for each in figures))


if pn.state.curdoc is not None:
    pmui.Page(title="Forty sliders", main=[forty_sliders()]).servable()
