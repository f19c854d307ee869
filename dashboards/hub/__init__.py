"""What a server keeps: its runs, their autosaves, and the pace of its pages."""
