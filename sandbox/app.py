"""The sandbox as one starts it: the server, steered by JSON under /control/ and by its page."""

from aiohttp import web

from sandbox.drivers.server import SlackServer
from sandbox.page import control, page


class Sandbox(SlackServer):
    """A small Slack in a browser. See README.md beside this file."""

    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), *control.routes(self), *page.routes(self)]
