"""Budgets and metrics in words and charts, for every message that shows them."""
