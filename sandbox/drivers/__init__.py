"""People at a keyboard, as tests and the page drive them, and their server."""
