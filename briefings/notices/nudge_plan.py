"""Who is told what today, by direct message, as rarely as possible (R26).

One message a person a day at most, in their working hours, within their attention budget. What
does not fit waits and is merged into the next one; nothing is dropped.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from briefings.notices import offenders
from briefings.notices.nudge import NAMED, NudgeItem, NudgeRecord, about
from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.policy import Policy
from debt.rules import reminders
from debt.rules.working_time import is_working, next_working, tomorrow
from storage.database.store import Session, UnitsOfWork
from storage.digests import subscriptions
from storage.lifecycle import maintenance
from storage.messages import outbox
from storage.messages.kinds import BriefingKind
from storage.messages.recipients import team_channel
from storage.nudges import attention, nudge_queue
from storage.nudges.attention import STARTED_BY_US, Matter, Why
from storage.register import people, queries
from storage.tables import PersonRow, Subscription

AT_ONCE = 50
PEOPLE_AT_ONCE = 500
WEEK = timedelta(days=7)
LONGEST_GAP = timedelta(days=28)
FURTHEST_WEST = timedelta(hours=12)


async def nudge_all(work: UnitsOfWork, change: Change) -> None:
    """Lapses, escalates and tells whoever may be told by now. Safe to repeat.

    A few artifacts, or one person, at a time: nobody waits long for anybody.
    """
    for some in _STEPS:
        while await _done(work, change, some):
            pass
    while due := await _due(work, change):
        for who in due:
            async with work.change() as session:
                await _look_at(session, change, who)


_Some = Callable[[Session, Change], Awaitable[int]]


async def _done(work: UnitsOfWork, change: Change, some: _Some) -> int:
    async with work.change() as session:
        return await some(session, change)


async def _due(work: UnitsOfWork, change: Change) -> list[str]:
    async with work.read() as session:
        return await nudge_queue.people_due(session, change.at, PEOPLE_AT_ONCE)


def _over(change: Change) -> date:
    """The first day that has not ended yet somewhere on Earth: dates before it are over for
    everybody, whatever their zone.
    """
    return (change.at - FURTHEST_WEST).date()


async def _lapse(session: Session, change: Change) -> int:
    lapsed = await nudge_queue.to_lapse(session, _over(change), AT_ONCE)
    for artifact in lapsed:
        await maintenance.lapse(session, change, artifact)
    return len(lapsed)


async def _tell_leads(session: Session, change: Change) -> int:
    """What an owner ignored is brought up with the team's lead, if that is somebody else."""
    ignored = await nudge_queue.ignored(session, _over(change), AT_ONCE, by_lead=False)
    for artifact in ignored:
        lead = change.policy.lead_of(artifact.team)
        if lead and lead != artifact.owner:
            matter = Matter(artifact.id, Why.IGNORED, change.today)
            await attention.bring_up(session, lead, [matter], change.at)
    told = [replace(artifact, lead_told_on=change.today) for artifact in ignored]
    await nudge_queue.keep(session, change.policy, told, change.today)
    return len(ignored)


async def _tell_leadership(session: Session, change: Change) -> int:
    """Once the lead has had time; a lead who has not been told yet gets it first."""
    ignored = await nudge_queue.ignored(
        session, _over(change), change.policy.nudges.items, by_lead=True
    )
    waiting = await _waits_for_lead(session, change, ignored)
    passed_on = [artifact for artifact in ignored if artifact.id not in waiting]
    if passed_on:
        channel = change.policy.leadership.channel
        items = [about(artifact, Why.IGNORED) for artifact in passed_on]
        key = f"{BriefingKind.LEADERSHIP}:{change.today}:{passed_on[0].id}"
        await _post(session, change, key, BriefingKind.LEADERSHIP, channel, items)
    told = [
        replace(artifact, lead_told_on=change.today)
        if artifact.id in waiting
        else replace(artifact, leadership_told_on=change.today)
        for artifact in ignored
    ]
    await nudge_queue.keep(session, change.policy, told, change.today)
    return len(ignored)


