"""`/debt review`: marks an artifact as reviewed today, which sets its next review."""

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.picker import by_form, pick_form
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.artifact.artifact import parse_key
from storage.lifecycle import maintenance


async def review(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "review.form", "Review an artifact", "Reviewed today")
    return await _review(call, parse_key(call.words))


async def _review(call: Call, artifact_id: int) -> Reply:
    async with call.changing() as session:
        reviewed = await maintenance.review(session, call.change, artifact_id)
    words = say("review.reviewed", artifact=reviewed, who=call.who)
    return Reply(plainly(words), changed=reviewed)


async def _pressed(call: Call) -> Answer:
    return await _review(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(Verb("review", "[KEY]", "reviewed by you today; sets the next review date", review),),
    buttons={"artifact.review": _pressed},
    forms={"review.form": by_form(_review)},
)
