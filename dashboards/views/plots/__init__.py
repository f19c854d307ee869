"""Plots over episodes and steps."""
