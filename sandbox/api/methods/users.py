"""users.* and usergroups.*: who is who."""

from sandbox.api.methods.registry import Slack, method
from sandbox.wire.arguments import Arguments
from sandbox.wire.paging import page
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.workspace import User, UserGroup


def _wire(slack: Slack, user: User) -> Json:
    return user.wire(with_email="users:read.email" in slack.scopes)


@method("users.info", "users:read")
def info(slack: Slack, args: Arguments) -> Json:
    return {"user": _wire(slack, slack.user(args.text("user")))}


@method("users.list", "users:read")
def list_users(slack: Slack, args: Arguments) -> Json:
    every = [one for one in slack.workspace.users.values() if not one.is_stranger]
    found, cursor = page(every, args.text("cursor"), args.number("limit", 1000, 1000))
    listed = [_wire(slack, one) for one in found]
    return {"members": listed, "response_metadata": {"next_cursor": cursor}}


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(slack: Slack, args: Arguments) -> Json:
    """Deactivated people and strangers are not found, as in Slack."""
    wanted = args.needed("email", "users_not_found").lower()
    for user in slack.workspace.users.values():
        if user.email and user.email.lower() == wanted and not user.deleted:
            return {"user": _wire(slack, user)}
    raise SlackError("users_not_found")


@method("usergroups.list", "usergroups:read")
def list_groups(slack: Slack, args: Arguments) -> Json:
    whole = args.flag("include_users")
    groups = slack.workspace.groups.values()
    return {"usergroups": [_group(slack, one, whole) for one in groups]}


@method("usergroups.users.list", "usergroups:read")
def group_members(slack: Slack, args: Arguments) -> Json:
    group = slack.workspace.groups.get(args.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


def _group(slack: Slack, group: UserGroup, whole: bool) -> Json:
    members = {"users": list(group.members)} if whole else {}
    return {
        "id": group.id,
        "team_id": slack.workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.members),
        "prefs": {"channels": [], "groups": []},
        **members,
    }
