"""What the workspace knows: people, channels, groups, messages, views, files."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sandbox.wire.wire import Json, Timestamps, id_of, new_id
from sandbox.workspace.manifest import Manifest
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.views import View


class WorkspaceChange(NamedTuple):
    """Something became different for somebody; `user` None means for all in the channel."""

    kind: str
    channel: str | None = None
    user: str | None = None
    message: PostedMessage | None = None
    view: View | None = None


@dataclass
class User:
    id: str
    handle: str
    real_name: str
    email: str | None
    tz: str
    team_id: str
    title: str = ""
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    enterprise_user: Json | None = None
    updated: int = 0

    def wire(self, *, with_email: bool) -> Json:
        profile: Json = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.handle,
            "display_name_normalized": self.handle,
            "title": self.title,
            "team": self.team_id,
        }
        if with_email and self.email:
            profile["email"] = self.email
        flags = {"deleted": self.deleted, "is_bot": self.is_bot, "is_stranger": self.is_stranger}
        body: Json = {"id": self.id, "team_id": self.team_id, "name": self.handle, **flags}
        if self.enterprise_user:
            body["enterprise_user"] = self.enterprise_user
        return body | {"profile": profile, "updated": self.updated} | self._details()

    def _details(self) -> Json:
        """Slack leaves these out of a deactivated person's entry."""
        if self.deleted:
            return {}
        offset = datetime.now(ZoneInfo(self.tz)).utcoffset()
        seconds = int(offset.total_seconds()) if offset else 0
        return {
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": seconds,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_app_user": False,
        }


@dataclass
class Channel:
    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    archived: bool = False
    is_ext_shared: bool = False
    messages: list[PostedMessage] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)
    created: int = 0

    @property
    def kind(self) -> str:
        """The word by which scopes know it."""
        if self.is_im:
            return "im"
        return "groups" if self.is_private else "channels"

    def find(self, ts: str) -> PostedMessage | None:
        return next((one for one in reversed(self.messages) if one.ts == ts), None)

    def unread(self, user_id: str) -> int:
        seen = self.last_read.get(user_id, "0")
        new = (m for m in self.messages if m.ts > seen and m.visible_to(user_id))
        return sum(1 for m in new if m.user != user_id)


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    members: list[str]


@dataclass
class File:
    id: str
    name: str
    title: str
    content: bytes = b""
    length: int = 0
    completed: float | None = None
    mimetype: str = "application/octet-stream"


