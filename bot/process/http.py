"""The HTTP server: Slack's requests, and two health checks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy.exc import SQLAlchemyError

from storage.database.migrate import require_current
from storage.database.store import DatabaseError, Store

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
PATIENCE = 3  # seconds
_UNREACHABLE = "database unreachable"
# What reading a body that Slack would not send comes to, in Bolt and in our listeners.
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)


def application(store: Store, app: AsyncApp | None) -> web.Application:
    """Without `app` (Socket Mode) only the health checks answer."""
    routes = web.RouteTableDef()

    @routes.get("/healthz")
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    @routes.get("/readyz")
    async def readyz(_request: web.Request) -> web.Response:
        why = await _why_not_ready(store)
        return web.json_response({"ok": not why, "why": why}, status=503 if why else 200)

    server = web.Application(client_max_size=LARGEST_BODY)
    server.add_routes(routes)
    if app is not None:
        server.router.add_post("/slack/events", _slack(app))
    return server


async def _why_not_ready(store: Store) -> str | None:
    """The reason, or None. Waits 3 s for the database, and not for its driver, which takes ten
    seconds to cancel a query.
    """
    check = asyncio.create_task(require_current(store))
    await asyncio.wait({check}, timeout=PATIENCE)
    if not check.done():
        check.add_done_callback(_let_go)
        check.cancel()
        return _UNREACHABLE
    try:
        await check
    except DatabaseError as error:
        return str(error)
    except (SQLAlchemyError, OSError):
        return _UNREACHABLE
    return None


def _let_go(check: asyncio.Task[None]) -> None:
    """Reads the error of a check that was given up, which asyncio would log otherwise."""
    if not check.cancelled():
        check.exception()


def _slack(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def slack(request: web.Request) -> web.Response:
        try:
            body = await request.text()
            bolt_request = AsyncBoltRequest(
                body=body, query=request.query_string, headers=dict(request.headers)
            )
            answer = await app.async_dispatch(bolt_request)
        except MALFORMED:
            return web.json_response({"error": "malformed body"}, status=400)
        if answer.status == 401:
            log.warning("request refused: not signed with SLACK_SIGNING_SECRET just now")
        return await to_aiohttp_response(answer)

    return slack
