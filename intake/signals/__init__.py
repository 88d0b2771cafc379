"""Signals of each finding: duplicate, unused, unstable or shifted dependencies, churn, owners."""
