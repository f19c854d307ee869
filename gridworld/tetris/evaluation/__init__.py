"""How good a Tetris player is: games to their end, with an exact interval."""
