"""The one room for what builds on names that Panel, Bokeh and panel-material-ui do not promise to keep.

Each function first checks that what it builds on is there. Where it is not, the library's plain way is taken, which is
slower and correct, and one line in the log names what is gone; where there is no plain way, an error names it. What is
done reaches the documents and components of this project only. A server of this project shows nothing else, so there
`page_cleanup.settle` and `close_idle_connections` change what holds for the whole process.
"""
