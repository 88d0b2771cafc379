"""files.*: uploads for image blocks, in Slack's three steps."""

import mimetypes
import time

from sandbox.api.methods.registry import Slack, method
from sandbox.wire.arguments import Arguments
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.workspace import File

LARGEST = 1_000_000_000


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(slack: Slack, args: Arguments) -> Json:
    name = args.needed("filename")
    length = args.number("length", 1, LARGEST)
    file = slack.workspace.add_file(name, name)
    file.length = length
    file.mimetype = mimetypes.guess_type(name)[0] or file.mimetype
    return {"upload_url": f"{slack.payloads.url}/upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(slack: Slack, args: Arguments) -> Json:
    given = args.parsed("files", "invalid_arguments")
    if not isinstance(given, list) or not given:
        raise SlackError("invalid_arguments")
    finished = [_complete(slack, one) for one in given]
    if shared := args.text("channel_id"):
        channel = slack.channel(shared)
        text = args.text("initial_comment") or ""
        slack.workspace.post(channel, slack.bot.id, text or finished[0].title)
    return {"files": [_wire(slack, one) for one in finished]}


@method("files.info", "files:read")
def info(slack: Slack, args: Arguments) -> Json:
    file = slack.workspace.files.get(args.needed("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": _wire(slack, file)}


def _complete(slack: Slack, given: Json) -> File:
    file = slack.workspace.files.get(given.get("id", ""))
    if file is None or not file.content or file.completed is not None:
        raise SlackError("file_not_found")
    file.title = given.get("title") or file.title
    file.completed = time.monotonic()
    return file


def _wire(slack: Slack, file: File) -> Json:
    address = f"{slack.payloads.url}/files/{file.id}/{file.name}"
    named = {"id": file.id, "name": file.name, "title": file.title, "mimetype": file.mimetype}
    return named | {"size": len(file.content), "url_private": address, "permalink": address}
