"""Metrics and their trend: what is counted of a scope, and what a number asks for."""
