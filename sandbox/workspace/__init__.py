"""The workspace: people, channels, messages, views, files, its manifest and seed."""
