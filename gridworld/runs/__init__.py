"""Runs: commands go in, frames come out; nothing else passes between learning and looking."""
