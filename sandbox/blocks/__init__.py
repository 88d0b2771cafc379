"""Block Kit: the limits Slack sets, and blocks read as a person would see them."""