class Workspace:
    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.team_id = id_of("T", "acme")
        self.team_name = "Acme"
        self.domain = "acme"
        self.enterprise_id: str | None = None  # of the Grid organization, where it is in one
        self.app_id = id_of("A", manifest.app_name)
        self.bot_id = id_of("B", manifest.app_name)
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.timestamps = Timestamps()
        self.history_lag = 0.0
        self.file_lag = 0.0
        self._listeners: list[Callable[[WorkspaceChange], None]] = []
        handle = manifest.bot_name.lower().replace(" ", "-")
        self.bot = self._keep_user(
            User(
                id_of("U", "bot"), handle, manifest.bot_name, None, "UTC", self.team_id, is_bot=True
            )
        )

    # -------------------------------------------------------------------------- changes

    def listen(self, listener: Callable[[WorkspaceChange], None]) -> Callable[[], None]:
        """Calls back on every change; the answer stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changed(self, change: WorkspaceChange) -> None:
        for listener in list(self._listeners):
            listener(change)

    # --------------------------------------------------------------------------- people

    def add_user(
        self,
        handle: str,
        *,
        real_name: str | None = None,
        email: str | None = None,
        tz: str = "UTC",
        title: str = "",
        team_id: str | None = None,
        is_admin: bool = False,
        is_bot: bool = False,
        deleted: bool = False,
        is_restricted: bool = False,
        is_stranger: bool = False,
        enterprise_user: Json | None = None,
    ) -> User:
        elsewhere = id_of("T", "elsewhere") if is_stranger else self.team_id
        return self._keep_user(
            User(
                id=id_of("U", handle),
                handle=handle,
                real_name=real_name or handle.title(),
                email=email or (None if is_bot or is_stranger else f"{handle}@example.com"),
                tz=tz,
                team_id=team_id or elsewhere,
                title=title,
                is_admin=is_admin,
                is_bot=is_bot,
                deleted=deleted,
                is_restricted=is_restricted,
                is_stranger=is_stranger,
                enterprise_user=enterprise_user,
            )
        )

    def _keep_user(self, user: User) -> User:
        if any(user.handle == one.handle for one in self.users.values()):
            raise ValueError(f"there is a person called {user.handle} already")
        user.updated = int(datetime.now(UTC).timestamp())
        self.users[user.id] = user
        self.changed(WorkspaceChange("people"))
        return user

    def remove_everywhere(self, user_id: str) -> None:
        """Deactivated people leave channels and groups; their direct messages stay."""
        open_channels = [one.members for one in self.channels.values() if not one.is_im]
        for members in [*open_channels, *(one.members for one in self.groups.values())]:
            if user_id in members:
                members.remove(user_id)

    def user(self, who: str) -> User:
        """By handle (with or without @) or id."""
        name = who.removeprefix("@")
        found = self.users.get(name) or next(
            (one for one in self.users.values() if one.handle == name), None
        )
        if found is None:
            raise LookupError(f"nobody here is called {who!r}")
        return found

    def handle_of(self, user_id: str) -> str:
        return self.users[user_id].handle if user_id in self.users else user_id

    # ------------------------------------------------------------------------- channels

    def add_channel(
        self,
        name: str,
        *,
        members: Iterable[str] = (),
        bot: bool = True,
        archived: bool = False,
        is_private: bool = False,
        is_ext_shared: bool = False,
    ) -> Channel:
        if any(one.name == name for one in self.channels.values()):
            raise ValueError(f"there is a channel called {name} already")
        inside = [self.user(one).id for one in members] + ([self.bot.id] if bot else [])
        channel = Channel(id_of("C", name), name, inside, is_private)
        channel.archived, channel.is_ext_shared = archived, is_ext_shared
        return self._keep_channel(channel)

    def _keep_channel(self, channel: Channel) -> Channel:
        channel.created = int(datetime.now(UTC).timestamp())
        self.channels[channel.id] = channel
        self.changed(WorkspaceChange("channels", channel.id))
        return channel

    def channel(self, which: str) -> Channel:
        """By name (with or without #) or id."""
        name = which.removeprefix("#")
        named = (one for one in self.channels.values() if one.name == name and not one.is_im)
        found = self.channels.get(name) or next(named, None)
        if found is None:
            raise LookupError(f"no channel is called {which!r}")
        return found

    def channel_name_of(self, channel_id: str) -> str:
        return self.channels[channel_id].name if channel_id in self.channels else ""

    def dm(self, user_id: str) -> Channel:
        """The direct messages between this person and the bot, opened if need be."""
        known = self.channels.get(id_of("D", user_id))
        if known:
            return known
        inside = [user_id, self.bot.id]
        return self._keep_channel(Channel(id_of("D", user_id), user_id, inside, is_im=True))

    def channels_of(self, user_id: str) -> list[Channel]:
        return [one for one in self.channels.values() if user_id in one.members]

    # --------------------------------------------------------------------------- groups

    def add_group(self, handle: str, *, members: Iterable[str], name: str = "") -> UserGroup:
        inside = [self.user(one).id for one in members]
        group = UserGroup(id_of("S", handle), handle, name or handle.title(), inside)
        self.groups[group.id] = group
        self.changed(WorkspaceChange("people"))
        return group

    def group_handle_of(self, group_id: str) -> str:
        return self.groups[group_id].handle if group_id in self.groups else group_id

    # ------------------------------------------------------------------------- messages

    def post(
        self,
        channel: Channel,
        user_id: str,
        text: str,
        blocks: list[Json] | None = None,
        *,
        only_for: str | None = None,
        metadata: Json | None = None,
        **extra: str | None,
    ) -> PostedMessage:
        message = PostedMessage(self, channel, self.timestamps.next(), user_id, only_for=only_for)
        message.says(text, blocks)
        message.metadata = metadata
        message.extra = {**self._authorship(user_id), **extra}
        channel.messages.append(message)
        self.changed(WorkspaceChange("message.posted", channel.id, only_for, message))
        return message

    def _authorship(self, user_id: str) -> Json:
        if user_id != self.bot.id:
            return {"team": self.users[user_id].team_id}
        return {"bot_id": self.bot_id, "app_id": self.app_id, "team": self.team_id}

    def update(
        self,
        message: PostedMessage,
        text: str | None,
        blocks: list[Json] | None,
        *,
        edited: bool = True,
    ) -> None:
        message.says(text, blocks)
        if edited:
            message.edited = {"user": message.user, "ts": self.timestamps.next()}
        self.changed(WorkspaceChange("message.updated", message.channel, message.only_for, message))

    def delete(self, message: PostedMessage) -> None:
        message.deleted = True
        message.home.messages.remove(message)
        self.changed(WorkspaceChange("message.deleted", message.channel, message.only_for, message))

    # ---------------------------------------------------------------------------- views

    def open_view(self, user_id: str, source: Json) -> View:
        return self._keep_view(View(self, user_id, source))

    def push_view(self, on: View, source: Json) -> View:
        view = View(self, on.user, source, root=on.root)
        view.previous = on.id
        return self._keep_view(view)

    def update_view(self, view: View, source: Json) -> None:
        view.replace(source)
        self.changed(WorkspaceChange("view.updated", user=view.user, view=view))

    def close_views(self, views: Iterable[View]) -> None:
        for view in views:
            view.closed = True
            self.views.pop(view.id)
            self.changed(WorkspaceChange("view.closed", user=view.user, view=view))

    def publish_home(self, user_id: str, source: Json) -> View:
        home = self.homes.get(user_id)
        if home is None:
            home = self.homes[user_id] = View(self, user_id, source)
        else:
            home.replace(source)
        self.changed(WorkspaceChange("home.published", user=user_id, view=home))
        return home

    def stack_of(self, user_id: str) -> list[View]:
        """Bottom first."""
        return [view for view in self.views.values() if view.user == user_id]

    def _keep_view(self, view: View) -> View:
        self.views[view.id] = view
        self.changed(WorkspaceChange("view.opened", user=view.user, view=view))
        return view

    # ---------------------------------------------------------------------------- files

    def add_file(self, name: str, title: str) -> File:
        file = File(new_id("F"), name, title)
        self.files[file.id] = file
        return file

    def is_ready(self, file: File) -> bool:
        """Slack looks at an upload for a while before a message can show it."""
        return file.completed is not None and time.monotonic() >= file.completed + self.file_lag
