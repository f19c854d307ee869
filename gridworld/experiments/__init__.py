"""Comparisons of agents over many seeds: what to run, how to run it, and what the numbers allow to conclude."""
