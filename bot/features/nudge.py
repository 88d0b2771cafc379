"""What a nudge offers beside the verbs: putting a reminder off, and saying that it was no use."""

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature
from bot.slack.parsing import first_and_rest
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import parse_key
from debt.refusal import Refused
from storage.nudges import attention, nudge_queue

_DAYS = {"1": 1, "7": 7, "next": None}


async def _snoozed(call: Call) -> Answer:
    """Snoozes an artifact; the option of the menu has its key and the number of days."""
    key, span = first_and_rest(call.value)
    if span not in _DAYS:
        raise Refused("Choose for how long.")
    async with call.changing() as session:
        later = await nudge_queue.snooze(session, call.change, parse_key(key), _DAYS[span])
    return Reply(plainly(say("nudge.snoozed", artifact=later)))


async def _unwanted(call: Call) -> Answer:
    async with call.changing() as session:
        await attention.not_useful(session, call.change, int(call.value))
    return Reply(plainly(say("nudge.fewer")))


FEATURE = Feature(buttons={"artifact.snooze": _snoozed, "nudge.unwanted": _unwanted})
