"""Pictures of runs and films of them: board and curves as PNG, SVG, GIF and MP4."""
