"""The dashboard: `panel serve app.py`. What it runs is installed with the package `dashboards`."""

from runpy import run_module

run_module("dashboards.serving.app")
