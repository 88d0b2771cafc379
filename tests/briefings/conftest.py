"""A small Slack, a register on either database, and senders between them."""

from pathlib import Path

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
