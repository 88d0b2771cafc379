"""Artifacts, people, evidence, checklists as stored: read, locked, listed, written."""
