"""Storage: runs in files, checked when they are read, whole when they are written."""
