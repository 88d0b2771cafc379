"""Pictures on their way into messages: drawn, uploaded, and left out where that cannot be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from briefings.messages.message import Message, PictureBlock, UploadedPicture
from briefings.messages.verdict import judged
from briefings.pictures.worker import Artist, CannotDraw

log = logging.getLogger(__name__)
T = TypeVar("T")

# A message waits no longer than this for its pictures.
PATIENCE = 20.0
# Slack knows a file some moments after its upload is complete; a response_url has five uses.
PAUSES = (0.0, 0.5, 1.5)


class PictureRefused(Exception):
    """Slack does not take the message with its pictures, at least not yet."""


@contextmanager
def pictures_may_be_refused(message: Message) -> Iterator[None]:
    """Around a call that posts the message: what Slack says of blocks is about its pictures."""
    try:
        yield
    except SlackApiError as error:
        if message.hung and error.response.get("error") == "invalid_blocks":
            raise PictureRefused from error
        raise


class Gallery:
    """`client` may repeat a call: a file that is uploaded twice is shown once."""

    def __init__(self, client: AsyncWebClient, artist: Artist) -> None:
        self._client = client
        self._artist = artist
        self._barred = False

    async def hang(self, message: Message) -> Message:
        """The message with those of its pictures that can be had; why not the others is logged."""
        hung = dict(message.hung)
        try:
            async with asyncio.timeout(PATIENCE):
                for block in message.pictures:
                    if block.name not in hung and (file_id := await self._file(block)):
                        hung[block.name] = UploadedPicture(file_id, block.alt_text)
        except TimeoutError:
            log.warning("pictures left out why=they took too long")
        return message.hanging(hung)

    async def _file(self, block: PictureBlock) -> str | None:
        """None where it cannot be drawn or uploaded; without the permission it is not tried."""
        if self._barred:
            return None
        try:
            return await self._upload(block, await self._artist.draw(block.picture))
        except SlackApiError as error:
            why = judged(error).why
            self._barred = error.response.get("error") == "missing_scope"
        except (CannotDraw, SlackRequestError, aiohttp.ClientError) as error:
            why = repr(error)
        log.warning("picture left out name=%s why=%s", block.name, why)
        return None

    async def _upload(self, block: PictureBlock, png: bytes) -> str:
        """A file that is in no channel: nobody sees it but in the messages of ours that show it."""
        answer = await self._client.files_upload_v2(
            filename=f"{block.name}.png", content=png, title=block.alt_text
        )
        return str(answer["file"]["id"])


async def shown(message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
    """Sends it, with patience for pictures that Slack does not know yet, in the end without.

    Each use of `send` that is refused with PictureRefused has shown nothing.
    """
    for pause in PAUSES if message.hung else ():
        await asyncio.sleep(pause)
        with suppress(PictureRefused):
            return await send(message)
        log.info("Slack does not take the picture yet")
    return await send(message.hanging({}))


async def update(client: AsyncWebClient, channel: str, ts: str, message: Message) -> None:
    """Shows it in the place of a message of ours; a picture that is gone by now is left out."""

    async def send(message: Message) -> None:
        with pictures_may_be_refused(message):
            await client.chat_update(channel=channel, ts=ts, **message.payload())

    await shown(message, send)
