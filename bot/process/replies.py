"""From a feature's answer to Slack: in the acknowledgement, by response_url, as a form, as a DM."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeGuard

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.features import home
from bot.slack.call import (
    ActedBefore,
    Answer,
    Answered,
    Bot,
    Modal,
    Origin,
    Reply,
    ShownAtHome,
)
from bot.slack.form_state import FieldRefused
from bot.slack.workspace import code_of, leads_to_slack
from briefings.messages.message import Message, plainly
from briefings.messages.uploads import PictureRefused, pictures_may_be_refused, shown
from briefings.words.words import inert, say
from debt.artifact.artifact import Artifact
from debt.refusal import Refused
from storage.digests import subscriptions
from storage.register import queries

log = logging.getLogger(__name__)

# Slack gives up at 3 s; what takes longer than this is answered afterwards.
IN_TIME = 2.0
_LATE_TRIGGER = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired"}


async def settled(work: Awaitable[Answer], *, in_form: bool = False) -> Answer:
    """The answer, or the words for why there is none; anything unexpected gets a reference.

    What is refused at a field of a form is raised where that form is there to say so.
    """
    try:
        return await work
    except ActedBefore:
        return Answered()
    except Refused as refusal:
        if in_form and isinstance(refusal, FieldRefused):
            raise
        return refused(refusal)
    except Exception as error:  # noqa: BLE001  # the person gets a reference, the log the traceback
        return unexpected(error)


def unexpected(error: Exception) -> Reply:
    return Reply(plainly(say("errors.unexpected", reference=reference(error))))


def refused(refusal: Refused) -> Reply:
    return Reply(plainly(inert(str(refusal))))


def reference(error: Exception) -> str:
    """A short id that the person is given and the log has, with the traceback."""
    chosen = secrets.token_hex(4)
    log.error("unexpected error reference=%s", chosen, exc_info=error)
    return chosen


async def in_time(bot: Bot, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
    """Starts the work and gives it most of Slack's 3 s; it goes on beyond if it has to."""
    task = bot.tasks.start(work)
    await asyncio.sleep(0)  # what waits for nobody is done after its first turn
    if not task.done():
        await asyncio.wait({task}, timeout=IN_TIME)
    return task


async def answer_command(
    bot: Bot, ack: AsyncAck, origin: Origin, trigger_id: str, work: Awaitable[Answer]
) -> None:
    """A quick answer rides on the acknowledgement; a form or a slow answer follows it."""
    task = await in_time(bot, settled(work))
    if task.done() and _rides_along(reply := task.result()):
        # Bolt would turn the same card into JSON anew for each who looks at it.
        body = reply.message.encoded(await _shown_to(bot, origin, reply))
        ack.response = BoltResponse(status=200, body=body)
        bot.poke()
        return
    await ack()
    bot.tasks.leave(_follow(bot, origin, trigger_id, task))


def _rides_along(answer: Answer) -> TypeGuard[Reply]:
    """False for forms, and for messages with pictures, which take too long to draw and upload."""
    return isinstance(answer, Reply) and not answer.message.pictures


async def answer_press(bot: Bot, origin: Origin, trigger_id: str, work: Awaitable[Answer]) -> None:
    """After a button or shortcut: the form it opens, or words for who pressed it."""
    await _follow(bot, origin, trigger_id, await in_time(bot, settled(work)))


async def _follow(bot: Bot, origin: Origin, trigger_id: str, task: asyncio.Task[Answer]) -> None:
    answer = await task
    if isinstance(answer, Modal):
        trouble = await _opened(bot, trigger_id, answer.view)
        if trouble:
            await deliver(bot, origin, trouble)
    else:
        await deliver(bot, origin, answer)


async def _opened(bot: Bot, trigger_id: str, view: View) -> Reply | None:
    """Opens the form; where Slack does not, the words for it."""
    try:
        await bot.client.views_open(trigger_id=trigger_id, view=view)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        if isinstance(error, SlackApiError) and code_of(error) in _LATE_TRIGGER:
            return Reply(plainly(say("errors.slow")))
        return unexpected(error)
    return None


