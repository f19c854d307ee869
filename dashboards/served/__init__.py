"""The script that a server runs, in a folder of its own: while it runs, Bokeh looks for modules in its folder first."""
