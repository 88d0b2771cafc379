"""/control/: the drivers of people.py as JSON over HTTP, for the browser page and for scripts.

Every verb is POST with a JSON object; README.md lists them. What a person cannot do is 400.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.drivers.fields import offered_for, state_for
from sandbox.drivers.forms import Form
from sandbox.drivers.people import Person
from sandbox.drivers.server import SlackServer
from sandbox.page import json_view
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.surfaces import BlockSurface, Control
from sandbox.workspace.views import View
from sandbox.workspace.workspace import WorkspaceChange

Verb = Callable[[SlackServer, "ControlRequest"], Awaitable[Json]]

VERBS: dict[str, Verb] = {}
HEARTBEAT = 15


class ControlRequest:
    """What a request names, looked up."""

    def __init__(self, slack: SlackServer, body: Json) -> None:
        self._slack = slack
        self.body = body

    def given(self, name: str) -> Any:
        if name not in self.body:
            raise LookupError(f"{name!r} is missing")
        return self.body[name]

    @property
    def person(self) -> Person:
        return self._slack.person(self.given("person"))

    @property
    def message(self) -> PostedMessage:
        """Named by `channel` and `ts`."""
        found = self.person.channel(self.given("channel")).find(self.given("ts"))
        if found is None or not found.visible_to(self.person.id):
            raise LookupError(f"{self.person.handle} sees no message {self.body['ts']}")
        return found

    @property
    def view(self) -> View:
        """Named by `view_id`: an open form or the person's Home."""
        here, person = self._slack.workspace, self.person
        every = [*here.stack_of(person.id), *([person.home.view] if person.home else [])]
        found = next((one for one in every if one.id == self.given("view_id")), None)
        if found is None:
            raise LookupError(f"{person.handle} has no view {self.body['view_id']} open")
        return found

    @property
    def form(self) -> Form:
        return Form(self.person, self.view)

    @property
    def surface(self) -> BlockSurface:
        return self.view if "view_id" in self.body else self.message

    @property
    def control(self) -> Control:
        """Named by `action_id`, and `block_id` where that is not enough."""
        return self.surface.control(self.given("action_id"), block_id=self.body.get("block_id"))


def verb(name: str) -> Callable[[Verb], Verb]:
    def keep(answer: Verb) -> Verb:
        VERBS[name] = answer
        return answer

    return keep


def routes(slack: SlackServer) -> list[web.RouteDef]:
    async def act(request: web.Request) -> web.Response:
        return await _act(slack, request)

    async def changes(request: web.Request) -> web.StreamResponse:
        return await _changes(slack, request)

    return [web.get("/control/changes", changes), web.post("/control/{verb:.+}", act)]


async def _act(slack: SlackServer, request: web.Request) -> web.Response:
    answer = VERBS.get(request.match_info["verb"])
    if answer is None:
        return _refused(f"no such verb; there are {', '.join(sorted(VERBS))}", 404)
    if request.content_type != "application/json":
        return _refused("send JSON as application/json", 415)
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return _refused("the body is not JSON", 400)
    if not isinstance(body, dict):
        return _refused("the body is not a JSON object", 400)
    return await _answered(answer, slack, body)


async def _answered(answer: Verb, slack: SlackServer, body: Json) -> web.Response:
    try:
        return web.json_response({"ok": True, **await answer(slack, ControlRequest(slack, body))})
    except (KeyError, IndexError):
        raise
    except (LookupError, ValueError) as problem:
        return _refused(str(problem), 400)
    except SlackError as problem:
        return _refused(problem.code, 400)


def _refused(words: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=status)


async def _changes(slack: SlackServer, request: web.Request) -> web.StreamResponse:
    """Server-sent events, one a change; `person` leaves out what only others see."""
    person = request.query.get("person")
    try:
        only = slack.person(person).id if person else None
    except LookupError as problem:
        return _refused(str(problem), 400)
    queue: asyncio.Queue[WorkspaceChange] = asyncio.Queue()
    stop = slack.workspace.listen(queue.put_nowait)
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
    stream = web.StreamResponse(headers=headers)
    try:
        await stream.prepare(request)
        await stream.write(b": connected\n\n")
        while True:
            await stream.write(await _next_line(queue, only))
    except ConnectionResetError:  # the reader has left
        return stream
    finally:
        stop()


