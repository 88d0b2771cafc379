"""What an app answers to an interaction: in the acknowledgement or, later, to its response_url."""

import asyncio
import json
import logging
from typing import Any

from aiohttp import web

from sandbox.api.methods.chat import content
from sandbox.wire.arguments import Arguments
from sandbox.wire.calls import ApiCall
from sandbox.wire.faults import Faults
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.permits import Permits, ResponseTarget
from sandbox.workspace.quiescence import Activity
from sandbox.workspace.workspace import Workspace

log = logging.getLogger(__name__)

_GONE = {"used_url", "expired_url"}


class Responses:
    def __init__(
        self,
        workspace: Workspace,
        permits: Permits,
        faults: Faults,
        activity: Activity,
        calls: list[ApiCall],
    ) -> None:
        self._workspace = workspace
        self._permits = permits
        self._faults = faults
        self._activity = activity
        self._calls = calls

    def acknowledged(self, target: ResponseTarget, body: Any) -> str | None:
        """Shows what a slash command was answered with; the refusal's code if it can't be shown."""
        if body in (None, "", {}):
            return None
        try:
            self.say(target, {"text": body} if isinstance(body, str) else body)
        except SlackError as refusal:
            log.error("the acknowledgement cannot be shown: %s", refusal.body())  # noqa: TRY400  # the refusal says it all; its traceback is ours
            return "invalid_command_response"
        return None

    def say(self, target: ResponseTarget, body: Json) -> None:
        original = target.message
        if original and original.deleted:
            original = None
        if body.get("delete_original") and original:
            self._workspace.delete(original)
            return
        text, blocks = content(self._workspace, Arguments(body))
        if body.get("replace_original") and original:
            self._workspace.update(original, text, blocks or [])
            return
        public = body.get("response_type") == "in_channel"
        self._workspace.post(
            target.channel,
            self._workspace.bot.id,
            text,
            blocks,
            only_for=None if public else target.user,
        )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        with self._activity.going_on():
            fault = self._faults.strike("response_url")
            if fault and fault.kind == "answer":
                return web.json_response(fault.body(), status=fault.status, headers=fault.headers)
            if fault and fault.seconds:
                await asyncio.sleep(fault.seconds)
            answer = await self._respond(request)
            if fault and fault.kind != "delay" and request.transport:
                request.transport.abort()
            return answer

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            body = await _body(request)
            self._answer(request.match_info["id"], body)
        except SlackError as refusal:
            log.warning("an answer to a response_url was refused: %s", refusal.body())
            return web.json_response(refusal.body(), status=404 if refusal.code in _GONE else 400)
        return web.json_response({"ok": True})

    def _answer(self, name: str, body: Json) -> None:
        try:
            self.say(self._permits.spend_response(name), body)
        except SlackError as refusal:
            self._calls.append(ApiCall("response_url", body, refusal.code))
            raise
        self._calls.append(ApiCall("response_url", body, "ok"))


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.text())
    except json.JSONDecodeError as problem:
        raise SlackError("invalid_payload") from problem
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
