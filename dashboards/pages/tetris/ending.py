"""What a finished training has reached, in a sentence."""

from __future__ import annotations

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.tetris.leaderboard import short
from dashboards.pages.tetris.settings import is_deep
from gridworld.runs.frame import Status
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.report import TetrisMetrics


def reached(shared: SharedRun) -> str:
    """Return which target ended a training and what was measured; "" for one that has not finished."""
    metrics = shared.frame.scene.metrics if shared.frame.scene else None
    if shared.status is not Status.FINISHED or metrics is None:
        return ""
    target, lines = shared.settings["target_lines"], metrics.player_lines
    if is_deep(shared.settings):
        if 0 < target <= metrics.mean_lines:
            return f"Target of {target:,} lines reached: mean of the last 100 games {short(metrics.mean_lines)}."
        return f"All {shared.settings['timesteps']:,} timesteps are done: mean of the last 100 games {_mean(metrics)}."
    if not lines >= target:  # the numbers follow the status by a moment
        return ""
    games = shared.settings["evaluations"]
    low, high = LinesEstimate(games, games, round(lines * games)).interval
    margin = f" [{short(low)}, {short(high)}]" if high is not None else ""
    return (
        f"Target of {target:,} lines reached by the player of generation {metrics.generation - 1:,}: "
        f"{short(lines)}{margin}, mean of {games:,} evaluation games with its 95% interval."
    )


def _mean(metrics: TetrisMetrics) -> str:
    return short(metrics.mean_lines) if metrics.mean_lines == metrics.mean_lines else "not known"