async def _next_line(queue: asyncio.Queue[WorkspaceChange], only: str | None) -> bytes:
    """A change that concerns this person; a comment after a while without, to notice who left."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            while (change := await queue.get()).user not in {None, only or change.user}:
                pass
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {json.dumps(json_view.change(change))}\n\n".encode()


# ------------------------------------------------------------------------------------ reading


@verb("workspace")
async def _workspace(slack: SlackServer, _: ControlRequest) -> Json:
    return json_view.workspace(slack.workspace)


@verb("people")
async def _people(slack: SlackServer, _: ControlRequest) -> Json:
    return {"people": [json_view.user(one) for one in slack.workspace.users.values()]}


@verb("channels")
async def _channels(slack: SlackServer, asked: ControlRequest) -> Json:
    person = asked.person
    mine = slack.workspace.channels_of(person.id)
    return {"channels": [json_view.channel(slack.workspace, one, person.id) for one in mine]}


@verb("unread")
async def _unread(slack: SlackServer, asked: ControlRequest) -> Json:
    person = asked.person
    mine = slack.workspace.channels_of(person.id)
    return {"unread": {one.id: one.unread(person.id) for one in mine}}


@verb("messages")
async def _messages(slack: SlackServer, asked: ControlRequest) -> Json:
    """Of one channel, oldest first, as this person sees it."""
    person, here = asked.person, slack.workspace
    channel = person.channel(asked.given("channel"))
    seen = person.reads(channel.id if not channel.is_im else "@bot")
    listed = [json_view.message(here, one) for one in seen]
    return {"channel": json_view.channel(here, channel, person.id), "messages": listed}


@verb("read")
async def _read(_: SlackServer, asked: ControlRequest) -> Json:
    asked.person.sees(asked.given("channel"))
    return {}


@verb("forms")
async def _forms(slack: SlackServer, asked: ControlRequest) -> Json:
    """The stack of open forms, the one on top last."""
    stack = slack.workspace.stack_of(asked.person.id)
    return {"forms": [json_view.view(one) for one in stack]}


# ------------------------------------------------------------------------------------- acting


@verb("say")
async def _say(slack: SlackServer, asked: ControlRequest) -> Json:
    reply = await asked.person.types(asked.given("text"), asked.body.get("channel"))
    return json_view.reply(slack.workspace, reply)


@verb("click")
async def _click(slack: SlackServer, asked: ControlRequest) -> Json:
    reply = await asked.person.presses(asked.surface, asked.control)
    return json_view.reply(slack.workspace, reply)


@verb("choose")
async def _choose(slack: SlackServer, asked: ControlRequest) -> Json:
    """Choose and tell the app at once; `option` is a text, a value, or a list of them."""
    person, surface, control = asked.person, asked.surface, asked.control
    reply = await person.picks(surface, control, _state(slack, surface, control, asked))
    return json_view.reply(slack.workspace, reply)


@verb("fill")
async def _fill(slack: SlackServer, asked: ControlRequest) -> Json:
    """Keep what was entered or chosen, telling the app nothing yet."""
    surface, control = asked.surface, asked.control
    surface.state[control.key] = _state(slack, surface, control, asked)
    return {}


def _state(
    slack: SlackServer, surface: BlockSurface, control: Control, asked: ControlRequest
) -> Json:
    option = asked.given("option")
    offered = offered_for(surface, control, option)
    return state_for(control.element, option, slack.workspace, offered)


@verb("suggest")
async def _suggest(_: SlackServer, asked: ControlRequest) -> Json:
    found = await asked.person.suggestions(asked.surface, asked.control, asked.given("typed"))
    return {"options": [one.source for one in found]}


@verb("submit")
async def _submit(slack: SlackServer, asked: ControlRequest) -> Json:
    """`values` (optional) is {block_id: {action_id: entered}}, filled in first."""
    form = asked.form
    for block_id, actions in asked.body.get("values", {}).items():
        for action_id, entered in actions.items():
            control = form.view.control(action_id, block_id=block_id)
            offered = offered_for(form.view, control, entered)
            form.set(control, state_for(control.element, entered, slack.workspace, offered))
    reply = await form.submit()
    shown = json_view.reply(slack.workspace, reply)
    return shown | {"errors": form.view.errors, "closed": form.closed}


@verb("close")
async def _close(slack: SlackServer, asked: ControlRequest) -> Json:
    reply = await asked.form.close(everything=bool(asked.body.get("everything")))
    return json_view.reply(slack.workspace, reply)


@verb("shortcut")
async def _shortcut(slack: SlackServer, asked: ControlRequest) -> Json:
    """On a message if `ts` is given, else global."""
    callback_id = asked.given("callback_id")
    if "ts" in asked.body:
        reply = await asked.person.message_shortcut(asked.message, callback_id)
    else:
        reply = await asked.person.shortcut(callback_id)
    return json_view.reply(slack.workspace, reply)


@verb("home")
async def _home(_: SlackServer, asked: ControlRequest) -> Json:
    return {"home": json_view.view((await asked.person.opens_home()).view)}


@verb("dm")
async def _dm(slack: SlackServer, asked: ControlRequest) -> Json:
    """Open the Messages tab of the app."""
    reply = await asked.person.opens_dm()
    return json_view.reply(slack.workspace, reply)


# ------------------------------------------------------------------------------ the workspace


@verb("clock")
async def _clock(slack: SlackServer, _: ControlRequest) -> Json:
    return {"now": slack.clock.now().isoformat()}


@verb("clock/advance")
async def _advance(slack: SlackServer, asked: ControlRequest) -> Json:
    await slack.clock.advance(timedelta(seconds=float(str(asked.given("seconds")))))
    return {"now": slack.clock.now().isoformat()}


@verb("clock/set")
async def _set(slack: SlackServer, asked: ControlRequest) -> Json:
    to = datetime.fromisoformat(str(asked.given("at")))
    if to.tzinfo is None:
        raise ValueError("`at` needs an offset from UTC, as in 2026-11-30T09:30:00+01:00")
    await slack.clock.set(to)
    return {"now": slack.clock.now().isoformat()}


@verb("faults")
async def _faults(slack: SlackServer, asked: ControlRequest) -> Json:
    """`kind` is lose_response, late_accept, answer, delay or clear; the rest as in faults.py."""
    kind = asked.given("kind")
    allowed = {"lose_response", "late_accept", "answer", "delay", "clear"}
    if kind not in allowed:
        raise ValueError(f"`kind` is one of {', '.join(sorted(allowed))}")
    about = {key: value for key, value in asked.body.items() if key != "kind"}
    try:
        getattr(slack.faults, kind)(**about)
    except TypeError as problem:
        raise ValueError(str(problem)) from problem
    return {}


@verb("calls")
async def _calls(slack: SlackServer, _: ControlRequest) -> Json:
    called = [{"method": c.method, "args": c.args, "outcome": c.outcome} for c in slack.calls]
    return {"calls": called}
