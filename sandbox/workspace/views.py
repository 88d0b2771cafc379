"""Forms (modals) and Home tabs as the workspace keeps them."""

import time

from sandbox.blocks.reading import Names
from sandbox.wire.wire import Json, new_id
from sandbox.workspace.surfaces import BlockSurface, with_ids

STACK = 3


class View(BlockSurface):
    """One view of one person; `source` is what the app sent last."""

    def __init__(self, names: Names, user: str, source: Json, *, root: str | None = None) -> None:
        super().__init__(names)
        self.id = new_id("V")
        self.user = user
        self.root = root or self.id
        self.previous: str | None = None
        self.errors: dict[str, str] = {}
        self.closed = False
        self.version = 0
        self.response_urls: list[Json] = []
        self.source: Json = {}
        self.replace(source)

    @property
    def title(self) -> str:
        return str((self.source.get("title") or {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        return str(self.source.get("callback_id") or "")

    @property
    def external_id(self) -> str:
        return str(self.source.get("external_id") or "")

    def replace(self, source: Json) -> None:
        """What was typed stays where block_id, action_id and kind of element stay."""
        before = {c.key: c.element["type"] for c in self.controls()}
        self.source = source
        self.blocks = with_ids(source["blocks"])
        now = {c.key: c.element["type"] for c in self.controls()}
        self.state = {key: v for key, v in self.state.items() if before.get(key) == now.get(key)}
        self.errors = {}
        self.version += 1
        self.hash = f"{int(time.time())}.{new_id('', 8).lower()}"

    def wire(self, team_id: str, app_id: str, bot_id: str, values: Json | None = None) -> Json:
        source = self.source
        return {
            "id": self.id,
            "team_id": team_id,
            "type": source["type"],
            "blocks": self.blocks,
            "private_metadata": source.get("private_metadata") or "",
            "callback_id": self.callback_id,
            "state": {"values": values if values is not None else {}},
            "hash": self.hash,
            "title": source.get("title"),
            "clear_on_close": bool(source.get("clear_on_close")),
            "notify_on_close": bool(source.get("notify_on_close")),
            "close": source.get("close"),
            "submit": source.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": app_id,
            "external_id": self.external_id,
            "app_installed_team_id": team_id,
            "bot_id": bot_id,
        }
