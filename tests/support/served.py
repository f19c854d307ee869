"""A document as a server holds it, without a server."""

from __future__ import annotations

from types import SimpleNamespace

from bokeh.document import Document


class ServedDocument(Document):
    """A document that some browsers show."""

    connections = 1

    @property
    def session_context(self):
        session = SimpleNamespace(connection_count=self.connections, _pending_writes=None)
        return SimpleNamespace(session=session, request=SimpleNamespace(arguments={}, cookies={}, headers={}))
