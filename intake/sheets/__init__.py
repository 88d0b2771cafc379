"""Spreadsheets into the register and out of it: artifacts, budgets, values, observations."""
