"""The weekly digest: its facts, its items, what it says once, the month's review."""
