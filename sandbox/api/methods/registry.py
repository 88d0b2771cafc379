"""How a method is declared: its name, who may call it, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.transport.payloads import Payloads
from sandbox.transport.socket_mode import SocketMode
from sandbox.wire.arguments import Arguments
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.permits import Permits
from sandbox.workspace.workspace import Channel, User, Workspace

Caller = Literal["bot", "app", "anybody"]


@dataclass(frozen=True)
class Slack:
    """What a method works on."""

    workspace: Workspace
    permits: Permits
    payloads: Payloads
    sockets: SocketMode

    @property
    def scopes(self) -> frozenset[str]:
        return self.workspace.manifest.scopes

    @property
    def bot(self) -> User:
        return self.workspace.bot

    def channel(self, which: str) -> Channel:
        """As the bot sees it: private channels without it are not there."""
        known = self.workspace.channels.get(which) or self._named(which)
        if known is None or (known.kind != "channels" and self.bot.id not in known.members):
            raise SlackError("channel_not_found")
        return known

    def user(self, user_id: str | None, refusal: str = "user_not_found") -> User:
        user = self.workspace.users.get(user_id or "")
        if user is None:
            raise SlackError(refusal)
        return user

    def need(self, *scopes: str) -> None:
        """Refuses unless the app has one of these scopes."""
        if not self.scopes.intersection(scopes):
            provided = ",".join(sorted(self.scopes))
            raise SlackError("missing_scope", needed=scopes[0], provided=provided)

    def _named(self, which: str) -> Channel | None:
        name = which.removeprefix("#")
        every = self.workspace.channels.values()
        return next((one for one in every if one.name == name and not one.is_im), None)


Answer = Callable[[Slack, Arguments], Json]


@dataclass(frozen=True)
class Method:
    name: str
    scopes: tuple[str, ...]
    by: Caller
    answer: Answer


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, by: Caller = "bot") -> Callable[[Answer], Answer]:
    """Any one of the scopes will do."""

    def keep(answer: Answer) -> Answer:
        METHODS[name] = Method(name, scopes, by, answer)
        return answer

    return keep
