"""The Web API over HTTP: who calls, may they, what goes wrong on purpose, what is answered."""

import asyncio
import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from aiohttp import web

from sandbox.api.methods import METHODS, Method, Slack
from sandbox.wire.arguments import Arguments, read_arguments
from sandbox.wire.calls import ApiCall
from sandbox.wire.faults import Fault, Faults
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.quiescence import Activity

PER_MINUTE = 300


@dataclass(frozen=True)
class Tokens:
    bot: str
    app: str


class RateLimits:
    """About one message a second in a channel and some hundreds a minute in all."""

    def __init__(self) -> None:
        self._next: dict[str, float] = defaultdict(float)
        self._recent: deque[float] = deque()

    def wait(self, channel: str) -> int:
        """Seconds to wait, 0 if this one may pass."""
        now = time.monotonic()
        while self._recent and self._recent[0] < now - 60:
            self._recent.popleft()
        until = self._next[channel]
        if len(self._recent) >= PER_MINUTE:
            until = max(until, self._recent[0] + 60)
        if until > now:
            return math.ceil(until - now)
        self._next[channel] = now + 1
        self._recent.append(now)
        return 0


class WebApi:
    def __init__(self, slack: Slack, tokens: Tokens, faults: Faults, activity: Activity) -> None:
        self.calls: list[ApiCall] = []
        self.rate_limits = False
        self._slack = slack
        self._tokens = tokens
        self._faults = faults
        self._activity = activity
        self._limits = RateLimits()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        with self._activity.going_on():
            try:
                given = await read_arguments(request)
            except SlackError as refusal:
                return web.json_response(refusal.body())
            return await self._handle(request, request.match_info["method"], given)

    async def _handle(self, request: web.Request, name: str, given: Json) -> web.StreamResponse:
        token = _token(request, given)
        fault = self._faults.strike(name)
        if fault is None:
            return self._answered(name, given, token)
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return self._answered(name, given, token)
        if fault.kind == "answer":
            self.calls.append(ApiCall(name, given, fault.body()["error"]))
            return web.json_response(fault.body(), status=fault.status, headers=fault.headers)
        return self._cut(request, fault, name, given, token)

    def _cut(
        self, request: web.Request, fault: Fault, name: str, given: Json, token: str | None
    ) -> web.StreamResponse:
        if fault.kind == "late_accept":
            self._activity.spawn(self._later(fault.seconds, name, given, token))
        else:
            self._record(name, given, self._outcome(name, given, token), answered=False)
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _later(self, seconds: float, name: str, given: Json, token: str | None) -> None:
        await asyncio.sleep(seconds)
        with self._activity.going_on():
            self._record(name, given, self._outcome(name, given, token), answered=False)

    def _answered(self, name: str, given: Json, token: str | None) -> web.Response:
        if name == "chat.postMessage" and (wait := self._wait(given)):
            self.calls.append(ApiCall(name, given, "ratelimited"))
            refusal = SlackError("ratelimited").body()
            return web.json_response(refusal, status=429, headers={"Retry-After": str(wait)})
        body = self._outcome(name, given, token)
        self._record(name, given, body)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self._slack.scopes))}
        return web.json_response(body, headers=scopes)

    def _wait(self, given: Json) -> int:
        return self._limits.wait(str(given.get("channel"))) if self.rate_limits else 0

    def _record(self, name: str, given: Json, body: Json, *, answered: bool = True) -> None:
        kept = {key: value for key, value in given.items() if key != "token"}
        self.calls.append(ApiCall(name, kept, body.get("error", "ok"), answered))

    def _outcome(self, name: str, given: Json, token: str | None) -> Json:
        try:
            method = _method(name)
            self._authorize(method, token)
            return {"ok": True, **method.answer(self._slack, Arguments(given))}
        except SlackError as refusal:
            return refusal.body()

    def _authorize(self, method: Method, token: str | None) -> None:
        if method.by == "anybody":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in {self._tokens.bot, self._tokens.app}:
            raise SlackError("invalid_auth")
        if token != (self._tokens.app if method.by == "app" else self._tokens.bot):
            raise SlackError("not_allowed_token_type")
        if method.scopes:
            self._slack.need(*method.scopes)


def _method(name: str) -> Method:
    if name not in METHODS:
        raise SlackError("unknown_method", req_method=name)
    return METHODS[name]


def _token(request: web.Request, given: Json) -> str | None:
    bearer = request.headers.get("Authorization", "")
    return bearer.removeprefix("Bearer ").strip() or given.get("token")
