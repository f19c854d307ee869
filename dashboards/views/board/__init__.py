"""The board: values, arrows, agent and trail on the map of a world."""
