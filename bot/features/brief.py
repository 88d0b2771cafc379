"""`/debt brief`: now, and only to the person who asks, what the digest would say."""

from zoneinfo import ZoneInfo

from bot.features.subscribe import require_scope
from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.parsing import scope_in
from briefings.digest import digest, facts
from briefings.messages.message import plainly
from briefings.words.words import say
from debt.refusal import Refused
from debt.scope import ALL, Scope
from storage.database.store import Session
from storage.digests import subscriptions


async def brief(call: Call) -> Answer:
    """The digest as of now. Nothing is marked as listed, so the next digest is the same."""
    async with call.store.read() as session:
        subscription = await subscriptions.subscription(session, call.channel or "")
        own = subscriptions.scope_of(subscription) if subscription else ALL
        scope = read_scope(call.words, own, "brief")
        await require_scope(session, scope)
        last_at = subscription.last_at if subscription else None
        since = facts.since_last(last_at, call.at)
        here = call.at.astimezone(ZoneInfo(subscription.zone if subscription else call.who.zone))
        month = facts.month_of(last_at, here)
        gathered = await facts.gather(
            session, call.channel or "", scope, call.policy, here, since, month=month
        )
        message = await digest.compose(session, gathered.weekly, call.policy)
    return Reply(message or plainly(say("digest.nothing", scope=scope)))


def read_scope(words: str, own: Scope, verb: str) -> Scope:
    """The scope typed; `own` where nothing was typed. Refused for any other word."""
    if not words:
        return own
    scope = scope_in(words)
    if scope is None:
        raise Refused(
            f"Say “{verb}” alone, or with a scope: all, team:x, repo:x, service:x, train:x."
        )
    return scope


async def own_scope(session: Session, channel: str | None) -> Scope:
    """What the channel follows; everything where it follows nothing."""
    subscription = await subscriptions.subscription(session, channel or "")
    return subscriptions.scope_of(subscription) if subscription else ALL


FEATURE = Feature(
    verbs=(Verb("brief", "[scope]", "this week’s digest now, shown only to you", brief),),
)
