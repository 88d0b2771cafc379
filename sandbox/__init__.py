"""A small Slack-compatible workspace on loopback: see README.md in this folder."""

from sandbox.app import Sandbox
from sandbox.fields import Option
from sandbox.forms import Form
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.replies import Reply
from sandbox.wire import SlackError

__all__ = ["Form", "Message", "Option", "Person", "Reply", "Sandbox", "SlackError"]
