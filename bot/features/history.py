"""`/debt history`: what became of an artifact, a page at a time, the newest first (R8)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.picker import by_form, pick_form
from briefings.messages.message import Message, button, buttons, line, plainly
from briefings.words.words import day, say, shorten
from debt.artifact.artifact import RATING_NAMES, Artifact, parse_key
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.hours import as_hours
from storage.database.history import HistoryEntry, last_entries
from storage.database.store import Session
from storage.lifecycle.approvals import asked_for
from storage.register import people
from storage.register.artifacts import require

ROWS = 6
FIELDS = 3
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PEOPLE = {"owner", "responder"}
_NAMES = {
    "expires_on": "end date",
    "originally_expires_on": "first end date",
    "review_on": "next review",
    "snoozed_until": "reminder",
    "minutes_logged": "in all",
    "monthly_minutes": "monthly hours",
    "saved_minutes": "hours saved at creation",
    "saved_monthly_minutes": "hours saved a month",
    "before_minutes": "hours a month before",
    "after_minutes": "hours a month after",
    "cost_minutes": "hours of work",
    "extended_days": "days extended",
    "regenerate_every_days": "regenerated every (days)",
}
# Said in other words already: by the rating itself, or by what the entry is about.
_UNSAID = {f"{name}_{part}" for name in RATING_NAMES for part in ("by", "reason", "proxy")} | {
    "owner_gone", "stage_before", "state", "request", "wish", "agreed", "item", "evidence",
    "expiry_noticed_on", "review_noticed_on", "done_on",
}  # fmt: skip


async def history(call: Call) -> Answer:
    if not call.words:
        return pick_form(call, "history.form", "History of an artifact", "Show")
    return await _newest(call, parse_key(call.words))


async def _newest(call: Call, artifact_id: int) -> Reply:
    return Reply(await _page(call, artifact_id, None))


async def _page(call: Call, artifact_id: int, before: int | None) -> Message:
    """A page of the newest entries before that one. Refused for who may not see them."""
    async with call.store.read() as session:
        artifact = await require(session, artifact_id)
        call.change.require_may(Act.HISTORY, artifact)
        entries = await last_entries(session, artifact_id, ROWS + 1, before)
        names = await _names(session, entries)
    if not entries:
        return plainly(say("history.nothing", artifact=artifact))
    return _message(artifact, entries, names)


async def _names(session: Session, entries: Sequence[HistoryEntry]) -> dict[str, str]:
    """By Slack id, the names of everybody whom the entries mention and the register knows."""
    sides = [side for entry in entries for side in (entry.before, entry.after) if side]
    ids = {str(side[name]) for side in sides for name in _PEOPLE & set(side)}
    return await people.names(session, [*ids, *(entry.by for entry in entries)])


def _message(
    artifact: Artifact, entries: Sequence[HistoryEntry], names: Mapping[str, str]
) -> Message:
    title = say("history.title", artifact=artifact)
    blocks: list[Block] = [line(title)]
    blocks += [line(_entry(entry, names)) for entry in entries[:ROWS]]
    if len(entries) > ROWS:
        place = json.dumps([artifact.id, entries[ROWS - 1].id])
        blocks.append(buttons("history", button("Earlier", "history.earlier", place)))
    return Message(title, tuple(blocks))


def _entry(entry: HistoryEntry, names: Mapping[str, str]) -> str:
    changed = list(_changed(entry, names))
    return say(
        "history.entry",
        entry=entry,
        by=names.get(entry.by, entry.by),
        wish=list(_wished(entry, names)),
        changed=changed[:FIELDS],
        more=len(changed[FIELDS:]),
    )


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field as it was and as it is, in words."""

    name: str
    before: str
    after: str


def _changed(entry: HistoryEntry, names: Mapping[str, str]) -> Iterator[ChangedField]:
    """The fields that an entry changed; none for a new artifact or a request."""
    before, after = entry.before or {}, entry.after or {}
    for name in before:
        if name not in _UNSAID and name in after:
            was, is_now = (_worded(name, side[name], names) for side in (before, after))
            yield ChangedField(_named(name), was, is_now)


def _wished(entry: HistoryEntry, names: Mapping[str, str]) -> Iterator[ChangedField]:
    """What somebody asked others to agree to: until when, as what; until when a check is waived."""
    after, wish = entry.after or {}, asked_for(entry)
    said = after.get("wish") or {} if wish else {"until": after.get("waived_until")}
    for name, value in said.items():
        if value and value != wish:  # to retire it, so that it is retired
            yield ChangedField(_named(name), "", _worded(name, value, names))


def _named(field: str) -> str:
    return _NAMES.get(field) or field.removesuffix("_on").replace("_", " ")


def _worded(field: str, value: Any, names: Mapping[str, str]) -> str | Markup:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.endswith("minutes") or field == "minutes_logged":
        return as_hours(int(value))
    if isinstance(value, list):
        return shorten(", ".join(map(str, value)), 30)
    if isinstance(value, str) and _DATE.fullmatch(value):
        return day(date.fromisoformat(value))
    return shorten(names.get(str(value), str(value)), 30)


async def _earlier(call: Call) -> Answer:
    try:
        artifact_id, before = map(int, json.loads(call.value))
    except (ValueError, TypeError):
        raise Refused("That page is out of date. Say “history” again.") from None
    return Reply(await _page(call, artifact_id, before), replace=True)


async def _pressed(call: Call) -> Answer:
    return await _newest(call, parse_key(call.value))


FEATURE = Feature(
    verbs=(Verb("history", "[KEY]", "who changed what about an artifact, when and why", history),),
    buttons={"artifact.history": _pressed, "history.earlier": _earlier},
    forms={"history.form": by_form(_newest)},
)
