"""What shows a run. No view imports another."""
