"""Carries payloads to the app: by a live socket if there is one, else by signed HTTP."""

import json
import logging
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from sandbox.transport.socket_mode import NoAnswer, SocketMode
from sandbox.wire.signing import signature_headers
from sandbox.wire.wire import Json
from sandbox.workspace.quiescence import Activity

Kind = Literal["slash_commands", "interactive", "events_api"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ack:
    """The app's answer: a body, or what the Slack client would say went wrong."""

    body: Any = None
    error: str | None = None
    reason: str = ""
    status: int = 0


class Delivery:
    """To an app that has `patience` seconds to answer."""

    def __init__(self, signing_secret: str, activity: Activity, patience: float) -> None:
        self.request_url: str | None = None
        self.sockets = SocketMode()
        self._secret = signing_secret
        self._activity = activity
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None

    @property
    def reachable(self) -> bool:
        """Whether there is anybody to deliver to."""
        return self.sockets.connected or self.request_url is not None

    async def close(self) -> None:
        await self.sockets.close()
        if self._session:
            await self._session.close()

    async def send(self, kind: Kind, payload: Json, *, retry: tuple[int, str] | None = None) -> Ack:
        with self._activity.going_on():
            if self.sockets.connected:
                return await self._by_socket(kind, payload, retry)
            if self.request_url:
                return await self._by_http(self.request_url, kind, payload, retry)
        log.warning("nobody to deliver to: no request_url and no socket connection")
        return Ack(error="dispatch_failed", reason="http_error")

    async def post(self, body: str | bytes, headers: dict[str, str]) -> aiohttp.ClientResponse:
        """Any body with any headers to the app, for forged and malformed requests."""
        if self.request_url is None:
            raise ValueError("there is no request_url to post to")
        with self._activity.going_on():
            answer = await self._client().post(self.request_url, data=body, headers=headers)
            await answer.read()
            return answer

    async def _by_socket(self, kind: Kind, payload: Json, retry: tuple[int, str] | None) -> Ack:
        try:
            return Ack(body=await self.sockets.send(kind, payload, retry, self._patience))
        except NoAnswer:
            return Ack(error="operation_timeout", reason="http_timeout")

    async def _by_http(
        self, url: str, kind: Kind, payload: Json, retry: tuple[int, str] | None
    ) -> Ack:
        body, content_type = _encoded(kind, payload)
        headers = signature_headers(self._secret, body) | {"Content-Type": content_type}
        headers["User-Agent"] = "Slackbot 1.0 (+https://api.slack.com/robots)"
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        try:
            async with self._client().post(url, data=body, headers=headers) as answer:
                return _read(answer, await answer.text())
        except TimeoutError:
            return Ack(error="operation_timeout", reason="http_timeout")
        except aiohttp.ClientError as problem:
            log.warning("the app could not be reached at %s: %s", url, problem)
            return Ack(error="dispatch_failed", reason="connection_failed")

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            patience = aiohttp.ClientTimeout(total=self._patience)
            self._session = aiohttp.ClientSession(timeout=patience)
        return self._session


def _encoded(kind: Kind, payload: Json) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        return urlencode(payload), form
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), form
    return json.dumps(payload), "application/json"


def _read(answer: aiohttp.ClientResponse, text: str) -> Ack:
    if answer.status != 200:
        log.warning("the app answered %s: %s", answer.status, text[:500])
        return Ack(error="dispatch_failed", reason="http_error", status=answer.status)
    if answer.content_type != "application/json":
        return Ack(body=text or None, status=200)
    try:
        return Ack(body=json.loads(text) if text else None, status=200)
    except json.JSONDecodeError:
        log.warning("the app's answer is not JSON: %s", text[:500])
        return Ack(error="dispatch_failed", reason="invalid_response", status=200)
