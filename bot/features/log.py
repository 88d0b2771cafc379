"""`/debt log`: maintenance hours by kind of work, taking a wrong entry back, and their sums."""

import re
from dataclasses import dataclass
from datetime import date

from bot.features.hours import asked_in, hours_of
from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import artifact_input, date_input, form, select_input, text_input
from bot.slack.parsing import rest_of, words_of
from bot.slack.picker import chosen_or_none, picked
from briefings.messages.message import Message, button, line
from briefings.words.words import say
from debt.artifact.artifact import looks_like_key, parse_key
from debt.refusal import Refused
from debt.rules.dates import parse_day
from debt.rules.hours import USUAL_WORK, Period, Work, looks_like_minutes, parse_minutes, span
from storage.costs import hours_log
from storage.costs.hours_log import HoursLogged

# “waited on CI” is a note; only what looks like a day is read as one.
_ON = re.compile(
    r"(?:^|\s)on\s+([0-9]{4}[-./][0-9]\S*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}|yesterday)\s*$",
    re.IGNORECASE,
)
_ALSO_SAID = {"debug": Work.DEBUGGING, "patch": Work.PATCHING, "ownership": Work.HANDOFF}


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """One entry of hours to log."""

    artifact_id: int
    minutes: int
    kind: Work
    worked_on: date
    note: str


async def log(call: Call) -> Answer:
    words = words_of(call.words)
    query = asked_in(words)
    if query:
        return await hours_of(call, query)
    if len(words) == 2 and words[1].casefold() == "undo":
        return await _undo_last(call, parse_key(words[0]))
    if len(words) == 1 and looks_like_minutes(words[0]) and not looks_like_key(words[0]):
        return await log_form(call, hours=words[0])
    if len(words) < 2:
        return await log_form(call, parse_key(words[0]) if words else None)
    return await _log(call, read_words(call.words, call.today))


def read_words(text: str, today: date) -> HoursEntry:
    """`D-7 1.5h rework what it was about on 2026-11-20`; kind, note and day may be left out."""
    past = _ON.search(text)
    worked_on = parse_day(past[1]) if past else today
    key, *rest = words_of(text[: past.start()] if past else text)
    hours, rest = _hours_first(rest)
    kind = _kind(rest[0]) if rest else None
    note = rest_of(rest[1:] if kind else rest)
    return HoursEntry(parse_key(key), parse_minutes(hours), kind or USUAL_WORK, worked_on, note)


def _hours_first(words: list[str]) -> tuple[str, list[str]]:
    """`1h 30m` and `1.5 h` are one length of time in two words."""
    together = " ".join(words[:2])
    return (together, words[2:]) if looks_like_minutes(together) else (words[0], words[1:])


def _kind(word: str) -> Work | None:
    name = word.casefold().rstrip(":,")
    return _ALSO_SAID.get(name) or (Work(name) if name in set(Work) else None)


async def log_form(call: Call, artifact_id: int | None = None, hours: str = "") -> Modal:
    chosen = await chosen_or_none(call, artifact_id)
    kinds = [(kind, kind.capitalize()) for kind in Work]
    blocks = [
        artifact_input(chosen),
        text_input("hours", "Hours", initial=hours, hint="1.5h, 90m, 1h30 or 1,5", longest=20),
        select_input("kind", "Kind", kinds, initial=USUAL_WORK),
        text_input("note", "Note", optional=True, longest=500),
        date_input("day", "Day", initial=call.today),
    ]
    return Modal(form(call, "log.form", "Log debt hours", "Log", blocks))


def read_log_form(call: Call) -> HoursEntry:
    with at("hours"):
        minutes = parse_minutes(call.state.text("hours"))
    kind = Work(call.state.choice("kind") or USUAL_WORK)
    day = call.state.day("day") or call.today
    return HoursEntry(picked(call.state), minutes, kind, day, call.state.text("note"))


async def _submitted(call: Call) -> Answer:
    entry = read_log_form(call)
    with at("day"):
        return await _log(call, entry)


async def _log(call: Call, entry: HoursEntry) -> Reply:
    async with call.changing() as session:
        logged = await hours_log.log(
            session,
            call.change,
            entry.artifact_id,
            entry.minutes,
            kind=entry.kind,
            worked_on=entry.worked_on,
            note=entry.note,
        )
    return await _told(call, logged)


async def _told(call: Call, logged: HoursLogged) -> Reply:
    artifact = logged.artifact
    month = span(Period.MONTH, call.today, call.policy.sprint)
    async with call.store.read() as session:
        mine = await hours_log.minutes_in(session, "artifact_id", artifact.id, month)
        team = await hours_log.minutes_in(session, "team", artifact.team, month)
    words = say("log.logged", logged=logged, who=call.who, month=month, mine=mine, team=team)
    undo = button("Take back", "hours.undo", str(logged.entry_id))
    accessory = undo if logged.worked.minutes > 0 else None
    return Reply(Message(words, (line(words, accessory=accessory),)), changed=artifact)


async def _undo_last(call: Call, artifact_id: int) -> Reply:
    async with call.changing() as session:
        entry = await hours_log.last_entry(session, artifact_id, call.who.slack_id)
        if entry is None:
            raise Refused("There are no hours of yours on it to take back.")
        taken_back = await hours_log.reverse(session, call.change, entry)
    return await _told(call, taken_back)


async def _undo_pressed(call: Call) -> Answer:
    async with call.changing() as session:
        taken_back = await hours_log.reverse(session, call.change, int(call.value))
    reply = await _told(call, taken_back)
    return Reply(reply.message, reply.changed, replace=True)


async def _log_pressed(call: Call) -> Answer:
    return await log_form(call, parse_key(call.value))


async def _shortcut(call: Call) -> Answer:
    return await log_form(call)


FEATURE = Feature(
    verbs=(
        Verb(
            "log",
            "[KEY] [1.5h] [kind] [note] [on DATE] | [KEY|team:x] [sprint|month|quarter]",
            "hours of review, rework, debugging, patching or handoff, or what they add up to "
            "(also by repo:x and service:x); “log KEY undo” takes back",
            log,
        ),
    ),
    buttons={"artifact.log": _log_pressed, "hours.undo": _undo_pressed},
    forms={"log.form": _submitted},
    shortcuts={"log_hours": _shortcut},
)
