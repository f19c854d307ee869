"""Worlds: grid worlds as text, Gymnasium environments, and what an agent meets in them."""
