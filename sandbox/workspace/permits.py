"""What Slack hands out for a short while: trigger ids and response addresses."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.wire.clock import Clock
from sandbox.wire.wire import SlackError, new_id
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.views import View
from sandbox.workspace.workspace import Channel

RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass
class Trigger:
    user: str
    view: View | None
    expires: datetime
    used: bool = False


@dataclass
class ResponseTarget:
    """Where an answer to one interaction goes."""

    channel: Channel
    user: str
    message: PostedMessage | None
    expires: datetime
    left: int = RESPONSE_USES


class Permits:
    """Triggers are good for as many seconds as the app has to answer."""

    def __init__(self, clock: Clock, patience: float) -> None:
        self._clock, self._patience = clock, timedelta(seconds=patience)
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseTarget] = {}

    def trigger(self, user: str, view: View | None = None) -> str:
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(user, view, self._clock.now() + self._patience)
        return name

    def spend_trigger(self, name: str) -> Trigger:
        """Refuses what was never given, is too old, or was used before."""
        trigger = self._triggers.get(name)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(self, channel: Channel, user: str, message: PostedMessage | None = None) -> str:
        name = new_id("R", 24)
        expires = self._clock.now() + RESPONSE_LIFE
        self._responses[name] = ResponseTarget(channel, user, message, expires)
        return name

    def spend_response(self, name: str) -> ResponseTarget:
        target = self._responses.get(name)
        if target is None or self._clock.now() > target.expires:
            raise SlackError("expired_url")
        if target.left < 1:
            raise SlackError("used_url")
        target.left -= 1
        return target
