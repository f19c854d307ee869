"""What everything on a page looks like: colours, widgets, numbers."""
