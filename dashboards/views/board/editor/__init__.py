"""The editor of a world: a palette for the board, and the world's text beside it."""
