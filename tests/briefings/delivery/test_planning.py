"""What is due goes on the ledger once, and the next time is set with it."""

import asyncio
import logging
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.process.process import brief, running
from bot.settings import Settings
from briefings.delivery.planning import plan, rehearse
from briefings.delivery.schedule import local_week, next_instant
from debt.change import Change
from storage.database import history
from storage.database.store import Store
from storage.digests import subscriptions
from storage.register import refresh
from storage.tables import BRIEFING, HISTORY, LEASE, LISTING
from tests.briefings.conftest import MONDAY, WEEK, Mail
from tests.storage.builders import by, days

HOUR = timedelta(hours=1)


@pytest.fixture
async def overdue(mail: Mail) -> Mail:
    """Something is always worth saying."""
    await mail.register.holds(expires_on=MONDAY.date() - days(10))
    return mail


async def weeks(mail: Mail) -> list[str]:
    return [key.rpartition(":")[2] for key in await mail.rows() if key.startswith("digest:")]


async def test_a_digest_is_due_once_and_next_week_again(overdue: Mail) -> None:
    await overdue.subscribes()
    assert await overdue.plans() == 1
    assert await overdue.plans() == 0
    [row] = (await overdue.rows()).values()
    assert row.key == f"digest:{overdue.slack.channel('payments').id}:2026-W49"
    assert (row.state, row.ready_at) == ("due", MONDAY)
    assert (await overdue.subscription()).next_at == MONDAY + WEEK
    overdue.passes(WEEK)
    assert await overdue.plans() == 1
    assert await weeks(overdue) == ["2026-W49", "2026-W50"]


async def test_nothing_is_planned_before_its_time(overdue: Mail) -> None:
    await overdue.subscribes(next_at=MONDAY + timedelta(microseconds=1))
    assert await overdue.plans() == 0
    assert await overdue.rows() == {}


async def test_ledger_and_next_time_are_written_together_or_not_at_all(overdue: Mail) -> None:
    """Two are due; the second cannot be planned, so the first is not either."""
    await overdue.subscribes()
    await overdue.subscribes("general", next_at=MONDAY - HOUR)
    async with overdue.register.store.change() as session:
        broken = (await subscriptions.due(session, MONDAY))[1]
        broken.zone = "Atlantis/Capital"
        session.add(broken)
    with pytest.raises(KeyError, match="Atlantis"):
        await overdue.plans()
    assert await overdue.rows() == {}
    assert (await overdue.subscription("general")).next_at == MONDAY - HOUR


@pytest.mark.parametrize(("late", "goes_out"), [(23, True), (24, True), (25, False), (400, False)])
async def test_a_late_digest_goes_out_once_and_a_very_late_one_waits_for_its_next_week(
    overdue: Mail, late: int, goes_out: bool, caplog: pytest.LogCaptureFixture
) -> None:
    await overdue.subscribes()
    overdue.passes(late * HOUR)
    with caplog.at_level(logging.WARNING):
        await overdue.plans()
    assert len(await overdue.rows()) == goes_out
    assert (f"hours_late={late}" in caplog.text) is not goes_out
    following = (await overdue.subscription()).next_at
    assert overdue.at < following <= overdue.at + WEEK
    assert (following - MONDAY) % WEEK == timedelta(0)


async def test_a_paused_subscription_is_not_planned(overdue: Mail) -> None:
    await overdue.subscribes()
    channel = overdue.slack.channel("payments").id
    change = by("delivery", at=MONDAY, policy=overdue.policy)
    await overdue.register.told(change, subscriptions.pause, channel, "the channel is archived")
    assert await overdue.plans() == 0


async def test_many_subscriptions_are_all_planned(overdue: Mail) -> None:
    for number in range(45):
        overdue.slack.add_channel(f"c{number}")
        await overdue.subscribes(f"c{number}")
    assert await overdue.plans() == 45
    assert len(await weeks(overdue)) == 45
    previews = await rehearse(overdue.register.store, overdue.policy, MONDAY + WEEK)
    assert len(previews) == 45


