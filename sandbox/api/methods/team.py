"""auth.test, api.test, team.info and the door to Socket Mode."""

from sandbox.api.methods.registry import Slack, method
from sandbox.wire.arguments import Arguments
from sandbox.wire.wire import Json, SlackError


@method("api.test", by="anybody")
def api_test(_: Slack, args: Arguments) -> Json:
    if error := args.text("error"):
        raise SlackError(error, args=args.given)
    return {"args": args.given}


@method("auth.test")
def auth_test(slack: Slack, _: Arguments) -> Json:
    here = slack.workspace
    grid = {"enterprise_id": here.enterprise_id} if here.enterprise_id else {}
    return {
        "url": f"https://{here.domain}.slack.com/",
        "team": here.team_name,
        "user": here.bot.handle,
        "team_id": here.team_id,
        "user_id": here.bot.id,
        "bot_id": here.bot_id,
        "is_enterprise_install": False,
        **grid,
    }


@method("bots.info", "users:read")
def bot_info(slack: Slack, args: Arguments) -> Json:
    here = slack.workspace
    if args.needed("bot", "bot_not_found") != here.bot_id:
        raise SlackError("bot_not_found")
    named = {"id": here.bot_id, "app_id": here.app_id, "user_id": here.bot.id}
    about = {"name": here.bot.real_name, "deleted": False, "updated": here.bot.updated}
    return {"bot": named | about | {"icons": {}}}


@method("team.info", "team:read")
def team_info(slack: Slack, _: Arguments) -> Json:
    here = slack.workspace
    named = {"id": here.team_id, "name": here.team_name, "domain": here.domain}
    return {"team": {**named, "email_domain": "example.com", "icon": {"image_default": True}}}


@method("apps.connections.open", by="app")
def open_connection(slack: Slack, _: Arguments) -> Json:
    """Also where the manifest says HTTP: one manifest serves both ways of connecting here."""
    host = slack.payloads.url.replace("http://", "ws://")
    ticket = slack.sockets.ticket()
    return {"url": f"{host}/link/?ticket={ticket}&app_id={slack.workspace.app_id}"}
