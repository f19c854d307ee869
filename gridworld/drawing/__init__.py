"""What pictures are made of: colours, scales, ranges and canvases. Nothing here knows a world."""
