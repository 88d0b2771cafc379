"""The page: a Slack client on loopback that draws itself from the workspace.

It reads here, as HTML, and acts through /control/. What apps and people wrote is escaped where
it is drawn (reader.py, mrkdwn.py, Jinja2's autoescape); the policy below is the second lock.
"""

import re
from datetime import datetime
from pathlib import Path

from aiohttp import web

from sandbox.drivers.people import Person
from sandbox.drivers.server import SlackServer
from sandbox.page.reader import Reader
from sandbox.page.render import BOT, HOME, Drawing, Location
from sandbox.wire.moments import next_monday
from sandbox.workspace.workspace import WorkspaceChange

STATIC = Path(__file__).with_name("static")

# Pictures may come from anywhere: Slack shows those of any address, and they run nothing.
POLICY = (
    "default-src 'self'; img-src 'self' https: http:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def routes(slack: SlackServer) -> list[web.RouteDef]:
    page = Page(slack)
    return [
        web.get("/", page.whole),
        web.get("/page/top", page.top),
        web.get("/page/side", page.side),
        web.get("/page/place", page.place),
        web.get("/page/form", page.form),
        web.post("/page/monday", page.monday),
        web.get("/page/static/{name}", _static),
    ]


class Page:
    def __init__(self, slack: SlackServer) -> None:
        self._slack = slack
        self._drawing = Drawing(slack)
        slack.clock.on_move(self._moved)

    async def _moved(self, _: datetime) -> None:
        """Open pages hear of it like of any other change."""
        self._slack.workspace.changed(WorkspaceChange("clock"))

    async def whole(self, request: web.Request) -> web.Response:
        person = self._person(request)
        return _html(self._drawing.page(person.user, _place(request, person)))

    async def top(self, request: web.Request) -> web.Response:
        return _html(self._drawing.top(self._person(request).user))

    async def side(self, request: web.Request) -> web.Response:
        person = self._person(request)
        return _html(self._drawing.side(person.user, _place(request, person)))

    async def place(self, request: web.Request) -> web.Response:
        person = self._person(request)
        return _html(self._drawing.place(person.user, _place(request, person)))

    async def form(self, request: web.Request) -> web.Response:
        return _html(self._drawing.form(self._person(request).user))

    async def monday(self, request: web.Request) -> web.Response:
        """Skip to the next Monday 09:30 where the person lives."""
        reader: Reader = self._drawing.reader(self._person(request).user)
        await self._slack.clock.set(next_monday(reader.now, reader.zone))
        return web.json_response({"ok": True}, headers=HEADERS)

    def _person(self, request: web.Request) -> Person:
        who = request.query.get("as") or self._first()
        try:
            return self._slack.person(who)
        except LookupError as problem:
            raise web.HTTPNotFound(text=str(problem), headers=HEADERS) from problem

    def _first(self) -> str:
        everyone = self._slack.workspace.users.values()
        return next(one.id for one in everyone if not (one.is_bot or one.deleted))


def _place(request: web.Request, person: Person) -> Location:
    """Where this person may not go, the channel they see first."""
    name = request.query.get("in", "")
    if name in {HOME, BOT}:
        return Location(name, person.channel(BOT), _latest(request))
    try:
        channel = person.channel(name or None)
    except LookupError:
        channel = person.channel()
    return Location(BOT if channel.is_im else channel.id, channel, _latest(request))


def _latest(request: web.Request) -> int:
    """How many messages to show."""
    asked = request.query.get("latest", "")
    return min(int(asked), 10_000) if re.fullmatch(r"[1-9]\d{0,8}", asked) else Location.latest


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=HEADERS)


async def _static(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    path = STATIC / name
    if not re.fullmatch(r"[a-z_]+\.(css|js|svg)", name) or not path.is_file():
        raise web.HTTPNotFound(headers=HEADERS)
    return web.FileResponse(path, headers=HEADERS | {"Cache-Control": "no-cache"})
