"""Events: what happened, told to an app that subscribed to it, and told again if it failed."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from sandbox.transport.delivery import Ack, Delivery
from sandbox.transport.payloads import Payloads
from sandbox.wire.clock import Clock
from sandbox.wire.wire import Json, new_id
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.quiescence import Activity
from sandbox.workspace.workspace import User, Workspace, WorkspaceChange

log = logging.getLogger(__name__)

RETRIES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
SCOPES = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "user_change": "users:read",
    "team_join": "users:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_shared": "channels:read",
    "subteam_updated": "usergroups:read",
    "subteam_created": "usergroups:read",
}


class Events:
    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        delivery: Delivery,
        clock: Clock,
        activity: Activity,
    ) -> None:
        self._workspace = workspace
        self._payloads = payloads
        self._delivery = delivery
        self._clock = clock
        self._activity = activity
        workspace.listen(self._spoken)

    def wanted(self, kind: str) -> bool:
        """Subscribed to, permitted by a scope, and there is somebody to tell."""
        manifest = self._workspace.manifest
        if kind not in manifest.events or not self._delivery.reachable:
            return False
        permitted = kind not in SCOPES or SCOPES[kind] in manifest.scopes
        if not permitted:
            log.warning("%s is subscribed to without the scope %s", kind, SCOPES[kind])
        return permitted

    def emit(self, event: Json, kind: str | None = None) -> bool:
        """Starts the delivery, with its retries; whether there is one."""
        if not self.wanted(kind or event["type"]):
            return False
        self._activity.spawn(self._deliver(self._payloads.event(event, None)))
        return True

    async def deliver_once(
        self, event: Json, event_id: str | None, retry: tuple[int, str] | None
    ) -> Ack:
        return await self._delivery.send(
            "events_api", self._payloads.event(event, event_id), retry=retry
        )

    async def _deliver(self, payload: Json) -> None:
        began = self._clock.now()
        ack = await self._delivery.send("events_api", payload)
        for number, pause in enumerate(RETRIES, start=1):
            if ack.error is None:
                return
            await self._clock.sleep_until(began + pause)
            began = self._clock.now()
            ack = await self._delivery.send("events_api", payload, retry=(number, ack.reason))

    # ------------------------------------------------------------------------- messages

    def _spoken(self, change: WorkspaceChange) -> None:
        message = change.message
        if message is None or message.ephemeral:
            return
        if self._workspace.bot.id not in message.home.members:
            return
        kind = f"message.{message.home.kind}"
        if kind in self._workspace.manifest.events:
            self.emit(self._message_event(change, message), kind)
        if change.kind == "message.posted" and self._mentions_bot(message):
            self.emit(_said(message) | {"type": "app_mention"})

    def _mentions_bot(self, message: PostedMessage) -> bool:
        here = self._workspace
        return message.user != here.bot.id and f"<@{here.bot.id}>" in message.text

    def _message_event(self, change: WorkspaceChange, message: PostedMessage) -> Json:
        types = {"im": "im", "groups": "group", "channels": "channel"}
        place = {"channel": message.channel, "channel_type": types[message.home.kind]}
        if change.kind == "message.posted":
            return _said(message) | place
        subtype = "message_changed" if change.kind == "message.updated" else "message_deleted"
        named = "message" if change.kind == "message.updated" else "previous_message"
        body = {"type": "message", "subtype": subtype, "hidden": True, named: message.wire()}
        return body | place | {"ts": self._workspace.timestamps.next()}

    # --------------------------------------------------------------------------- others

    def opened_home(self, user: User, tab: str) -> bool:
        event: Json = {"type": "app_home_opened", "user": user.id, "tab": tab}
        event["channel"] = self._workspace.dm(user.id).id
        if tab == "home" and (home := self._workspace.homes.get(user.id)):
            event["view"] = self._payloads.view(home)
        return self.emit(event)

    def user_changed(self, user: User, kind: str = "user_change") -> bool:
        body = user.wire(with_email="users:read.email" in self._workspace.manifest.scopes)
        return self.emit({"type": kind, "user": body, "cache_ts": user.updated})

    def membership(self, kind: str, channel_id: str, user_ids: Iterator[str]) -> None:
        for user_id in user_ids:
            place = {"channel": channel_id, "channel_type": "C", "team": self._workspace.team_id}
            self.emit({"type": kind, "user": user_id, **place})


def _said(message: PostedMessage) -> Json:
    body = message.wire()
    if "bot_id" not in body:
        body["client_msg_id"] = new_id("").lower()
    return body | {"channel": message.channel}
