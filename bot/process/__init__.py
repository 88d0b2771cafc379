"""The running bot: Bolt app, HTTP server, schedules, answers to Slack, and `debt try`."""