@pytest.mark.parametrize("processes", [2, 4])
async def test_processes_that_plan_at_once_make_one_digest_each(
    overdue: Mail, processes: int
) -> None:
    for number in range(12):
        overdue.slack.add_channel(f"c{number}")
        await overdue.subscribes(f"c{number}")
    stores = [Store(str(_url(overdue))) for _ in range(processes)]
    try:
        planned = await asyncio.gather(*(plan(each, overdue.policy, MONDAY) for each in stores))
    finally:
        for each in stores:
            await each.close()
    assert sum(planned) == 12
    assert len(await weeks(overdue)) == 12


def _url(mail: Mail) -> str:
    return mail.register.store.url.render_as_string(hide_password=False)


# --------------------------------------------------------------------- the schedule is edited


async def _edited(mail: Mail, **changes: object) -> None:
    """As `/debt subscribe` does it, now."""
    old = await mail.subscription()
    wanted = {name: getattr(old, name) for name in ("weekday", "at", "zone")} | changes
    weekday, at, zone = (wanted[name] for name in ("weekday", "at", "zone"))
    following = next_instant(mail.at, weekday, at, zone)
    await mail.subscribes(**wanted, next_at=following)


@pytest.mark.parametrize("changes", [{"weekday": 4}, {"at": "15:00"}, {"zone": "America/New_York"}])
async def test_a_new_time_in_the_same_week_gives_no_second_digest(
    overdue: Mail, changes: dict[str, object]
) -> None:
    await overdue.subscribes()
    await overdue.plans()
    overdue.passes(HOUR)
    await _edited(overdue, **changes)
    for _ in range(6):
        overdue.passes(days(1))
        await overdue.plans()
    assert await weeks(overdue) == ["2026-W49"]
    for _ in range(7):
        overdue.passes(days(1))
        await overdue.plans()
    assert await weeks(overdue) == ["2026-W49", "2026-W50"]


async def test_a_new_zone_in_which_the_week_has_just_begun_gives_no_second_digest(
    overdue: Mail,
) -> None:
    """Sunday 23:30 in Honolulu is Monday 09:30 in UTC: another week there, one morning here."""
    await overdue.subscribes(weekday=6, at="23:30", zone="Pacific/Honolulu")
    await overdue.plans()
    overdue.passes(timedelta(minutes=10))
    await _edited(overdue, weekday=0, at="10:00", zone="UTC")
    overdue.passes(timedelta(minutes=20))
    await overdue.plans()
    assert await weeks(overdue) == ["2026-W48"]
    overdue.passes(WEEK)
    await overdue.plans()
    assert await weeks(overdue) == ["2026-W48", "2026-W50"]


async def test_after_a_week_without_anything_to_say_an_earlier_day_is_not_too_late(
    mail: Mail,
) -> None:
    await mail.subscribes()
    await mail.plans()
    await mail.register.holds(expires_on=MONDAY.date() - days(10))
    await _edited(mail, weekday=4)
    mail.passes(days(4))
    await mail.plans()
    assert await weeks(mail) == ["2026-W49"]


ZONES = ["Pacific/Honolulu", "America/New_York", "UTC", "Europe/Berlin", "Pacific/Auckland"]


@pytest.mark.parametrize("seed", range(2))
async def test_however_the_schedule_is_edited_no_local_week_has_two_digests(
    overdue: Mail, seed: int
) -> None:
    dice = random.Random(seed)
    await overdue.subscribes()
    said: list[tuple[datetime, str]] = []
    for _ in range(60):
        await overdue.plans()
        kept = await overdue.subscription()
        if len(await weeks(overdue)) > len(said):
            assert kept.last_at is not None
            said.append((kept.last_at, kept.zone))
            await overdue.register.holds(expires_on=MONDAY.date() - days(10))
        if dice.random() < 0.3:
            new = {"weekday": dice.randrange(7), "at": f"{dice.randrange(24):02}:30"}
            await _edited(overdue, **new, zone=dice.choice(ZONES))
        overdue.passes(dice.randrange(1, 30) * HOUR)
    assert len(said) >= 3
    for (earlier, _), (later, zone) in pairwise(said):
        assert local_week(earlier, zone) != local_week(later, zone)


