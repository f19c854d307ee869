"""Tables of episodes, events and action values."""
