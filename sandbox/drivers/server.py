"""The server: one port on loopback for the Web API, response addresses, uploads and sockets."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from sandbox.api.methods import Slack
from sandbox.api.responses import Responses
from sandbox.api.web_api import Tokens, WebApi
from sandbox.drivers.people import Office, Person
from sandbox.transport.delivery import Ack, Delivery
from sandbox.transport.events import Events
from sandbox.transport.payloads import Payloads
from sandbox.wire.calls import ApiCall
from sandbox.wire.clock import Clock
from sandbox.wire.faults import Faults
from sandbox.wire.guard import guard
from sandbox.wire.signing import signature_headers
from sandbox.wire.wire import Json
from sandbox.workspace import quiescence
from sandbox.workspace.manifest import read_manifest
from sandbox.workspace.permits import Permits
from sandbox.workspace.quiescence import Activity
from sandbox.workspace.seed import fill
from sandbox.workspace.workspace import Channel, User, UserGroup, Workspace, WorkspaceChange

HOST = "127.0.0.1"
# docs.slack.dev/interactivity/handling-user-interaction: so long has an app to acknowledge.
SECONDS_TO_ANSWER = 3.0


class SlackServer:
    """A small Slack without a page: what an app talks to, and what tests do in its stead."""

    def __init__(
        self,
        manifest: Path | str | Mapping[str, Any],
        port: int = 0,
        seed: Path | None = None,
        *,
        patience: float = SECONDS_TO_ANSWER,
    ) -> None:
        self.port, self._patience = port, patience
        self.bot_token = f"xoxb-{secrets.randbelow(10**12)}-{secrets.token_hex(12)}"
        self.app_token = f"xapp-1-{secrets.randbelow(10**12)}-{secrets.token_hex(32)}"
        self.signing_secret = secrets.token_hex(16)
        self.clock = Clock()
        self.faults = Faults()
        self.activity = Activity()
        self.workspace = Workspace(read_manifest(manifest))
        fill(self.workspace, seed)
        self._build()
        self._runner: web.AppRunner | None = None

    def _build(self) -> None:
        here, activity = self.workspace, self.activity
        self.permits = Permits(self.clock, self._patience)
        self.payloads = Payloads(here, self.permits, secrets.token_hex(12))
        self.delivery = Delivery(self.signing_secret, activity, self._patience)
        slack = Slack(here, self.permits, self.payloads, self.delivery.sockets)
        tokens = Tokens(self.bot_token, self.app_token)
        self.web_api = WebApi(slack, tokens, self.faults, activity)
        self.responses = Responses(here, self.permits, self.faults, activity, self.calls)
        self.events = Events(here, self.payloads, self.delivery, self.clock, activity)
        self.office = Office(
            here, self.payloads, self.delivery, self.responses, self.events, activity, self.clock
        )

    # -------------------------------------------------------------------------- running

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
        if self.failures and problem is None:
            raise BaseExceptionGroup("the sandbox itself failed", self.failures)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._attend, guard], client_max_size=64 * 1024**2)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self.port).start()
        except OSError:
            await self.stop()
            raise
        self.port = self._runner.addresses[0][1]
        self.payloads.url = self.url

    async def stop(self) -> None:
        await self.activity.cancel()
        await self.delivery.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def routes(self) -> list[web.RouteDef]:
        """What answers an app; the page and its controls add theirs."""
        return [
            web.route("*", "/api/{method}", self.web_api.handle),
            web.post("/respond/{id}", self.responses.handle),
            web.post("/upload/{id}", self._upload),
            web.get("/files/{id}/{name}", self._file),
            web.get("/link/", self.delivery.sockets.link),
        ]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def request_url(self) -> str | None:
        """Where signed requests go; None leaves Socket Mode only."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    @property
    def socket(self) -> Any:
        """The Socket Mode side: `connected`, `await warn()`, `await drop()`."""
        return self.delivery.sockets

    # --------------------------------------------------------------------------- people

    def person(self, who: str) -> Person:
        """By handle or id."""
        return Person(self.office, self.workspace.user(who))

    def add_person(self, handle: str, **about: Any) -> Person:
        """`about` as in workspace.toml: real_name, email, tz, is_admin, is_stranger, ..."""
        user = self.workspace.add_user(handle, **about)
        self.events.user_changed(user, "team_join")
        return Person(self.office, user)

    def update_person(self, who: str, **about: Any) -> User:
        user = self.workspace.user(who)
        for name, value in about.items():
            if not hasattr(user, name):
                raise TypeError(f"a person has no {name}")
            setattr(user, name, value)
        user.updated = int(datetime.now(UTC).timestamp())
        if user.deleted:
            self.workspace.remove_everywhere(user.id)
        self.workspace.changed(WorkspaceChange("people"))
        self.events.user_changed(user)
        return user

    def add_usergroup(self, handle: str, members: list[str], name: str = "") -> UserGroup:
        return self.workspace.add_group(handle, members=members, name=name)

    # ------------------------------------------------------------------------- channels

    def channel(self, which: str) -> Channel:
        return self.workspace.channel(which)

    def add_channel(self, name: str, members: list[str] | None = None, **about: Any) -> Channel:
        """`about` as in workspace.toml: bot, archived, is_private, is_ext_shared."""
        return self.workspace.add_channel(name, members=members or [], **about)

    def archive(self, name: str, *, archived: bool = True) -> None:
        channel = self.workspace.channel(name)
        channel.archived = archived
        self.workspace.changed(WorkspaceChange("channels", channel.id))
        kind = "channel_archive" if archived else "channel_unarchive"
        if self.workspace.bot.id in channel.members:
            self.events.emit({"type": kind, "channel": channel.id, "user": channel.members[0]})

    def join(self, name: str, *who: str) -> None:
        """People enter the channel; "bot" is the app."""
        channel = self.workspace.channel(name)
        new = [one for one in self._ids(who) if one not in channel.members]
        channel.members.extend(new)
        self.workspace.changed(WorkspaceChange("channels", channel.id))
        self.events.membership("member_joined_channel", channel.id, iter(new))

    def leave(self, name: str, *who: str) -> None:
        channel = self.workspace.channel(name)
        gone = [one for one in self._ids(who) if one in channel.members]
        channel.members[:] = [one for one in channel.members if one not in gone]
        self.workspace.changed(WorkspaceChange("channels", channel.id))
        self.events.membership("member_left_channel", channel.id, iter(gone))

    def add_bot(self, name: str) -> None:
        self.join(name, "bot")

    def remove_bot(self, name: str) -> None:
        self.leave(name, "bot")

    def _ids(self, who: tuple[str, ...]) -> list[str]:
        here = self.workspace
        return [here.bot.id if one == "bot" else here.user(one).id for one in who]

    # --------------------------------------------------------------------------- testing

    @property
    def history_lag(self) -> float:
        """Seconds until a message shows up in conversations.history; 0 by default."""
        return self.workspace.history_lag

    @history_lag.setter
    def history_lag(self, seconds: float) -> None:
        self.workspace.history_lag = seconds

    @property
    def file_lag(self) -> float:
        """Seconds until an upload that is complete can be shown in a message; 0 by default."""
        return self.workspace.file_lag

    @file_lag.setter
    def file_lag(self, seconds: float) -> None:
        self.workspace.file_lag = seconds

    @property
    def failures(self) -> list[BaseException]:
        """What went wrong in the sandbox itself: never the app's doing."""
        return self.activity.failures

    @property
    def calls(self) -> list[ApiCall]:
        """Every Web API call, and every use of a response_url, so far."""
        return self.web_api.calls

    @property
    def rate_limits(self) -> bool:
        return self.web_api.rate_limits

    @rate_limits.setter
    def rate_limits(self, on: bool) -> None:
        self.web_api.rate_limits = on

    async def settled(self, timeout: float = 5) -> None:  # noqa: ASYNC109  # how long to look is the caller's wish, not a deadline
        """Until the app has nothing more under way. Raises TimeoutError."""
        self.activity.own_current()
        if not await self.activity.calm(time.monotonic() + timeout):
            raise TimeoutError(f"the app is still busy after {timeout} s")

    async def wait_for(self, predicate: Callable[[], object], timeout: float = 5) -> None:  # noqa: ASYNC109  # how long to look is the caller's wish, not a deadline
        await quiescence.until(predicate, timeout)

    def signed(
        self, body: str | bytes, *, timestamp: int | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """Headers for a body of one's own, forged or stale if so wished."""
        return signature_headers(secret or self.signing_secret, body, timestamp)

    async def post(self, body: str | bytes, headers: dict[str, str]) -> aiohttp.ClientResponse:
        """Any body to the app's request_url."""
        return await self.delivery.post(body, headers)

    async def verify_request_url(self) -> None:
        """As Slack does when the address is saved. Raises ValueError."""
        challenge = secrets.token_hex(16)
        body = json.dumps({"type": "url_verification", "challenge": challenge})
        headers = self.signed(body) | {"Content-Type": "application/json"}
        answer = await self.post(body, headers)
        if answer.status != 200 or challenge not in await answer.text():
            raise ValueError(f"{self.request_url} did not return the challenge: {answer.status}")

    async def deliver_event(
        self,
        event: Json,
        event_id: str | None = None,
        retry_num: int | None = None,
        retry_reason: str = "http_timeout",
    ) -> Ack:
        """One delivery, no retries of its own, whatever the app subscribed to."""
        retry = None if retry_num is None else (retry_num, retry_reason)
        with self.activity.act():
            return await self.events.deliver_once(event, event_id, retry)

    # --------------------------------------------------------------------------- serving

    @web.middleware
    async def _attend(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Failures of the sandbox are its own and loud: a 500, a traceback, a failed test."""
        self.activity.own_current()
        try:
            answer: web.StreamResponse = await handler(request)
        except (web.HTTPException, ConnectionResetError):
            raise
        except Exception as problem:
            self.activity.failed(problem, f"at {request.path}")
            raise
        return answer

    async def _upload(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        content = await _uploaded(request)
        if len(content) != file.length:
            raise web.HTTPBadRequest(text=f"{file.length} bytes were announced")
        file.content = content
        return web.Response(text=f"OK - {len(file.content)}")

    async def _file(self, request: web.Request) -> web.Response:
        file = self.workspace.files.get(request.match_info["id"])
        if file is None or file.completed is None:
            raise web.HTTPNotFound
        # A picture is all that a page makes of it, whatever type the app gave it.
        locked = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=locked)


async def _uploaded(request: web.Request) -> bytes:
    """The raw body, or the first file of a form."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    raise web.HTTPBadRequest(text="no file in the form")
