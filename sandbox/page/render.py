"""The page and its parts as HTML; a browser swaps a part in when something changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.drivers.server import SlackServer
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from sandbox.page.sheet import Sheet
from sandbox.wire.moments import clock_time, day_name
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.views import View
from sandbox.workspace.workspace import Channel, User, WorkspaceChange

_BREATH = timedelta(minutes=5)
_HUES = 8
HOME, BOT = "@home", "@bot"


@dataclass(frozen=True)
class Location:
    """What the middle of the page shows; `name` is what the address bar says of it."""

    name: str
    channel: Channel
    latest: int = 50

    @property
    def is_home(self) -> bool:
        return self.name == HOME


@dataclass(frozen=True)
class MessageRow:
    """A message where it stands: below a new day, or right under its author's last one."""

    message: PostedMessage
    author: User
    at: datetime
    day: str
    follows: bool


class Drawing:
    def __init__(self, slack: SlackServer) -> None:
        self._slack = slack
        self._here = slack.workspace
        self._said_at: dict[str, datetime] = {}
        self._here.listen(self._noticed)
        self._words = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._words.globals |= {"hue": hue, "initials": initials, "time_of": clock_time}

    def _noticed(self, change: WorkspaceChange) -> None:
        """Slack's timestamps are real time; a reader expects the workspace's clock."""
        if change.kind == "message.posted" and change.message:
            self._said_at[change.message.ts] = self._slack.clock.now()

    # ---------------------------------------------------------------------------- parts

    def page(self, user: User, place: Location) -> str:
        about = {"top": self.top(user), "side": self.side(user, place)}
        return self._draw(
            "page.html", user, inner=about, place=place, middle=self.place(user, place)
        )

    def top(self, user: User) -> str:
        return self._draw("top.html", user, shortcuts=self._shortcuts(on_message=False))

    def side(self, user: User, place: Location) -> str:
        mine = sorted(self._here.channels_of(user.id), key=lambda one: one.name)
        channels = [one for one in mine if not one.is_im]
        unread = {one.id: one.unread(user.id) for one in mine}
        direct = sum(unread[one.id] for one in mine if one.is_im)
        people = [one for one in self._here.users.values() if not one.is_bot]
        about = {"channels": channels, "unread": unread, "direct": direct, "people": people}
        return self._draw("side.html", user, place=place, **about)

    def place(self, user: User, place: Location) -> str:
        about: dict[str, Any] = {"place": place, "refusal": self._refusal(user, place.channel)}
        if place.is_home:
            home = self._here.homes.get(user.id)
            sheet = self._sheet(home, user, "h") if home else None
            return self._draw("home.html", user, home=home, sheet=sheet, **about)
        seen = [one for one in place.channel.messages if one.visible_to(user.id)]
        rows, unread = self._rows(seen[-place.latest :], user), place.channel.unread(user.id)
        actions = self._shortcuts(on_message=True)
        about |= {"sheet": lambda one: self._sheet(one, user, f"m{one.ts}"), "actions": actions}
        about |= {"rows": rows, "unread": unread, "older": len(seen) > place.latest}
        return self._draw("messages.html", user, mrkdwn=mrkdwn, **about)

    def form(self, user: User) -> str:
        """The form on top of this person's stack; nothing if there is none."""
        stack = self._here.stack_of(user.id)
        if not stack:
            return ""
        view = stack[-1]
        sheet = self._sheet(view, user, "v" + view.id)
        return self._draw("form.html", user, view=view, sheet=sheet, depth=len(stack))

    # ---------------------------------------------------------------------------- words

    def reader(self, user: User) -> Reader:
        return Reader(self._here, user, self._slack.clock.now())

    def _draw(self, template: str, user: User, **about: Any) -> str:
        common = {"here": self._here, "me": user, "reader": self.reader(user)}
        return self._words.get_template(template).render(common | about)

    def _sheet(self, surface: PostedMessage | View, user: User, prefix: str) -> Sheet:
        errors = surface.errors if isinstance(surface, View) else {}
        return Sheet(surface, self.reader(user), prefix, errors)

    def _shortcuts(self, *, on_message: bool) -> list[Any]:
        known = self._here.manifest.shortcuts.values()
        return [one for one in known if one.on_message == on_message]

    def _refusal(self, user: User, channel: Channel) -> str:
        """Why nobody can write here, or nothing."""
        if user.deleted:
            return f"{user.real_name} is deactivated and cannot do anything."
        if channel.archived:
            return f"#{channel.name} is archived: nobody can write here."
        if channel.is_im and not self._here.manifest.people_may_write:
            return "Sending messages to this app has been turned off."
        return ""

    def _rows(self, messages: list[PostedMessage], user: User) -> Iterator[MessageRow]:
        zone = ZoneInfo(user.tz)
        today = self._slack.clock.now().astimezone(zone).date()
        before: MessageRow | None = None
        for message in messages:
            before = self._row(message, zone, today, before)
            yield before

    def _row(
        self, message: PostedMessage, zone: ZoneInfo, today: date, before: MessageRow | None
    ) -> MessageRow:
        real = datetime.fromtimestamp(float(message.ts), zone)
        at = self._said_at.get(message.ts, real).astimezone(zone)
        new_day = before is None or before.at.date() != at.date()
        day = day_name(at.date(), today) if new_day else ""
        follows = before is not None and not new_day and _follows(message, at, before)
        return MessageRow(message, self._here.users[message.user], at, day, follows)


def _follows(message: PostedMessage, at: datetime, before: MessageRow) -> bool:
    alike = message.user == before.message.user and not message.thread_ts
    return alike and message.only_for == before.message.only_for and at - before.at < _BREATH


def hue(user: User) -> int:
    """One of the colors that the style sheet has for people."""
    return sum(user.id.encode()) % _HUES


def initials(user: User) -> str:
    words = user.real_name.replace("-", " ").split() or [user.handle]
    return "".join(word[0] for word in [words[0], *words[1:][-1:]]).upper()
