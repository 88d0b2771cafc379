"""Socket Mode: the app dials in, payloads go out in envelopes, acks come back by envelope_id."""

import asyncio
import itertools
import json
import logging
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.wire.wire import Json

log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """The app did not acknowledge in time, or its connection went away."""


class SocketMode:
    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._links: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turn = itertools.count()

    @property
    def connected(self) -> bool:
        return bool(self._links)

    @property
    def connections(self) -> int:
        return len(self._links)

    def ticket(self) -> str:
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """The endpoint behind apps.connections.open; a ticket is good for one connection."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="unknown ticket")
        self._tickets.remove(ticket)
        link = web.WebSocketResponse(max_msg_size=0)
        await link.prepare(request)
        await link.send_json(self._hello(request.query.get("app_id", "")))
        self._links.append(link)
        try:
            await self._listen(link)
        finally:
            self._forget(link)
        return link

    async def send(
        self, kind: str, payload: Json, retry: tuple[int, str] | None, patience: float
    ) -> Any:
        """The payload of the ack, None if it has none. Raises NoAnswer."""
        link = self._links[next(self._turn) % len(self._links)]
        name = secrets.token_hex(16)
        envelope: Json = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        answer = asyncio.get_running_loop().create_future()
        self._waiting[name] = answer
        try:
            await link.send_json(envelope)
            return await asyncio.wait_for(answer, patience)
        except (TimeoutError, ConnectionError) as problem:
            raise NoAnswer(kind) from problem
        finally:
            self._waiting.pop(name, None)

    async def warn(self, reason: str = "warning") -> None:
        """Tell the app that its connections are about to be recycled, as Slack does."""
        for link in list(self._links):
            await link.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})

    async def drop(self) -> None:
        """Close every connection without a word; clients come back by themselves."""
        for link in list(self._links):
            self._forget(link)
            await link.close()

    close = drop

    def _hello(self, app_id: str) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links) + 1,
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": app_id},
        }

    async def _listen(self, link: web.WebSocketResponse) -> None:
        async for message in link:
            if message.type == WSMsgType.TEXT:
                self._acknowledged(json.loads(message.data))

    def _acknowledged(self, ack: Json) -> None:
        waiting = self._waiting.get(ack.get("envelope_id", ""))
        if waiting is None:
            log.warning("an acknowledgement of an unknown or late envelope: %s", ack)
        elif not waiting.done():
            waiting.set_result(ack.get("payload"))

    def _forget(self, link: web.WebSocketResponse) -> None:
        if link in self._links:
            self._links.remove(link)
