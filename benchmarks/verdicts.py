"""What every table of speed says beside its numbers: on which machine, and whether what is asked is met."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from math import inf
from pathlib import Path

LIBRARIES = "numpy", "numba", "gymnasium", "param", "panel", "bokeh", "panel-material-ui"


def machine() -> str:
    """Return the processor, how many cores, their load, and the versions that decide speed."""
    return (
        f"{os.cpu_count()} cores of {processor()}, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    )


def processor() -> str:
    """Return the name of the processor, as far as the system gives one."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def asked(value: float, *, most: float = inf, least: float = -inf) -> str:
    """Return what is asked of a number, and whether it is met."""
    limit = f"at most {most:g}" if most < inf else f"at least {least:g}"
    return f"asked {limit}: {'met' if least <= value <= most else 'MISSED'}"
