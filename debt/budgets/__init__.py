"""Budgets, return on work, release trains: how many hours, which limit, until when."""
