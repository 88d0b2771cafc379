"""Messages to people: nudges, approvals, ownership, proposals, budget alerts."""
