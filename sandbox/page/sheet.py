"""Blocks in one reader's hands: what the templates ask while they draw a message or a view."""

import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from sandbox.blocks.reading import pieces_of
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text
from sandbox.transport.payloads import field_of, initial
from sandbox.wire.wire import Json
from sandbox.workspace.surfaces import BlockSurface
from sandbox.workspace.workspace import Channel


class Choice(NamedTuple):
    value: str
    text: Markup
    description: Markup = Markup()
    url: str = ""


class ChoiceGroup(NamedTuple):
    """Choices under a heading; one without a heading holds those of a plain list."""

    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Sheet:
    surface: BlockSurface
    reader: Reader
    prefix: str
    errors: dict[str, str] = field(default_factory=dict)

    # ----------------------------------------------------------------------------- text

    def text(self, written: Json | None) -> Markup:
        if not written:
            return Markup()
        if written.get("type") == "mrkdwn":
            verbatim = bool(written.get("verbatim"))
            return mrkdwn(written["text"], self.reader, verbatim=verbatim)
        return self.reader.plain(written["text"])

    def rich(self, block: Json) -> Markup:
        return rich_text(block, self.reader)

    def cell(self, cell: Json) -> Markup:
        return self.rich(cell) if cell["type"] == "rich_text" else Markup.escape(cell["text"])

    def picture(self, image: Json) -> str:
        """Where the page finds it: an upload is ours, whatever address the app knows it by."""
        if "image_url" in image:
            return str(image["image_url"])
        named = image["slack_file"]
        known = self.reader.here.files.values()
        file = next((f for f in known if f.id == named.get("id") or f.id in _parts(named)), None)
        return f"/files/{file.id}/{file.name}" if file else ""

    # ------------------------------------------------------------------------- controls

    def id(self, block: Json, element: Json | None = None) -> str:
        """An id for the document: ids of an app may hold any character."""
        named = f"{block['block_id']}/{(element or {}).get('action_id', '')}"
        return f"{self.prefix}-{zlib.crc32(named.encode()):08x}"

    def at_once(self, block: Json) -> bool:
        """Whether the app wants to hear of every choice, or reads the form when it is sent."""
        return block["type"] != "input" or bool(block.get("dispatch_action"))

    def confirm(self, element: Json) -> str:
        return json.dumps(element["confirm"]) if element.get("confirm") else ""

    def entered(self, block: Json, element: Json) -> Any:
        """The present value as Slack reports it: an option, an id, a text, a list, or None."""
        key = (block["block_id"], element["action_id"])
        state = self.surface.state.get(key) or initial(element)
        return state.get(field_of(element))

    def written(self, block: Json, element: Json) -> str:
        """The text typed so far; of rich text the words alone."""
        value = self.entered(block, element)
        if isinstance(value, dict):
            return "\n".join(piece.text for piece in pieces_of(value))
        return str(value or "")

    def local_input(self, timestamp: float) -> str:
        """As the browser's own field for date and time wants it."""
        local = datetime.fromtimestamp(timestamp, self.reader.zone)
        return f"{local:%Y-%m-%dT%H:%M}"

    def chosen(self, block: Json, element: Json) -> list[Choice]:
        value = self.entered(block, element)
        listed = value if isinstance(value, list) else [value]
        return [self._choice(one) for one in listed if one]

    def _choice(self, value: Any) -> Choice:
        if isinstance(value, dict):
            return self._option(value)
        if value in self.reader.here.users:
            return self._user(value)
        return self._channel(self.reader.here.channels[value])

    def groups(self, element: Json) -> list[ChoiceGroup]:
        """All there is to choose from; what an app looks up while one types is not among it."""
        kind = element["type"].removeprefix("multi_")
        if kind == "users_select":
            return [ChoiceGroup("", self._people())]
        if kind in {"channels_select", "conversations_select"}:
            places = self._places(element, public=kind == "channels_select")
            return [ChoiceGroup("", [self._channel(one) for one in places])]
        plain = [ChoiceGroup("", [self._option(one) for one in element.get("options") or []])]
        headed = [
            ChoiceGroup(group["label"]["text"], [self._option(one) for one in group["options"]])
            for group in element.get("option_groups") or []
        ]
        return [group for group in plain + headed if group.choices]

    # -------------------------------------------------------------------------- choices

    def _option(self, option: Json) -> Choice:
        description = self.text(option.get("description"))
        value, url = str(option.get("value", "")), str(option.get("url") or "")
        return Choice(value, self.text(option["text"]), description, url)

    def _people(self) -> list[Choice]:
        everyone = self.reader.here.users.values()
        shown = sorted((u for u in everyone if not u.deleted), key=lambda u: (u.is_bot, u.handle))
        return [self._user(one.id) for one in shown]

    def _user(self, user_id: str) -> Choice:
        user = self.reader.here.users[user_id]
        return Choice(user.id, Markup.escape(f"@{user.handle}"), Markup.escape(user.real_name))

    def _places(self, element: Json, *, public: bool) -> list[Channel]:
        kinds = ["public"] if public else (element.get("filter") or {}).get("include")
        shared = not (element.get("filter") or {}).get("exclude_external_shared_channels")
        every = self.reader.here.channels.values()
        return [
            one
            for one in sorted(every, key=lambda one: one.name)
            if self._sees(one) and (not kinds or _kind(one) in kinds)
            if not one.archived and (shared or not one.is_ext_shared)
        ]

    def _sees(self, channel: Channel) -> bool:
        inside = self.reader.user.id in channel.members
        return inside or not (channel.is_private or channel.is_im)

    def _channel(self, channel: Channel) -> Choice:
        bot = f"@{self.reader.here.bot.handle}"
        return Choice(channel.id, Markup.escape(bot if channel.is_im else f"#{channel.name}"))


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private" if channel.is_private else "public"


def _parts(named: Json) -> list[str]:
    return str(named.get("url", "")).split("/")
