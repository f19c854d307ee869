"""Why an agent believes what it does: the update that made a value, found by replay, with its numbers."""
