"""Slack's Web API: who may call what, each method, and answers to a response_url."""
