"""From what is due to a message in Slack: planned, rendered, sent, drawn again."""
