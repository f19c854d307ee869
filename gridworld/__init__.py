"""A live laboratory for reinforcement learning on small worlds."""

from gridworld.env import register as _register

_register()
