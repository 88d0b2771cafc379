"""What every feature uses of Slack: calls, forms, typed words, people, groups, the workspace."""
