"""The yardstick of `opening.py`: a page of the same library that holds about what ours does, and does nothing."""

import numpy as np
import panel as pn
import panel_material_ui as pmui
from bokeh.plotting import figure

pn.extension()
figures = []
for _ in range(4):
    figures.append(figure(width=300, height=200))
    figures[-1].rect(np.arange(10), np.arange(10), 1, 1)
sliders = [pmui.FloatSlider(label=f"Slider {number}", start=0, end=1) for number in range(39)]
parts = pmui.Button(label="Start"), *sliders, *(pn.pane.Bokeh(each) for each in figures)
pmui.Page(title="Forty sliders", main=[pmui.Column(*parts)]).servable()
