"""A plugin for a server under test: `GET /census` counts living documents and megabytes in use."""

import gc
import resource
from pathlib import Path

from bokeh.document import Document
from tornado.web import RequestHandler


class CensusHandler(RequestHandler):
    def get(self) -> None:
        living = sum(isinstance(thing, Document) for thing in gc.get_objects())
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        resident = pages * resource.getpagesize() / 2**20
        self.write(f"{living} {resident:.1f}")


ROUTES = [(r"/census", CensusHandler, {})]
