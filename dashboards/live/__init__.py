"""What keeps a page live: ticks, patches, back-pressure, clean-up."""
