"""Keeps other sites out: a page elsewhere must not steer the sandbox through a browser here."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

_HERE = {"127.0.0.1", "localhost"}


@web.middleware
async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
    """Refuses foreign Host (DNS rebinding) and foreign Origin (request forgery)."""
    if urlsplit(f"//{request.host}").hostname not in _HERE:
        raise web.HTTPForbidden(text="the sandbox answers on 127.0.0.1 and localhost only")
    origin = request.headers.get("Origin")
    if origin and not _own(origin, request.host):
        raise web.HTTPForbidden(text="requests from other sites are refused")
    answer: web.StreamResponse = await handler(request)
    return answer


def _own(origin: str, host: str) -> bool:
    there, here = urlsplit(origin), urlsplit(f"//{host}")
    return there.scheme == "http" and there.hostname in _HERE and there.port == here.port
