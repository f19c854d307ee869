"""What two equal runs have in common."""

import numpy as np

from gridworld.training.session import TrainingSession


def fingerprint(session: TrainingSession) -> list[np.ndarray]:
    """Everything that a run has become: tables, position, running figures, histories, generators."""
    arrays, recent = session.arrays(), session.scene().recent
    rows = session.history.rows[: session.history.length]
    loop = [arrays[name] for name in ("position", "figures", "log_trail", "generators")]
    return [*session.tables, *loop, rows, recent]
