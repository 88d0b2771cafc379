"""The Slack surface and the process: a module per feature, settings, HTTP, command line."""