async def _waits_for_lead(
    session: Session, change: Change, ignored: Sequence[Artifact]
) -> set[int]:
    """The numbers of those that an active lead has not been told of yet."""
    by_lead: dict[str, list[int]] = {}
    for artifact in ignored:
        by_lead.setdefault(change.policy.lead_of(artifact.team) or "", []).append(artifact.id)
    waiting: set[int] = set()
    for lead, theirs in by_lead.items():
        person = await people.person(session, lead)
        if person and person.active:
            waiting |= await attention.not_heard(session, lead, theirs, Why.IGNORED)
    return waiting


async def _ask_for_owners(session: Session, change: Change) -> int:
    """A team is asked for owners once a week at most; what comes in between waits for the next."""
    orphans = await nudge_queue.orphans_due(session, change.today, AT_ONCE)
    by_team: dict[str | None, list[Artifact]] = {}
    for artifact in orphans:
        by_team.setdefault(artifact.team, []).append(artifact)
    for team, theirs in by_team.items():
        asked = await _ask_team(session, change, team, theirs) if team else theirs
        put_off = [artifact for artifact in theirs if artifact not in asked]
        kept = [reminders.told(artifact, change.today, change.policy) for artifact in asked]
        waits = _next_week(change.today)
        kept += [replace(artifact, snoozed_until=waits) for artifact in put_off]
        await nudge_queue.keep(session, change.policy, kept, change.today)
    return len(orphans)


