"""The page for leadership: what Slack says, in one file that does nothing and prints well."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from briefings import report
from debt.artifact.artifact import Stage
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.budgets.roi import PlannedWork, PlanState, Promise, WorkKind
from debt.budgets.train import Train
from debt.refusal import Refused
from debt.rules.hours import Period, Work, parse_quarter, span
from debt.scope import ALL, BudgetLine, Scope, ScopeKind
from storage.costs import budgets, hours_log, roi_plans, trains
from storage.lifecycle import retirement
from storage.register.artifacts import locked, save
from tests.browser import Opens
from tests.storage.builders import DANA, ERIN, NOW, POLICY, TODAY, Register, by, days

PAYMENTS = Scope(ScopeKind.TEAM, "payments")
Q4 = span(Period.QUARTER, TODAY, POLICY.sprint)
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)> "quoted" & \u202eevil {{7*7}}'


@pytest.fixture
async def lived(register: Register) -> Register:
    """Payments is over its budget; something of growth was ended; one thing should go first."""
    await register.holds(monthly_minutes=600, name=HOSTILE, repo=f"acme/{HOSTILE}")
    await register.holds(team="growth", name="Growth script", value=1, risk=5)
    await register.holds(team="growth", name="Old importer", stage=Stage.RETIRING)
    place, limits = BudgetLine(PAYMENTS), BudgetLimits(600)
    await register.told(ERIN, budgets.put, place, BudgetPeriod(Period.MONTH), limits)
    for ago, minutes in ((0, 660), (40, 120), (200, 90)):
        day = TODAY - days(ago)
        await register.told(DANA, hours_log.log, 1, minutes, kind=Work.REWORK, worked_on=day)
    async with register.store.change() as session:
        old = await locked(session, 3)
        over = replace(old, stage=Stage.RETIRED)
        await save(session, by(ERIN), old, over, action=retirement.ENDED)
    return register


async def page(register: Register, scope: Scope = ALL, quarter: str = "2026Q4") -> str:
    return await report.page(
        register.store, report.asked(scope, parse_quarter(quarter), by("cli:ops"))
    )


def words(html: str) -> str:
    body = html.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def section(html: str, title: str) -> str:
    return words(f"<body>{html.partition(f'<h2>{title}')[2].partition('</section>')[0]}")


async def test_it_says_what_slack_says(lived: Register) -> None:
    html = await page(lived)
    stands = section(html, "Maintenance hours")
    assert "1 of 1 budget is over." in stands
    assert "payments team · November 2026 11 h" in stands
    assert "1 h over: retire or refactor before anything new comes in" in stands
    assert "Nov 2026 11 h" in section(html, "Hours worked")
    assert "Oct 2026 2 h" in section(html, "Hours worked")
    assert "1 low value, high risk: delete first" in section(html, "Value × risk")
    assert "D-2 Growth script" in section(html, "What to delete first")
    assert "D-1" in section(html, "What costs most")
    assert "D-3 Old importer" in section(html, "Ended in Q4 2026")
    assert "retired on Nov 24, 2026" in section(html, "Ended in Q4 2026")
    assert "2 live artifacts" in words(html)
    trend = section(html, "How it went in twelve weeks")
    assert "Maintenance hours in four weeks 11 h 0 h not known" in trend
    assert "Not connected: review time, " in trend
    bought = section(html, "What buys back most hours")
    assert "Growth script (D-2): retire it not planned yet, hours estimated" in bought
    assert "(D-1): refactor it not planned yet, hours measured 5.5 h → 2 h 8 h" in bought
    assert "2.4 months 31 h December" in bought


async def test_plans_and_promises_are_told_with_what_they_buy(register: Register) -> None:
    await register.holds(monthly_minutes=600)
    promise = Promise(600, 120, 600)
    await register.told(DANA, roi_plans.plan, 1, PlannedWork(WorkKind.REFACTOR, promise))
    html = await page(register)
    bought = section(html, "What buys back most hours")
    assert "(D-1): refactor it planned 10 h → 2 h 10 h" in bought


async def test_promises_of_which_nobody_knows_are_counted_apart(register: Register) -> None:
    for number in (1, 2):
        await register.holds(monthly_minutes=600)
        work = PlannedWork(WorkKind.REFACTOR, Promise(600, 120, 600))
        await register.told(DANA, roi_plans.plan, number, work)
    long_ago = by(DANA, at=NOW - days(100))
    for number in (1, 2):
        await register.told(long_ago, roi_plans.move, number, PlanState.DONE)
    await register.told(DANA, hours_log.log, 1, 60, kind=Work.REWORK, worked_on=TODAY - days(40))
    bought = section(await page(register), "What buys back most hours")
    assert "1 of 1 promise was kept; of 1 promise nobody knows, since no hours were" in bought


async def test_a_train_has_no_weekly_trend(register: Register) -> None:
    await register.told(ERIN, trains.put, Train("2027.1", TODAY, TODAY + days(30)))
    html = await page(register, Scope(ScopeKind.TRAIN, "2027.1"))
    assert "How it went" not in html


async def test_a_scope_keeps_to_itself_and_shows_its_own_days(lived: Register) -> None:
    html = await page(lived, PAYMENTS)
    assert "Growth script" not in html
    assert "Nothing was ended in Q4 2026." in html
    assert 'alt="payments has spent 11 of 10 h, 1 h more than its limit"' in html
    assert "1 live artifact that" in words(html)


async def test_a_quarter_that_is_over_is_told_as_of_its_end(lived: Register) -> None:
    html = await page(lived, PAYMENTS, "2026Q2")
    assert "Q2 2026, as of Jun 30, 2026" in words(html)
    assert "May 2026 1.5 h" in section(html, "Hours worked")
    assert "Nov 2026" not in section(html, "Hours worked")
    assert "Maintenance hours against" not in html
    assert "D-1" in section(html, "What costs most")


async def test_an_empty_register_says_little(register: Register) -> None:
    html = await page(register)
    assert re.findall("<h2>([^<]*)", html) == ["Ended in Q4 2026"]


@pytest.mark.parametrize("text", ["", "Q4", "2026Q5", "2026-12", "0000Q1"])
def test_a_quarter_looks_like_2026q4(text: str) -> None:
    with pytest.raises(Refused, match="Quarters look like 2026Q4"):
        parse_quarter(text)


def test_quarters_are_those_of_the_calendar() -> None:
    for day in (TODAY, TODAY + days(37)):
        known = span(Period.QUARTER, day, POLICY.sprint)
        assert parse_quarter(f"{day.year}q{(day.month + 2) // 3}") == known


class Tags(HTMLParser):
    """What stands in a page as markup."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.sources += [value or "" for name, value in attrs if name in {"src", "href"}]


