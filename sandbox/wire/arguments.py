"""Arguments of a Web API call, however the client sent them: query, form or JSON."""

import json
from typing import Any

from aiohttp import web

from sandbox.wire.wire import Json, SlackError


class Arguments:
    def __init__(self, given: Json) -> None:
        self.given = given

    def text(self, name: str, default: str | None = None) -> str | None:
        value = self.given.get(name)
        return default if value is None else str(value)

    def needed(self, name: str, refusal: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            said = [f"[ERROR] missing required field: {name}"]
            raise SlackError(refusal, response_metadata={"messages": said})
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.given.get(name)
        return default if value is None else value not in {False, "0", "false", "False", ""}

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.given.get(name) or default)
        except ValueError as problem:
            raise SlackError(f"invalid_{name}") from problem
        if not 1 <= value <= most:
            raise SlackError(f"invalid_{name}")
        return value

    def parsed(self, name: str, refusal: str) -> Any:
        """JSON inside a form field, or already JSON; None if absent."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except json.JSONDecodeError as problem:
            raise SlackError(refusal) from problem

    def names(self, name: str) -> list[str]:
        value = self.given.get(name)
        listed = value if isinstance(value, list) else str(value or "").split(",")
        return [one.strip() for one in listed if one.strip()]


async def read_arguments(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return given
    if request.content_type == "application/json":
        return given | await _json(request)
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return given | dict(await request.post())
    raise SlackError("invalid_post_type")


async def _json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except json.JSONDecodeError as problem:
        raise SlackError("invalid_json") from problem
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body
