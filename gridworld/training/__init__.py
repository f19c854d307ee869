"""Training: the compiled loop, the session that owns it, and the run that computes in this process."""
