"""Runs whose trainer works in a process of its own."""
