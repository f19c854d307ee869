"""Editing the world of a run on its page."""
