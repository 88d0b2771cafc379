"""`/debt subscribe`, `unsubscribe`: this channel's weekly digest, its scope and its time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from typing import Any
from zoneinfo import available_timezones

from slack_sdk.errors import SlackApiError

from bot.slack.call import Answer, Bot, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import form, select_input, text_input
from bot.slack.parsing import scope_in, words_of
from briefings.delivery.schedule import next_instant
from briefings.messages.message import Message, button, line, plainly
from briefings.words.words import say
from debt.change import Change
from debt.policy.policy import WEEKDAYS
from debt.refusal import Refused
from debt.scope import ALL, Scope, ScopeKind
from storage.database.store import Session
from storage.digests import subscriptions
from storage.register import queries
from storage.tables import Subscription

_USUAL_TIME = "09:30"


@dataclass(frozen=True, slots=True)
class SubscriptionWanted:
    """A digest's scope, weekday, time and zone as typed; None for what was not typed."""

    scope: Scope | None = None
    weekday: int | None = None
    at: str | None = None
    zone: str | None = None


async def subscribe(call: Call) -> Answer:
    return await _subscribe(call, read_words(call.words))


def read_words(text: str) -> SubscriptionWanted:
    """Scope, weekday, time and zone in any order; Refused names the word it cannot read."""
    fields: dict[str, Any] = {}
    for word in words_of(text):
        fields |= _read_word(word)
    return SubscriptionWanted(**fields)


def _read_word(word: str) -> dict[str, Any]:
    scope = scope_in(word)
    if scope:
        return {"scope": scope}
    weekday = _weekday(word)
    if weekday is not None:
        return {"weekday": weekday}
    if re.fullmatch(r"[0-9]{1,2}[:.][0-9]{2}", word, re.ASCII):
        return {"at": read_time(word)}
    return {"zone": read_zone(word)}


def _weekday(word: str) -> int | None:
    name = word.casefold().rstrip("s,")
    days = [n for n, day in enumerate(WEEKDAYS) if len(name) >= 3 and day.startswith(name)]
    return days[0] if days else None


def read_time(word: str) -> str:
    try:
        hour, minute = re.split("[:.]", word)
        return time(int(hour), int(minute)).strftime("%H:%M")
    except ValueError:
        raise Refused(f"“{word[:20]}” is not a time of day. Say 09:30.") from None


def read_zone(word: str) -> str:
    zones = {zone.casefold(): zone for zone in available_timezones()}
    zone = zones.get(word.casefold())
    if zone is None:
        near = get_close_matches(word.casefold(), zones, 1)
        meant = f" Did you mean {zones[near[0]]}?" if near else ""
        raise Refused(
            f"I cannot read “{word[:40]}”: it is no scope "
            "(all, team:x, repo:x, service:x, train:x), "
            f"weekday, time (09:30) or time zone (Europe/Berlin).{meant}"
        )
    return zone


async def _subscribe(call: Call, typed: SubscriptionWanted) -> Reply:
    channel = await _own_channel(call)
    async with call.changing() as session:
        old = await subscriptions.subscription(session, channel)
        wanted = _wanted(call, channel, typed, old)
        await require_scope(session, subscriptions.scope_of(wanted))
        kept = await subscriptions.subscribe(session, call.change, wanted)
    words = say("subscribe.subscribed", subscription=kept, weekday=WEEKDAYS[kept.weekday])
    change = button("Change", "digest.change", channel)
    return Reply(Message(words, (line(words, accessory=change),)))


def _wanted(
    call: Call, channel: str, typed: SubscriptionWanted, old: Subscription | None
) -> Subscription:
    """What was typed; what that leaves out is as the channel has it, else as usual."""
    scope = typed.scope or (subscriptions.scope_of(old) if old else ALL)
    weekday = typed.weekday if typed.weekday is not None else (old.weekday if old else 0)
    wall = typed.at or (old.at if old else _USUAL_TIME)
    zone = typed.zone or (old.zone if old else call.who.zone)
    return Subscription(
        channel=channel,
        scope=scope.kind,
        scope_name=scope.name,
        weekday=weekday,
        at=wall,
        zone=zone,
        subscriber=call.who.slack_id,
        next_at=next_instant(call.at, weekday, wall, zone),
    )


