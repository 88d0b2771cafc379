"""Messages as typed blocks, their pictures, and what Slack's answers to them mean."""
