"""The product as a newcomer meets it, in Chromium. `make pictures` keeps what is seen."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.process.try_workspace import opened
from debt.policy.policy import built_in
from sandbox import Sandbox
from tests.browser import Opens

pytestmark = pytest.mark.browser


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """What `debt try` opens where there is no repository: the sample team's register."""
    async with opened(tmp_path, built_in(), port=0) as (slack, filled):
        assert filled == "40 artifacts of a made-up team"
        yield slack


async def picture(page: Page, name: str, height: int = 800) -> None:
    """Kept in the folder that DEBT_PICTURES names, if it names one."""
    folder = os.environ.get("DEBT_PICTURES")
    if folder:
        await page.set_viewport_size({"width": 1280, "height": height})
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
    await picture(page, "digest", height=1140)
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


async def test_what_is_due_is_decided_in_the_message_that_brings_it_up(
    workspace: Sandbox, browser_page: Page
) -> None:
    page = browser_page
    await page.goto(f"{workspace.url}/?as=dana&in=@bot")
    await expect(page.locator("body[data-live]")).to_be_attached()
    await page.locator("[data-monday]").click()
    nudge = message(page, "waiting for your decision")
    await expect(nudge).to_be_visible()
    await picture(page, "nudge")
    await nudge.get_by_role("button", name="Still needed").nth(2).click()
    await expect(nudge).to_contain_text("✓ Payment retry worker (D-1) reviewed")
    await page.goto("about:blank")  # lets go of the stream of changes


async def test_two_people_retire_what_is_strict_and_every_copy_shows_it(
    workspace: Sandbox, open_page: Opens
) -> None:
    """Dana asks about erin's artifact: erin is asked in person, and her team in its channel."""
    asking = "asks to retire Apple Pay session broker"
    tomorrow = workspace.clock.now() + timedelta(days=1)
    await workspace.clock.set(tomorrow.replace(hour=17, minute=0))
    dana, erin_alone, erin, sam = [
        await seen_by(await open_page(), workspace, who, where)
        for who, where in (
            ("dana", "payments"), ("erin", "@bot"), ("erin", "payments"), ("sam", "payments"),
        )
    ]  # fmt: skip
    await say(dana, "/debt retire D-9 the PSP hosts Apple Pay for us now")
    copies = [message(page, asking) for page in (dana, erin_alone, erin, sam)]
    for copy in copies:
        await expect(copy).to_contain_text("0 of 2 agreed")

    await copies[1].get_by_role("button", name="Approve").click()
    for copy in copies:
        await expect(copy).to_contain_text("1 of 2 agreed")
        await expect(copy).to_contain_text("✓ @erin (")
    await picture(sam, "approval")

    await copies[3].get_by_role("button", name="Approve").click()
    for copy in copies:
        await expect(copy).to_contain_text("✓ Approved by @erin (")
        await expect(copy.get_by_role("button", name="Approve")).to_have_count(0)
    for page in (dana, erin_alone, erin, sam):
        await page.goto("about:blank")  # lets go of the stream of changes


async def seen_by(page: Page, workspace: Sandbox, who: str, where: str) -> Page:
    await page.goto(f"{workspace.url}/?as={who}&in={where}")
    await expect(page.locator("body[data-live]")).to_be_attached()
    return page
