"""A small Slack-compatible workspace on loopback: see README.md in this folder."""

from sandbox.app import Sandbox
from sandbox.drivers.fields import Option
from sandbox.drivers.forms import Form
from sandbox.drivers.people import Person
from sandbox.drivers.replies import VisibleReply
from sandbox.wire.wire import SlackError
from sandbox.workspace.messages import PostedMessage

__all__ = ["Form", "Option", "Person", "PostedMessage", "Sandbox", "SlackError", "VisibleReply"]
