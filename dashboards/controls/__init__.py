"""What a user changes a run with."""
