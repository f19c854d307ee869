"""A live page of a training, in a browser, in a notebook cell, or in one file that needs no server.

The public names are in `__init__.pyi`; each is imported when it is first used, because Panel takes seconds.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
