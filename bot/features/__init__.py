"""What people can do in Slack: a module per feature, and the table of all verbs and buttons."""
