"""conversations.*: channels and direct messages."""

import time

from sandbox.api.methods.registry import Slack, method
from sandbox.wire.arguments import Arguments
from sandbox.wire.paging import page
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.workspace import Channel, WorkspaceChange

_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


@method("conversations.open", "im:write", "mpim:write")
def open_conversation(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel")) if args.text("channel") else _dm(slack, args)
    if not channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    whole = args.flag("return_im")
    return {"channel": wire(slack, channel) if whole else {"id": channel.id}}


def _dm(slack: Slack, args: Arguments) -> Channel:
    users = [slack.user(one) for one in args.names("users")]
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise NotImplementedError("the sandbox has no group direct messages")
    if users[0].deleted:
        raise SlackError("user_disabled")
    if users[0].is_bot:
        raise SlackError("cannot_dm_bot")
    return slack.workspace.dm(users[0].id)


@method("conversations.info")
def info(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    slack.need(f"{channel.kind}:read")
    members = {"num_members": len(channel.members)} if args.flag("include_num_members") else {}
    return {"channel": wire(slack, channel) | members}


@method("conversations.list")
def list_conversations(slack: Slack, args: Arguments) -> Json:
    kinds = _kinds(slack, args)
    every = slack.workspace.channels.values()
    hide = args.flag("exclude_archived")
    seen = [
        c for c in every if c.kind in kinds and not (hide and c.archived) and _visible(slack, c)
    ]
    found, cursor = page(seen, args.text("cursor"), args.number("limit", 100, 1000))
    listed = [wire(slack, one) for one in found]
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


@method("users.conversations")
def of_user(slack: Slack, args: Arguments) -> Json:
    kinds = _kinds(slack, args)
    who = slack.user(args.text("user") or slack.bot.id)
    hide = args.flag("exclude_archived")
    theirs = slack.workspace.channels_of(who.id)
    seen = [
        c for c in theirs if c.kind in kinds and not (hide and c.archived) and _visible(slack, c)
    ]
    found, cursor = page(seen, args.text("cursor"), args.number("limit", 100, 999))
    listed = [wire(slack, one) for one in found]
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members")
def members(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    slack.need(f"{channel.kind}:read")
    found, cursor = page(channel.members, args.text("cursor"), args.number("limit", 100, 1000))
    return {"members": found, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    if channel.kind != "channels":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if slack.bot.id not in channel.members:
        channel.members.append(slack.bot.id)
        slack.workspace.changed(WorkspaceChange("channels", channel.id))
        return {"channel": wire(slack, channel)}
    warning = {"warning": "already_in_channel"}
    return {"channel": wire(slack, channel), **warning}


@method("conversations.history")
def history(slack: Slack, args: Arguments) -> Json:
    """Newest first, ephemeral ones never, those of the last `history_lag` seconds not yet."""
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    slack.need(f"{channel.kind}:history")
    if slack.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    newest = time.time_ns() // 1000 - int(slack.workspace.history_lag * 1_000_000)
    asked = (one for one in reversed(channel.messages) if _asked(one, args))
    seen = [one for one in asked if _instant(one.ts) <= newest]
    found, cursor = page(seen, args.text("cursor"), args.number("limit", 100, 999))
    whole = args.flag("include_all_metadata")
    body: Json = {"messages": [one.wire(metadata=whole) for one in found]}
    body |= {"has_more": bool(cursor), "pin_count": 0}
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _asked(message: PostedMessage, args: Arguments) -> bool:
    if message.ephemeral or (message.thread_ts and message.thread_ts != message.ts):
        return False
    at, inclusive = _instant(message.ts), args.flag("inclusive")
    oldest, latest = args.text("oldest"), args.text("latest")
    after = not oldest or at > _instant(oldest) or (inclusive and at == _instant(oldest))
    before = not latest or at < _instant(latest) or (inclusive and at == _instant(latest))
    return after and before


def _instant(ts: str) -> int:
    """Microseconds: floats would round neighboring messages together."""
    whole, _, fraction = ts.partition(".")
    try:
        return int(whole) * 1_000_000 + int(f"{fraction:0<6}"[:6])
    except ValueError as problem:
        raise SlackError("invalid_ts_oldest") from problem


def _kinds(slack: Slack, args: Arguments) -> set[str]:
    types = args.names("types") or ["public_channel"]
    if unknown := set(types) - set(_TYPES):
        raise SlackError("invalid_types", unknown=sorted(unknown))
    kinds = {_TYPES[one] for one in types}
    for kind in kinds:
        slack.need(f"{kind}:read")
    return kinds


def _visible(slack: Slack, channel: Channel) -> bool:
    return channel.kind == "channels" or slack.bot.id in channel.members


def wire(slack: Slack, channel: Channel) -> Json:
    here = {"id": channel.id, "created": channel.created, "is_archived": channel.archived}
    if channel.is_im:
        other = next(one for one in channel.members if one != slack.bot.id)
        deleted = slack.workspace.users[other].deleted
        return here | {"is_im": True, "user": other, "is_user_deleted": deleted, "is_open": True}
    return here | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": slack.bot.id in channel.members,
        "creator": next(iter(channel.members), slack.bot.id),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "context_team_id": slack.workspace.team_id,
        "num_members": len(channel.members),
    }
