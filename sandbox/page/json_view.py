"""The workspace as JSON for the page: what a Slack client would know to draw itself."""

from sandbox.drivers.replies import VisibleReply
from sandbox.transport.payloads import values_of
from sandbox.wire.wire import Json
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.views import View
from sandbox.workspace.workspace import Channel, User, Workspace, WorkspaceChange


def workspace(here: Workspace) -> Json:
    """Team, app, people, groups, and what the manifest offers to complete and click."""
    app = {"id": here.app_id, "name": here.manifest.app_name, "bot": user(here.bot)}
    tabs = {"home_tab": here.manifest.home_tab, "may_write": here.manifest.people_may_write}
    return {
        "team": {"id": here.team_id, "name": here.team_name, "domain": here.domain},
        "app": app | tabs,
        "people": [user(one) for one in here.users.values()],
        "groups": [{"id": g.id, "handle": g.handle, "name": g.name} for g in here.groups.values()],
        "commands": [vars(one) for one in here.manifest.commands.values()],
        "shortcuts": [vars(one) for one in here.manifest.shortcuts.values()],
    }


def user(one: User) -> Json:
    return vars(one)


def channel(here: Workspace, one: Channel, person: str) -> Json:
    name = here.bot.handle if one.is_im else one.name
    flags = {"is_im": one.is_im, "is_private": one.is_private, "archived": one.archived}
    flags |= {"is_ext_shared": one.is_ext_shared, "bot": here.bot.id in one.members}
    members = {"members": one.members, "unread": one.unread(person)}
    return {"id": one.id, "name": name, **flags, **members}


def message(here: Workspace, one: PostedMessage) -> Json:
    author = here.users[one.user]
    return {
        "ts": one.ts,
        "channel": one.channel,
        "user": one.user,
        "handle": author.handle,
        "name": author.real_name,
        "is_bot": author.is_bot,
        "text": one.text,
        "notification": one.notification,
        "shown": one.shown,
        "blocks": one.blocks,
        "values": values_of(one),
        "ephemeral": one.ephemeral,
        "edited": bool(one.edited),
        "thread_ts": one.thread_ts,
        "metadata": one.metadata,
    }


def view(one: View) -> Json:
    return {
        "id": one.id,
        "type": one.source["type"],
        "title": one.title,
        "submit": (one.source.get("submit") or {}).get("text"),
        "close": (one.source.get("close") or {}).get("text", "Cancel"),
        "callback_id": one.callback_id,
        "blocks": one.blocks,
        "values": values_of(one),
        "errors": one.errors,
        "version": one.version,
        "previous": one.previous,
    }


def reply(here: Workspace, one: VisibleReply) -> Json:
    return {
        "messages": [message(here, m) for m in one.messages],
        "updated": [message(here, m) for m in one.updated],
        "text": one.text,
        "form": view(one.form.view) if one.form else None,
        "error": one.error,
    }


def change(one: WorkspaceChange) -> Json:
    ts = one.message.ts if one.message else None
    view_id = one.view.id if one.view else None
    place = {"channel": one.channel, "user": one.user}
    return {"kind": one.kind, **place, "ts": ts, "view_id": view_id}
