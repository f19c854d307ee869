"""The server: its script, its plugin, its start and its commands."""
