"""From Slack to the app: signed HTTP, Socket Mode, events, payloads."""
