"""A budget that went over, or came back, is said once, wherever nobody reads a digest of it."""

from datetime import datetime, timedelta

import pytest

from briefings.delivery.planning import rehearse
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.policy.policy import TeamPolicy
from debt.rules.hours import Period, Work
from debt.scope import BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log
from tests.briefings.conftest import MONDAY, Mail
from tests.storage.builders import by

PAYMENTS = BudgetLine(Scope(ScopeKind.TEAM, "payments"))
SHOP = BudgetLine(Scope(ScopeKind.REPO, "acme/shop"))
DAY = timedelta(days=1)
NIGHT = MONDAY.replace(hour=3)


@pytest.fixture
async def over(mail: Mail) -> Mail:
    """Somebody has logged three hours of two, and nobody has looked since."""
    await mail.knows("dana", "erin", "sam")
    mail.at = NIGHT
    await sets(mail, PAYMENTS, 2)
    await mail.register.holds(team="payments", repo="acme/shop", value=3)
    who = by(mail.slack.person("dana").id, at=mail.at, policy=mail.policy)
    day = mail.at.date()
    await mail.register.told(who, hours_log.log, 1, 180, kind=Work.REWORK, worked_on=day)
    return mail


async def sets(mail: Mail, place: BudgetLine, hours: int, period: Period = Period.MONTH) -> None:
    change = by(mail.slack.person("erin").id, at=mail.at, policy=mail.policy)
    await mail.register.told(
        change, budgets.put, place, BudgetPeriod(period), BudgetLimits(hours * 60)
    )


async def comes(mail: Mail, at: datetime) -> None:
    mail.at = at
    await mail.plans()
    await mail.sends()


def said(mail: Mail, where: str) -> list[str]:
    return [message.text for message in mail.messages(where) if "Budget" in message.text]


async def test_the_lead_is_told_in_their_working_hours_and_once(over: Mail) -> None:
    await comes(over, NIGHT)
    assert said(over, "@erin") == []
    for hours in (7, 8, 12):
        await comes(over, NIGHT + timedelta(hours=hours))
    [words] = said(over, "@erin")
    assert "payments, November 2026: 3 h of 2 h spent" in words
    assert "1 h over: retire or refactor" in words


async def test_back_within_is_said_once_too(over: Mail) -> None:
    await comes(over, MONDAY)
    for days in (1, 2, 3):
        await comes(over, MONDAY + days * DAY)
    first, second = said(over, "@erin")
    assert "over" in first
    assert "payments, December 2026: 0 h of 2 h spent" in second
    assert "no longer over since" in second


async def test_a_digest_of_the_scope_says_it_and_nobody_else_does(over: Mail) -> None:
    await over.subscribes(scope="team", scope_name="payments", next_at=MONDAY)
    await comes(over, NIGHT)
    await comes(over, MONDAY)
    assert said(over, "@erin") == []
    assert "3 h of 2 h spent" in over.messages("payments")[-1].text


async def test_a_digest_of_everything_leaves_the_lead_to_be_told(over: Mail) -> None:
    await over.subscribes(next_at=MONDAY)
    await comes(over, MONDAY)
    assert len(said(over, "@erin")) == 1
    assert "3 h of 2 h spent" in over.messages("payments")[-1].text


async def test_a_team_with_a_channel_reads_it_there(over: Mail) -> None:
    channel = over.slack.channel("payments").id
    teams = {"payments": TeamPolicy(lead=over.slack.person("erin").id, channel=channel)}
    over.policy = over.policy.model_copy(update={"teams": teams})
    await comes(over, MONDAY)
    assert len(said(over, "payments")) == 1
    assert said(over, "@erin") == []


async def test_of_a_repository_whoever_set_its_budget_is_told_all_in_one_message(
    over: Mail,
) -> None:
    await sets(over, SHOP, 10, Period.QUARTER)
    await sets(over, PAYMENTS, 10, Period.QUARTER)
    await comes(over, NIGHT)
    who = by(over.slack.person("dana").id, at=over.at, policy=over.policy)
    for _ in range(2):
        await over.register.told(
            who, hours_log.log, 1, 240, kind=Work.REWORK, worked_on=over.at.date()
        )
    await comes(over, MONDAY + DAY - timedelta(hours=8))
    assert said(over, "@erin") == []
    [row] = [row for row in (await over.rows()).values() if row.kind == "turned"]
    assert len(row.facts["lines"]) == 2
    await comes(over, MONDAY + DAY)
    assert len(said(over, "@erin")) == 1


async def test_a_dry_run_says_what_would_be_said_and_changes_nothing(over: Mail) -> None:
    previews = await rehearse(over.register.store, over.policy, MONDAY)
    told = [each.message.text for each in previews if each.message]
    assert any("3 h of 2 h spent" in words for words in told)
    assert await over.register.asked(budgets.seen_on) is None
