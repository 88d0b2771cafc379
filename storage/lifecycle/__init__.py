"""Verbs that move an artifact through its life, and requests that others decide."""
