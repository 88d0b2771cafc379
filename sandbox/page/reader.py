"""One person's view of names, links and dates, as safe HTML; every text is escaped here."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from sandbox.wire.emoji import with_emoji
from sandbox.wire.moments import worded
from sandbox.workspace.workspace import Channel, User, Workspace

_SAFE = ("http://", "https://", "mailto:", "slack:")
_MENTION = Markup('<span class="mention">{}</span>')
_OWN_MENTION = Markup('<span class="mention mine">{}</span>')
_NAMED = Markup('<span class="mention" title="{}">{}</span>')
_CHANNEL = Markup('<a class="mention" href="?as={}&amp;in={}" data-channel="{}">#{}</a>')
_LINK = Markup('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>')
_DATE = Markup('<time title="{}">{}</time>')


@dataclass(frozen=True)
class Reader:
    here: Workspace
    user: User
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.user.tz)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    # ---------------------------------------------------------------------------- names

    def person(self, user_id: str) -> Markup:
        """An unknown id is shown as such, as Slack does."""
        known = self.here.users.get(user_id)
        said = "@" + self.here.handle_of(user_id)
        if user_id == self.user.id:
            return _OWN_MENTION.format(said)
        return _NAMED.format(known.real_name, said) if known else _MENTION.format(said)

    def channel(self, channel_id: str, label: str = "") -> Markup:
        known = self.here.channels.get(channel_id)
        if known is None:
            return _MENTION.format("#" + (label or channel_id))
        if self._hidden(known):
            return _MENTION.format("🔒 private channel")
        return _CHANNEL.format(self.user.handle, known.id, known.id, known.name)

    def _hidden(self, channel: Channel) -> bool:
        private = channel.is_private or channel.is_im
        return private and self.user.id not in channel.members

    def group(self, group_id: str) -> Markup:
        known = self.here.groups.get(group_id)
        mine = known is not None and self.user.id in known.members
        return (_OWN_MENTION if mine else _MENTION).format(
            "@" + self.here.group_handle_of(group_id)
        )

    def broadcast(self, name: str) -> Markup:
        return _OWN_MENTION.format("@" + name)

    # --------------------------------------------------------------------- links, dates

    def link(self, url: str, label: str | Markup = "") -> Markup:
        """Only addresses that cannot run anything become links."""
        said = label or url.removeprefix("mailto:")
        if not url.lower().startswith(_SAFE):
            return Markup.escape(said)
        return _LINK.format(url, said)

    def date(self, timestamp: str | float, form: str, fallback: str, url: str = "") -> Markup:
        """The fallback where Slack could not make sense of the rest."""
        try:
            said = worded(form, float(timestamp), self.zone, self.now)
        except (ValueError, OverflowError, OSError):
            return Markup.escape(fallback)
        dated = _DATE.format(fallback, said)
        return self.link(url, dated) if url else dated

    # ----------------------------------------------------------------------------- text

    @staticmethod
    def plain(text: str) -> Markup:
        """plain_text: emoji and nothing else."""
        return Markup.escape(with_emoji(text))
