"""A live laboratory for reinforcement learning on small worlds.

The public names are in `__init__.pyi`; each is imported when it is first used.
"""

import lazy_loader

from gridworld.worlds.registration import register_environments

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

register_environments()
