"""chat.*: what the bot says, changes and takes back."""

import re
from typing import Any

from sandbox.api.methods.registry import Slack, method
from sandbox.blocks.limits import MESSAGE_TEXT, check_message_blocks
from sandbox.blocks.reading import lines_of
from sandbox.wire.arguments import Arguments
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.workspace import Channel, File, Workspace

_PICTURES = {"image/png", "image/jpeg", "image/gif"}
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]{1,255}")


@method("chat.postMessage", "chat:write")
def post_message(slack: Slack, args: Arguments) -> Json:
    channel = _destination(slack, args.needed("channel", "channel_not_found"))
    _may_post(slack, channel)
    text, blocks = content(slack.workspace, args)
    metadata, warning = _metadata(args)
    thread = args.text("thread_ts")
    message = slack.workspace.post(
        channel, slack.bot.id, text, blocks, metadata=metadata, thread_ts=thread
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.wire(), **warning}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(slack: Slack, args: Arguments) -> Json:
    channel = _destination(slack, args.needed("channel", "channel_not_found"))
    _may_post(slack, channel)
    user = slack.user(args.text("user"))
    if user.id not in channel.members or user.deleted:
        raise SlackError("user_not_in_channel")
    text, blocks = content(slack.workspace, args)
    said = slack.workspace.post(channel, slack.bot.id, text, blocks, only_for=user.id)
    return {"message_ts": said.ts}


@method("chat.update", "chat:write")
def update(slack: Slack, args: Arguments) -> Json:
    """Text without blocks takes the old blocks away; metadata stays unless given anew."""
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    message = _own_message(slack, channel, args, "cant_update_message")
    if args.given.get("text") is None and args.given.get("blocks") is None:
        raise SlackError("no_text")
    text, blocks = content(slack.workspace, args)
    metadata, warning = _metadata(args)
    if "metadata" in args.given:
        message.metadata = metadata
    slack.workspace.update(message, text, blocks or [], edited=not blocks)
    said = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**said, "message": message.wire(), **warning}


@method("chat.delete", "chat:write")
def delete(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    message = _own_message(slack, channel, args, "cant_delete_message")
    slack.workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(slack: Slack, args: Arguments) -> Json:
    channel = slack.channel(args.needed("channel", "channel_not_found"))
    ts = args.needed("message_ts")
    if channel.find(ts) is None:
        raise SlackError("message_not_found")
    path = f"archives/{channel.id}/p{ts.replace('.', '')}"
    link = f"https://{slack.workspace.domain}.slack.com/{path}"
    return {"channel": channel.id, "permalink": link}


def content(workspace: Workspace, args: Arguments) -> tuple[str, list[Json] | None]:
    """Text and blocks within Slack's limits. Raises no_text, msg_too_long, invalid_blocks, ..."""
    blocks = args.parsed("blocks", "invalid_blocks_format")
    if blocks is not None:
        check_message_blocks(blocks)
        check_files(workspace, blocks, "invalid_blocks")
    text = str(args.given.get("text") or "")
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    if len(text) > MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    return text or lines_of(blocks or [], workspace), blocks


def check_files(workspace: Workspace, value: Any, refusal: str, at: str = "/blocks") -> None:
    """Every slack_file must name a picture that was uploaded to its end, by id or by address.

    Slack is done with an upload a moment after it said so; until then it knows no such file.
    """
    wrong = [where for where, named in _named_files(value, at) if not _shows(workspace, named)]
    if wrong:
        errors = [f"invalid slack file [json-pointer:{where}]" for where in wrong]
        messages = [f"[ERROR] {one}" for one in errors]
        raise SlackError(refusal, errors=errors, response_metadata={"messages": messages})


def _shows(workspace: Workspace, named: Json) -> bool:
    if ("id" in named) == ("url" in named):
        return False
    file = workspace.files.get(named.get("id", "")) or _file_at(workspace, named)
    return file is not None and file.mimetype in _PICTURES and workspace.is_ready(file)


def _file_at(workspace: Workspace, named: Json) -> File | None:
    address = named.get("url", "")
    return next((f for f in workspace.files.values() if f"/{f.id}/" in address), None)


def _named_files(value: Any, at: str) -> list[tuple[str, Json]]:
    """What each slack_file says, and where it stands."""
    if isinstance(value, list):
        return [each for n, one in enumerate(value) for each in _named_files(one, f"{at}/{n}")]
    if not isinstance(value, dict):
        return []
    own = [(f"{at}/slack_file", value["slack_file"])] if "slack_file" in value else []
    return own + [each for key, one in value.items() for each in _named_files(one, f"{at}/{key}")]


def _destination(slack: Slack, which: str) -> Channel:
    """A channel, or the DM with a person given by id, opened if need be."""
    if which in slack.workspace.users:
        person = slack.workspace.users[which]
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        return slack.workspace.dm(which)
    return slack.channel(which)


def _may_post(slack: Slack, channel: Channel) -> None:
    """Writing to somebody deactivated succeeds in Slack, unread as it stays."""
    if channel.archived:
        raise SlackError("is_archived")
    if channel.is_im:
        if not slack.workspace.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
    elif slack.bot.id not in channel.members and "chat:write.public" not in slack.scopes:
        raise SlackError("not_in_channel")


def _own_message(slack: Slack, channel: Channel, args: Arguments, refusal: str) -> PostedMessage:
    message = channel.find(args.needed("ts", "message_not_found"))
    if message is None or message.ephemeral:
        raise SlackError("message_not_found")
    if message.user != slack.bot.id:
        raise SlackError(refusal)
    return message


def _metadata(args: Arguments) -> tuple[Json | None, Json]:
    """Slack drops metadata of the wrong shape with a warning, and posts the message without."""
    given = args.parsed("metadata", "invalid_metadata_format")
    if not given:
        return None, {}
    if not isinstance(given, dict):
        raise SlackError("invalid_metadata_format")
    payload = given.get("event_payload")
    named = _EVENT_TYPE.fullmatch(str(given.get("event_type", "")))
    if named and isinstance(payload, dict):
        return {"event_type": given["event_type"], "event_payload": payload}, {}
    warning = "invalid_metadata_schema"
    return None, {"warning": warning, "response_metadata": {"warnings": [warning]}}
