"""Turns what a person types into what Slack sends: mentions, channels and links as tokens."""

import re

from sandbox.workspace.workspace import Workspace

_TOKEN = re.compile(r"<([@#!][^<>]+|https?://[^<>]+)>")
_MENTION = re.compile(r"(?<![\w@/])@([A-Za-z0-9][\w.-]*\w|\w)")
_CHANNEL = re.compile(r"(?<![\w#/&])#([a-z0-9][\w-]*)")
_URL = re.compile(r"(?<![<\w])https?://[^\s<>|]+")
_BROADCAST = {"here", "channel", "everyone"}


def command_text(text: str, workspace: Workspace, *, should_escape: bool) -> str:
    """With should_escape a mention carries id and name, without it stays as typed."""
    return _composed(text, workspace, named=True) if should_escape else text


def message_text(text: str, workspace: Workspace) -> str:
    return _composed(text, workspace, named=False)


def _composed(text: str, workspace: Workspace, *, named: bool) -> str:
    """Tokens that name somebody who exists are a picked mention, all else is just text."""
    parts = []
    last = 0
    for token in _TOKEN.finditer(text):
        if _exists(token[1], workspace):
            parts += [_written(text[last : token.start()], workspace, named), token[0]]
            last = token.end()
    return "".join([*parts, _written(text[last:], workspace, named)])


def _exists(token: str, workspace: Workspace) -> bool:
    name = token.partition("|")[0]
    groups = {f"!subteam^{one}" for one in workspace.groups}
    return name[1:] in workspace.users or name[1:] in workspace.channels or name in groups


def _written(text: str, workspace: Workspace, named: bool) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _URL.sub(lambda m: f"<{m[0]}>", text)
    text = _MENTION.sub(lambda m: _mention(m[1], workspace, named) or m[0], text)
    return _CHANNEL.sub(lambda m: _channel(m[1], workspace) or m[0], text)


def _mention(handle: str, workspace: Workspace, named: bool) -> str | None:
    for user in workspace.users.values():
        if user.handle == handle:
            return f"<@{user.id}|{handle}>" if named else f"<@{user.id}>"
    for group in workspace.groups.values():
        if group.handle == handle:
            return f"<!subteam^{group.id}|@{handle}>"
    return f"<!{handle}>" if handle in _BROADCAST else None


def _channel(name: str, workspace: Workspace) -> str | None:
    named = (one for one in workspace.channels.values() if one.name == name and not one.is_im)
    found = next(named, None)
    return f"<#{found.id}|{name}>" if found else None
