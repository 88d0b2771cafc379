"""The Web API methods, one module per family; importing the families fills METHODS."""

from sandbox.api.methods import chat, conversations, files, team, users, views
from sandbox.api.methods.registry import METHODS, Method, Slack

__all__ = ["METHODS", "Method", "Slack", "chat", "conversations", "files", "team", "users", "views"]
