"""The page in a browser, and its controls as JSON."""
