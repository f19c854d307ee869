"""The pages a server shows, and the dashboard of a notebook cell."""
