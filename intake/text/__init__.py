"""Small helpers without a subject of their own: shown text, quoting, globs, ranges, numbers."""
