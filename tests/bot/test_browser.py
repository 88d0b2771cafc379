"""The product as a newcomer meets it, in Chromium. `make pictures` keeps what is seen."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.trying import opened
from sandbox import Sandbox

pytestmark = pytest.mark.browser


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """What `debt try` opens where there is no repository: the sample team's register."""
    async with opened(tmp_path, port=0) as (slack, filled):
        assert filled == "40 artifacts of a made-up team"
        yield slack


async def picture(page: Page, name: str) -> None:
    """Kept in the folder that DEBT_PICTURES names, if it names one."""
    folder = os.environ.get("DEBT_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def say(page: Page, words: str) -> None:
    await page.locator("#words").fill(words)
    await page.locator("#words").press("Enter")


def message(page: Page, words: str) -> Locator:
    return page.locator("article").filter(has_text=words).last


async def test_a_newcomer_claims_by_form_and_acts_on_mondays_digest(
    workspace: Sandbox, browser_page: Page
) -> None:
    page = browser_page
    await page.goto(f"{workspace.url}/?as=dana&in=payments")
    await expect(page.locator("body[data-live]")).to_be_attached()
    await say(page, "/debt claim")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox").fill("fraud")
    await page.get_by_role("option").filter(has_text="Fraud score explainer").click()
    await picture(page, "form")
    await dialog.get_by_role("button", name="Claim").click()
    await expect(message(page, "owns Fraud score explainer")).to_be_visible()

    await page.locator("[data-monday]").click()
    digest = message(page, "Code debt this week: payments")
    await expect(digest).to_be_visible()
    await picture(page, "digest")
    await digest.get_by_role("button", name="Review").first.click()
    await expect(message(page, "Code debt this week: payments")).to_contain_text("reviewed by dana")
    await page.goto("about:blank")  # lets go of the stream of changes


async def test_home_is_acted_on_and_changes_before_ones_eyes(
    workspace: Sandbox, browser_page: Page
) -> None:
    page = browser_page
    await page.goto(f"{workspace.url}/?as=dana&in=@home")
    await expect(page.locator("body[data-live]")).to_be_attached()
    home = page.locator("#home")
    await expect(home).to_contain_text("What needs you today")
    await expect(home).to_contain_text("Team payments")
    await picture(page, "home")
    await home.get_by_role("button", name="Log hours").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox").first.fill("fraud")
    await page.get_by_role("option").filter(has_text="Fraud score explainer").click()
    await dialog.get_by_label("Hours").fill("1.5")
    await dialog.get_by_role("button", name="Log", exact=True).click()
    await expect(home).to_contain_text("✓ dana logged 1.5 h of rework on Fraud score explainer")
    await home.get_by_role("button", name="Take back").click()
    await expect(home).to_contain_text("dana took 1.5 h of rework")
    await page.goto("about:blank")  # lets go of the stream of changes


async def test_two_people_approve_a_retirement_and_every_copy_changes_before_their_eyes(
    workspace: Sandbox, browser_page: Page
) -> None:
    """Dana, who owns it, has a copy of her own; the other is in her team's channel."""
    dana, sam = browser_page, await browser_page.context.new_page()
    await workspace.person("erin").types("/debt retire D-2 its successor is live", "payments")
    await dana.goto(f"{workspace.url}/?as=dana&in=@bot")
    await sam.goto(f"{workspace.url}/?as=sam&in=payments")
    copies = [message(page, "asks to retire Refund CSV importer") for page in (dana, sam)]
    for copy in copies:
        await expect(copy).to_contain_text(
            "0 of 2 agreed; one of them has to be of sre or security"
        )
    await copies[0].get_by_role("button", name="Approve").click()
    for copy in copies:
        await expect(copy).to_contain_text("1 of 2 agreed")
    await picture(sam, "approval")
    await copies[1].get_by_role("button", name="Approve").click()
    for copy in copies:
        await expect(copy).to_contain_text("✓ Approved by @dana")
        await expect(copy).to_contain_text("@sam")
        await expect(copy.get_by_role("button", name="Approve")).to_have_count(0)
    for page in (dana, sam):
        await page.goto("about:blank")  # lets go of the stream of changes
    await sam.close()


async def test_a_nudge_is_settled_where_it_stands(workspace: Sandbox, browser_page: Page) -> None:
    page = browser_page
    await workspace.clock.set(_monday_in_new_york(workspace.clock.now()))
    await page.goto(f"{workspace.url}/?as=dana&in=@bot")
    nudge = message(page, "waiting for your decision")
    await expect(nudge).to_be_visible()
    await picture(page, "nudge")
    await nudge.get_by_role("button", name="Still needed").nth(2).click()
    await expect(nudge).to_contain_text("✓ Payment retry worker (D-1) reviewed")
    await page.goto("about:blank")  # lets go of the stream of changes


def _monday_in_new_york(now: datetime) -> datetime:
    """Ten o'clock there on the next Monday, winter and summer alike in her working hours."""
    monday = now + timedelta(days=7 - now.weekday())
    return monday.replace(hour=15, minute=0)
