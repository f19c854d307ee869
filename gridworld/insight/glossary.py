"""The entries of the documentation's glossary that the page itself shows, word for word as they are there."""

from __future__ import annotations

from collections.abc import Mapping

GLOSSARY: Mapping[str, str] = {
    "discount γ": "the factor by which a reward counts less when it comes a step later",
    "exploration": "trying actions that the agent does not currently think are best",
    "greedy": "taking an action of the highest value; where several tie, each of them equally often",
    "maximization bias": (
        "the maximum of uncertain values is on average above the maximum of the true ones; targets that contain a "
        "maximum inherit it (S&B, section 6.7)"
    ),
    "optimistic values": "initial values above any reachable return, so that every action is tried",
    "step limit": "the number of steps after which an episode is truncated",
    "step size α": "the share of the TD error that is learned",
}
"""What a word means, by the word."""