# ------------------------------------------------------------------------- as of any instant


async def _everything(store: Store) -> list[object]:
    """How many rows there are of all that planning writes."""
    async with store.read() as session:
        counts = [
            (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (BRIEFING, HISTORY, LEASE, LISTING)
        ]
        return [*counts, await history.head(session)]


async def test_a_rehearsal_writes_nothing(overdue: Mail) -> None:
    await overdue.subscribes()
    before = await _everything(overdue.register.store)
    subscribed = await overdue.subscription()
    [preview] = await rehearse(overdue.register.store, overdue.policy, MONDAY)
    assert preview.message is not None
    assert await _everything(overdue.register.store) == before
    assert await overdue.subscription() == subscribed
    async with overdue.register.store.read() as session:
        assert not await refresh.follows(session, overdue.policy)


async def test_a_rehearsal_leaves_out_what_would_not_come(overdue: Mail) -> None:
    await overdue.subscribes()
    assert await rehearse(overdue.register.store, overdue.policy, MONDAY - HOUR) == []
    late = await rehearse(overdue.register.store, overdue.policy, MONDAY + 30 * HOUR)
    assert [preview.message for preview in late] == [None]


def _settings(mail: Mail) -> Settings:
    return Settings(
        database_url=_url(mail),
        slack_bot_token=mail.slack.bot_token,
        slack_signing_secret=mail.slack.signing_secret,
        slack_api_url=mail.slack.api_url,
    )


async def _once(mail: Mail, at: datetime) -> int:
    """`debt brief --once --at …`: its exit status."""
    return await brief(_settings(mail), mail.policy, once=True, at=at, dry_run=False)


async def test_brief_once_does_all_that_is_due_at_its_instant(overdue: Mail) -> None:
    """Its instant is the clock of plan, leases, standings and history alike."""
    await overdue.subscribes(next_at=MONDAY + 3 * WEEK)
    await overdue.register.holds(expires_on=(MONDAY + 3 * WEEK).date() - days(1))
    at = (MONDAY + 3 * WEEK).astimezone(ZoneInfo("Europe/Berlin"))
    assert await _once(overdue, at) == 0
    [message] = overdue.messages("payments")
    assert "expired 1 day ago" in message.shown
    rows = await overdue.rows()
    assert {(row.state, row.created_at) for row in rows.values()} == {("sent", at.astimezone(UTC))}
    assert sorted(row.kind for row in rows.values()) == ["digest", "nudge"]  # its lead hears too
    assert (await overdue.subscription()).next_at == MONDAY + 4 * WEEK
    newest = (await overdue.register.entries())[-1]
    assert newest.at == at
    assert await _once(overdue, at) == 0
    assert len(overdue.messages("payments")) == 1


async def test_after_a_brief_of_next_week_the_others_go_on_at_once(overdue: Mail) -> None:
    await _once(overdue, MONDAY + WEEK)
    await overdue.writes("a")
    assert await overdue.sends() == 1


async def test_a_tick_plans_and_a_send_sends(overdue: Mail) -> None:
    await overdue.subscribes()
    async with running(_settings(overdue), overdue.policy, overdue.now) as process:
        await process.tick()
        assert await process.send() == 1
        await process.step_down()
    assert len(overdue.keys()) == 1


async def test_a_policy_of_another_process_is_followed_before_anything_is_said(
    mail: Mail,
) -> None:
    """What is soon depends on the policy: the digest never speaks by an old one."""
    await mail.subscribes()
    await mail.register.holds(expires_on=MONDAY.date() + days(20))
    await mail.plans()
    assert await mail.rows() == {}
    limits = mail.policy.thresholds.model_copy(update={"due_soon_days": 30})
    mail.policy = mail.policy.model_copy(update={"thresholds": limits})
    mail.passes(WEEK)
    await mail.plans()
    assert len(await mail.rows()) == 1
    change = Change("schedule", mail.at, mail.policy)
    async with mail.register.store.read() as session:
        assert await refresh.follows(session, change.policy)
