"""Messages as they stand now: an update by the app changes the very object a test holds."""

from typing import TYPE_CHECKING, Any

from sandbox.blocks import reading
from sandbox.blocks.reading import Names
from sandbox.wire.wire import Json
from sandbox.workspace.surfaces import BlockSurface, with_ids

if TYPE_CHECKING:
    from sandbox.workspace.workspace import Channel


class PostedMessage(BlockSurface):
    def __init__(
        self, names: Names, channel: "Channel", ts: str, user: str, *, only_for: str | None = None
    ) -> None:
        super().__init__(names)
        self.home = channel
        self.ts = ts
        self.user = user
        self.only_for = only_for
        self.text = ""
        self.metadata: Json | None = None
        self.extra: Json = {}
        self.edited: Json | None = None
        self.deleted = False

    def __repr__(self) -> str:
        mark = " (only you)" if self.ephemeral else ""
        return f"<Message #{self.home.name}{mark} {self.shown!r}>"

    @property
    def channel(self) -> str:
        return self.home.id

    @property
    def person(self) -> str:
        """The author's handle."""
        return self._names.handle_of(self.user)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def thread_ts(self) -> str | None:
        return self.extra.get("thread_ts")

    @property
    def shown(self) -> str:
        return super().shown if self.blocks else reading.shown(self.text, self._names)

    @property
    def notification(self) -> str:
        """The fallback text: notifications and screen readers have this."""
        return reading.shown(self.text, self._names)

    @property
    def pings(self) -> set[str]:
        return super().pings | reading.pings(self.text)

    @property
    def links(self) -> list[str]:
        return super().links if self.blocks else reading.links(self.text)

    def visible_to(self, user_id: str) -> bool:
        return not self.deleted and self.only_for in {None, user_id}

    def says(self, text: str | None, blocks: list[Json] | None) -> None:
        """What is None stays as it was."""
        if text is not None:
            self.text = text
        if blocks is not None:
            self.blocks = with_ids(blocks)
            self.state = {}

    def wire(self, *, metadata: bool = True) -> Json:
        """As Slack sends it in answers, histories and payloads."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        body |= {key: value for key, value in self.extra.items() if value is not None}
        if self.blocks:
            body["blocks"] = self.blocks
        if self.edited:
            body["edited"] = self.edited
        if self.metadata is not None:
            body["metadata"] = self._metadata(metadata)
        return body

    def _metadata(self, whole: bool) -> Any:
        return self.metadata if whole else {"event_type": (self.metadata or {})["event_type"]}