async def test_what_people_wrote_does_nothing_and_nothing_is_fetched(lived: Register) -> None:
    html = await page(lived, PAYMENTS)
    tags = Tags()
    tags.feed(html)
    assert not tags.seen & {"script", "link", "iframe", "object", "form", "a"}
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert tags.sources
    assert all(each.startswith("data:image/png;base64,") for each in tags.sources)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{7*7}}" in html
    assert "\u202e" not in html


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_browser_shows_and_prints_it_without_complaint(
    lived: Register, open_page: Opens
) -> None:
    shown = await open_page()
    await shown.set_content(await page(lived, PAYMENTS))
    assert await shown.locator("h1").inner_text() == "Code debt of team payments"
    drawn = "[...document.images].map(each => each.naturalWidth)"
    assert await shown.evaluate(drawn) == [1080, 1080, 1080]
    for width in (1280, 390):
        await shown.set_viewport_size({"width": width, "height": 800})
        wide = "document.documentElement.scrollWidth"
        assert await shown.evaluate(wide) <= width
        rows = "Math.max(...[...document.querySelectorAll('tr')].map(each => each.offsetHeight))"
        assert await shown.evaluate(rows) < 240
    assert (await shown.pdf(prefer_css_page_size=True)).startswith(b"%PDF")


async def test_what_was_ended_counts_on_the_days_of_its_quarter_alone(lived: Register) -> None:
    since = datetime(2026, 10, 1, tzinfo=UTC)
    assert since <= NOW < since + timedelta(days=92)
    found = await lived.asked(retirement.ended_in, ALL, Q4)
    assert [each.artifact.id for each in found] == [3]
    assert await lived.asked(retirement.ended_in, PAYMENTS, Q4) == []
    assert await lived.asked(retirement.ended_in, ALL, parse_quarter("2026Q3")) == []
