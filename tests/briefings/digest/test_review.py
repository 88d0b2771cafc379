"""What a digest says of weeks and months, and what becomes of who stands out week after week."""

from datetime import UTC, datetime, timedelta
from typing import Any

from debt.change import Change
from storage.metrics import snapshots
from tests.briefings.conftest import Mail
from tests.storage.builders import days

WEEK = days(7)
FIRST_OF_DECEMBER = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)


async def snapshot(mail: Mail, weeks_ago: int) -> None:
    """As the register stands now, for a week of the past."""
    change = Change("schedule", mail.at - WEEK * weeks_ago, mail.policy)
    await mail.register.told(change, snapshots.take)


async def goes_out(mail: Mail) -> Any:
    """The channel's newest message, if one went out now."""
    before = len(mail.messages("payments"))
    await mail.plans()
    await mail.sends()
    after = mail.messages("payments")
    return after[-1] if len(after) > before else None


async def many(mail: Mail, count: int, **changes: Any) -> None:
    for _ in range(count):
        await mail.register.holds(**changes)


async def eight_seen_for_weeks(mail: Mail) -> None:
    """Payments has eight artifacts, a digest, and snapshots to compare with."""
    await mail.knows("erin")
    await mail.subscribes(scope="team", scope_name="payments")
    await many(mail, 8)
    await snapshot(mail, 5)
    await snapshot(mail, 4)
    await snapshot(mail, 1)


async def test_a_metric_that_moved_enough_is_said_with_what_it_asks(mail: Mail) -> None:
    await eight_seen_for_weeks(mail)
    await many(mail, 8, owner=None)
    message = await goes_out(mail)
    assert "Artifacts with a named owner: from 100% to 50% within 4 weeks." in message.shown
    assert "Claim what nobody owns." in message.shown


async def test_it_is_said_once_and_alone_it_is_one_block(mail: Mail) -> None:
    mail.at -= WEEK * 2
    await eight_seen_for_weeks(mail)
    await many(mail, 8, purpose=None)
    message = await goes_out(mail)
    assert [block["type"] for block in message.blocks] == ["section"]
    assert "No owner, purpose, lifespan or removal impact: from 0% to 50% within 4 weeks" in (
        message.shown
    )
    mail.passes(WEEK)
    assert await goes_out(mail) is None


async def test_a_missed_week_is_no_reason_to_speak(mail: Mail) -> None:
    await mail.knows("erin")
    await mail.subscribes(scope="team", scope_name="payments")
    await many(mail, 8)
    await snapshot(mail, 5)
    await snapshot(mail, 3)
    await many(mail, 8, purpose=None)
    assert await goes_out(mail) is None


async def test_the_first_digest_of_a_month_opens_with_the_register(mail: Mail) -> None:
    mail.at = FIRST_OF_DECEMBER
    await mail.knows("erin")
    await mail.subscribes(scope="team", scope_name="payments")
    await many(mail, 3)
    await snapshot(mail, 4)
    await mail.register.holds(name="Gone", stage="retired", changed_at=mail.at - days(3))
    await mail.register.holds(name="Forgotten", expires_on=mail.at.date() - days(2))
    await mail.register.holds(name="Fresh", changed_at=mail.at - days(2), changed_how="accepted")
    message = await goes_out(mail)
    first = message.blocks[1]["text"]["text"]
    assert first.startswith("*The register since*")
    assert "1 ended (Gone (D-4)), 3 added (Fresh (D-6) and 2 more artifacts)" in first
    assert "nobody looked at 1 artifact in need of somebody." in first
    mail.passes(WEEK)
    await mail.register.holds(expires_on=mail.at.date() - days(2))
    assert "The register since" not in (await goes_out(mail)).shown


async def test_what_nobody_looked_at_is_named_but_for_what_is_listed_anyway(mail: Mail) -> None:
    mail.at = FIRST_OF_DECEMBER
    await mail.knows("erin")
    await mail.subscribes(scope="team", scope_name="payments")
    await many(mail, 7, expires_on=mail.at.date() - days(2))
    await snapshot(mail, 4)
    first = (await goes_out(mail)).blocks[1]["text"]["text"]
    assert "nobody looked at 7 artifacts in need of somebody, such as " in first


async def test_a_month_in_which_nothing_came_or_went_stays_silent(mail: Mail) -> None:
    mail.at = FIRST_OF_DECEMBER
    await mail.knows("erin")
    await mail.subscribes(scope="team", scope_name="payments")
    await many(mail, 3)
    await snapshot(mail, 4)
    assert await goes_out(mail) is None


async def test_most_in_need_three_weeks_running_is_a_matter_for_the_lead_once(mail: Mail) -> None:
    await mail.knows("erin", "dana")
    await many(
        mail, 6, expires_on=mail.at.date() - timedelta(days=2), owner=None, surface="internal"
    )
    told = []
    for week in range(1, 7):
        await mail.plans()
        mail.passes(timedelta(hours=5))
        await mail.plans()
        await mail.sends()
        if any("has had most artifacts in need" in m.shown for m in mail.messages("@erin")):
            told.append(week)
        mail.passes(WEEK - timedelta(hours=5))
    assert told == [3, 4, 5, 6]
    about = [m for m in mail.messages("@erin") if "has had most artifacts in need" in m.shown]
    assert len(about) == 1
    [picture, *_] = [block for block in about[0].blocks if block["type"] == "image"]
    assert picture["alt_text"].startswith("payments, 12 weeks: worse: in need of somebody from 6")


async def test_a_team_that_ages_faster_than_the_others_is_a_matter_for_its_lead_once(
    mail: Mail,
) -> None:
    await mail.knows("erin", "dana")
    old = mail.at.date() - days(100)
    await many(mail, 6, created_on=old)
    await many(mail, 6, created_on=old, team="search", repo="acme/search")
    await snapshot(mail, 12)
    await snapshot(mail, 11)
    await many(mail, 30, created_on=mail.at.date(), team="search", repo="acme/search")
    for _ in range(3):
        await mail.plans()
        mail.passes(timedelta(hours=5))
        await mail.plans()
        await mail.sends()
        mail.passes(WEEK - timedelta(hours=5))
    [told] = mail.messages("@erin")
    assert "the artifacts of payments have grown older faster than all others since" in told.shown
    [picture] = [block for block in told.blocks if block["type"] == "image"]
    assert picture["alt_text"] == "payments, 12 weeks: worse: mean age from 16 days to 100 days"