async def deliver(bot: Bot, origin: Origin, reply: Reply | ShownAtHome | Answered) -> None:
    """Answers by response_url, else by DM, and redraws the message or Home that was pressed."""
    try:
        if origin.home:
            await _say_at_home(bot, origin, reply)
        elif isinstance(reply, Reply):
            await _say(bot, origin, reply)
    finally:
        await renew(bot, origin)


async def _say_at_home(bot: Bot, origin: Origin, reply: Reply | ShownAtHome | Answered) -> None:
    """What was done in a Home tab is shown at its top; any other answer is a DM."""
    if isinstance(reply, Answered):
        return
    done = isinstance(reply, Reply) and reply.changed is not None
    bot.homes.say(origin.slack_id, reply.message if isinstance(reply, Reply) and done else None)
    if isinstance(reply, Reply) and not done:
        await _direct(bot, origin, reply.message)


async def _say(bot: Bot, origin: Origin, reply: Reply) -> None:
    await _tell_the_channel(bot, origin, reply)
    message = await bot.gallery.hang(reply.message)
    if not origin.respond or not await _answer(bot, origin, replace(reply, message=message)):
        await _direct(bot, origin, message)


async def _answer(bot: Bot, origin: Origin, reply: Reply) -> bool:
    """Answers by response_url; False where the person may not see it, and a DM has to follow."""

    async def send(message: Message) -> bool:
        with_pictures = replace(reply, message=message)
        payload = await _visible(bot, origin, with_pictures) | {"replace_original": reply.replace}
        why = await _respond(bot, str(origin.respond), payload)
        if message.hung and "invalid_blocks" in why:
            raise PictureRefused
        return not why

    return await shown(reply.message, send)


async def _tell_the_channel(bot: Bot, origin: Origin, reply: Reply) -> None:
    """Posts a change made on a person's own card to the channel, where it follows the artifact."""
    if origin.card and origin.respond and await _follows(bot, origin, reply.changed):
        news = plainly(reply.message.text).payload()
        payload = {**news, "response_type": "in_channel", "replace_original": False}
        await _respond(bot, origin.respond, payload)


async def renew(bot: Bot, origin: Origin) -> None:
    """Shows the new state where the button was: in their Home tab, or in a message that others
    see too. Sends what is due.
    """
    bot.poke()
    if origin.home:
        await home.publish(bot, origin.slack_id)
    elif origin.ts and origin.channel:
        await bot.updates.refresh(origin.channel, origin.ts)


async def _respond(bot: Bot, url: str, payload: Mapping[str, Any]) -> str:
    """Empty where the person certainly sees it, else the reason why they may not."""
    if not leads_to_slack(url, bot.client):
        log.warning("response_url does not lead to Slack")
        return "not Slack's"
    webhook = AsyncWebhookClient(url, session=bot.session, retry_handlers=[])
    try:
        answer = await webhook.send_dict(dict(payload))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("response_url did not answer error=%r", error)
        return "no answer"
    if answer.status_code == 200:
        return ""
    log.warning("response_url refused status=%d", answer.status_code)
    return f"{answer.status_code} {answer.body}"


async def _direct(bot: Bot, origin: Origin, message: Message) -> None:
    channel = origin.channel if origin.direct and origin.channel else origin.slack_id

    async def send(message: Message) -> None:
        with pictures_may_be_refused(message):
            await bot.client.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **message.payload()
            )

    await shown(await bot.gallery.hang(message), send)


async def _visible(bot: Bot, origin: Origin, reply: Reply) -> dict[str, Any]:
    kind = await _shown_to(bot, origin, reply)
    return {**reply.message.payload(), "response_type": kind}


async def _shown_to(bot: Bot, origin: Origin, reply: Reply) -> str:
    """Everybody sees a change of what the channel follows; all else is for the person alone."""
    followed = not reply.replace and not origin.ts and await _follows(bot, origin, reply.changed)
    return "in_channel" if followed else "ephemeral"


async def _follows(bot: Bot, origin: Origin, changed: Artifact | None) -> bool:
    if not origin.channel or not changed:
        return False
    async with bot.store.read() as session:
        subscription = await subscriptions.subscription(session, origin.channel)
        return subscription is not None and await queries.covers(
            session, subscriptions.scope_of(subscription), changed
        )