def _next_week(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


async def _ask_team(
    session: Session, change: Change, team: str, theirs: list[Artifact]
) -> list[Artifact]:
    """In its channel, else its lead; the artifacts asked about, all where there is neither."""
    channel = await team_channel(session, change, team)
    lead = change.policy.lead_of(team)
    if channel:
        first = theirs[: change.policy.nudges.items]
        year, week, _ = change.today.isocalendar()
        items = [_orphan(artifact, change) for artifact in first]
        key = f"{BriefingKind.ORPHANS}:{channel}:{team}:{year}-W{week:02}"
        asked = await _post(session, change, key, BriefingKind.ORPHANS, channel, items, team=team)
        return first if asked else []
    if lead:
        matters = [Matter(artifact.id, Why.ORPHAN, change.today) for artifact in theirs]
        await attention.bring_up(session, lead, matters, change.at)
    return theirs


async def _post(
    session: Session,
    change: Change,
    key: str,
    kind: str,
    channel: str,
    items: Sequence[NudgeItem],
    *,
    team: str = "",
) -> bool:
    """To a channel, in working hours where its digest's readers are."""
    subscription = await subscriptions.subscription(session, channel)
    local = change.at.astimezone(ZoneInfo(subscription.zone if subscription else "UTC"))
    facts = NudgeRecord(local, tuple(items), team=team).as_json()
    return await outbox.enqueue(
        session,
        key,
        kind,
        facts,
        change.at,
        channel=channel,
        mentions=[item.id for item in items],
        not_before=_free_in(subscription, local, kind, change.policy),
    )


def _free_in(
    subscription: Subscription | None, local: datetime, kind: str, policy: Policy
) -> datetime:
    """A team is not asked for owners on the day of its digest, which names what nobody owns."""
    free = next_working(local, policy)
    if kind != BriefingKind.ORPHANS or subscription is None:
        return free
    digests = (subscription.last_at, subscription.next_at)
    days = {instant.astimezone(local.tzinfo).date() for instant in digests if instant}
    return tomorrow(free, policy) if free.date() in days else free


_STEPS: tuple[_Some, ...] = (_lapse, _tell_leads, _tell_leadership, _ask_for_owners)


async def _look_at(session: Session, change: Change, who: str) -> None:
    """Tells somebody, or notes when to look at them again."""
    person = await people.person(session, who)
    if person and await nudge_queue.may_be_looked_at(session, who, change.at):
        later = await _nudge(session, change, person)
        await attention.quiet_until(session, who, later)


async def _nudge(session: Session, change: Change, person: PersonRow) -> datetime:
    """When they are looked at again: as soon as they may be spoken to, else tomorrow."""
    local = change.at.astimezone(ZoneInfo(person.zone))
    later = await not_before(session, change, person, local)
    if later is None:
        await _tell(session, change, person, local)
    return later or tomorrow(local, change.policy)


async def not_before(
    session: Session, change: Change, person: PersonRow, local: datetime
) -> datetime | None:
    """When they may be spoken to; None for now."""
    policy = change.policy
    if not is_working(local, policy):
        return next_working(local, policy)
    if await attention.waiting(session, person.slack_id):
        return tomorrow(local, policy)
    gap = _gap(await attention.unwanted_by(session, person.slack_id))
    since = change.at - max(WEEK, gap)
    started = await outbox.started_since(session, person.slack_id, since, STARTED_BY_US)
    if started and started[0].astimezone(local.tzinfo).date() >= local.date():
        return tomorrow(local, policy)
    free = _free_again(started, policy.nudges.a_week, gap)
    if free and free > change.at:
        return next_working(free.astimezone(local.tzinfo), policy)
    return None


def _gap(unwanted: int) -> timedelta:
    """Each “Not useful” doubles the time between two messages, from a week to four."""
    return min(WEEK * 2 ** (unwanted - 1), LONGEST_GAP) if unwanted else timedelta(0)


def _free_again(started: Sequence[datetime], a_week: int, gap: timedelta) -> datetime | None:
    """`started` newest first: when the last one is a gap ago, and only a few less than a week."""
    after = [started[0] + gap] if started else []
    if len(started) >= a_week:
        after.append(started[a_week - 1] + WEEK)
    return max(after, default=None)


async def _tell(session: Session, change: Change, person: PersonRow, local: datetime) -> None:
    """All that is due and fits, and what would soon be due along with it."""
    policy, who, today = change.policy, person.slack_id, local.date()
    matters = await attention.matters_of(session, who, policy.nudges.items)
    room = policy.nudges.items + NAMED - len(matters)
    until = reminders.horizon(today, policy)
    dated = await nudge_queue.dates_of(session, who, today, until, room)
    if not matters and not any(_is_due(artifact, policy, today) for artifact in dated):
        return
    more = await nudge_queue.count_dates(session, who, today, until) - len(dated)
    items = [_about_dates(artifact, policy, today) for artifact in dated]
    items += await _about_matters(session, change, _not_said_yet(matters, dated))
    key = f"{BriefingKind.NUDGE}:{who}:{today}"
    facts = NudgeRecord(local, tuple(items), more).as_json()
    kind, mentions = BriefingKind.NUDGE, [item.id for item in items]
    if await outbox.enqueue(session, key, kind, facts, change.at, person=who, mentions=mentions):
        told = [reminders.told(artifact, today, policy) for artifact in dated]
        await nudge_queue.keep(session, policy, told, today)


def _not_said_yet(matters: Sequence[Matter], dated: Sequence[Artifact]) -> list[Matter]:
    """That the digest listed something in vain adds nothing where the message names it anyway."""
    named = {artifact.id for artifact in dated}
    named |= {matter.artifact_id for matter in matters if matter.why is Why.IGNORED}
    return [m for m in matters if m.why is not Why.REPEATED or m.artifact_id not in named]


def _is_due(artifact: Artifact, policy: Policy, today: date) -> bool:
    day = reminders.nudge_on(artifact, policy)
    return day is not None and day <= today


def _about_dates(artifact: Artifact, policy: Policy, today: date) -> NudgeItem:
    spoken_of = reminders.told_of(artifact, today, policy) or [*reminders.dues(artifact)]
    return about(artifact, Why.DUE, spoken_of)


async def _about_matters(
    session: Session, change: Change, matters: Sequence[Matter]
) -> list[NudgeItem]:
    artifacts = await queries.several(session, [matter.artifact_id for matter in matters])
    return [
        await _matter(session, artifacts[matter.artifact_id], matter, change) for matter in matters
    ]


async def _matter(
    session: Session, artifact: Artifact, matter: Matter, change: Change
) -> NudgeItem:
    if matter.why is Why.ORPHAN:
        return _orphan(artifact, change)
    item, since = about(artifact, matter.why), matter.since.isoformat()
    if matter.why in offenders.STAND_OUT:
        scope = offenders.scope_of(artifact, matter.why)
        trend = await offenders.trend_of(session, scope, matter.why, change.today)
        return replace(item, since=since, scope=scope.name, trend=trend)
    return replace(item, since=since) if matter.why is Why.REPEATED else item


def _orphan(artifact: Artifact, change: Change) -> NudgeItem:
    return about(artifact, Why.ORPHAN, reminders.told_of(artifact, change.today, change.policy))