async def require_scope(session: Session, scope: Scope) -> None:
    """Refused where nothing on the register is in the scope, with the nearest team."""
    if scope == ALL or await queries.exists(session, scope):
        return
    near = []
    if scope.kind is ScopeKind.TEAM:
        near = get_close_matches(scope.name, await queries.teams(session), 1)
    meant = f" Did you mean team:{near[0]}?" if near else ""
    raise Refused(f"Nothing on the register is in {scope}.{meant}", field="scope")


async def _own_channel(call: Call) -> str:
    """The channel the command was typed in. Refused where no digest can be posted there."""
    channel = call.channel
    if channel is None or channel.startswith("D"):
        raise Refused("A digest belongs in a channel. Say that where your team would read it.")
    try:
        answer = await call.bot.client.conversations_info(channel=channel)
    except SlackApiError as error:
        if error.response.get("error") not in {"channel_not_found", "missing_scope"}:
            raise
        raise Refused("I cannot see this channel yet. Invite me with /invite first.") from None
    _require_deliverable(answer["channel"])
    return channel


def _require_deliverable(channel: Mapping[str, Any]) -> None:
    if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
        raise Refused(
            "This channel is shared with another organization, so the register stays out of it."
        )
    if channel.get("is_archived"):
        raise Refused("This channel is archived.")
    if not channel.get("is_member"):
        raise Refused("I am not in this channel yet. Invite me with /invite first.")


async def unsubscribe(call: Call) -> Answer:
    channel = call.channel
    if channel is None:
        raise Refused("Say that in the channel whose digest should end.")
    async with call.changing() as session:
        await subscriptions.unsubscribe(session, call.change, channel)
    return Reply(plainly(say("subscribe.unsubscribed", channel=channel)))


async def stop_where_shared(bot: Bot, channel: str) -> None:
    """Ends the digest of a channel that another organization has joined; safe to repeat."""
    change = Change("slack", bot.now(), bot.policy)
    async with bot.store.change() as session:
        why = "it is shared with another organization now"
        await subscriptions.pause(session, change, channel, why)
    bot.poke()


async def _change_form(call: Call) -> Answer:
    async with call.store.read() as session:
        old = await subscriptions.subscription(session, call.value)
    if old is None:
        raise Refused("This channel gets no digest any more. Say “subscribe” to start one.")
    days = [(str(number), day.capitalize()) for number, day in enumerate(WEEKDAYS)]
    scope = str(subscriptions.scope_of(old))
    blocks = [
        text_input(
            "scope", "Scope", initial=scope, hint="all, team:x, repo:x, service:x or train:x"
        ),
        select_input("weekday", "Weekday", days, initial=str(old.weekday)),
        text_input("time", "Time", initial=old.at, hint="Such as 09:30", longest=5),
        text_input("zone", "Time zone", initial=old.zone, hint="Such as Europe/Berlin"),
    ]
    return Modal(form(call, "subscribe.form", "Weekly digest", "Save", blocks))


async def _submitted(call: Call) -> Answer:
    state = call.state
    with at("scope"):
        scope = scope_in(state.text("scope"))
        if scope is None:
            raise Refused("Say all, team:x, repo:x, service:x or train:x.")
        async with call.store.read() as session:
            await require_scope(session, scope)
    with at("time"):
        wall = read_time(state.text("time"))
    with at("zone"):
        zone = read_zone(state.text("zone"))
    return await _subscribe(
        call, SubscriptionWanted(scope, int(state.choice("weekday") or 0), wall, zone)
    )


FEATURE = Feature(
    verbs=(
        Verb(
            "subscribe",
            "[scope] [monday] [09:30] [Europe/Berlin]",
            "this channel’s weekly digest; scopes are all, team:x, repo:x, service:x, train:x",
            subscribe,
        ),
        Verb("unsubscribe", "", "end this channel’s weekly digest", unsubscribe),
    ),
    buttons={"digest.change": _change_form},
    forms={"subscribe.form": _submitted},
)
