"""The page in a real browser, with a real app behind it: typed, clicked, chosen, seen."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from slack_bolt.app.async_app import AsyncApp

from sandbox import Person, Sandbox

pytestmark = pytest.mark.browser

Named = Any
ARTIFACTS = {"D-1": "invoice-retry.py", "D-2": "checkout <prototype>", "D-3": "flaky suite"}
HOSTILE = (
    "<img src=x onerror=\"document.title='stolen'\"> </textarea><script>1</script> *& <!channel>"
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str, text: str | None = None) -> dict[str, Any]:
    return {"text": plain(text or value), "value": value}


def button(name: str, value: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "text": plain(name),
        "action_id": name.lower(),
        "value": value,
        **more,
    }


def digest(done: dict[str, str]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "header", "text": plain("Code debt this week")}]
    sure = {name: plain(name.title()) for name in ("title", "text", "confirm", "deny")}
    for key, name in ARTIFACTS.items():
        said = f"*{key}* {name.replace('<', '&lt;')}" + done.get(key, "")
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said}})
        buttons = [button("Claim", key, style="primary"), button("Retire", key, confirm=sure)]
        more = {"type": "overflow", "action_id": "more", "options": [option("show"), option("log")]}
        day = {"type": "datepicker", "action_id": "day"}
        blocks.append({"type": "actions", "block_id": key, "elements": [*buttons, more, day]})
    return blocks


def field(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = {"action_id": name.lower(), **element}
    return {
        "type": "input",
        "block_id": name.lower(),
        "label": plain(name),
        "element": named,
        **more,
    }


def form(title: str = "Log hours") -> dict[str, Any]:
    kinds = [option("rework", "Rework"), option("review", "Review")]
    blocks = [
        field("Artifact", {"type": "external_select", "min_query_length": 2}),
        field("Hours", {"type": "plain_text_input"}, hint=plain("1.5 or 90m")),
        field("Kind", {"type": "radio_buttons", "options": kinds}),
        field("Day", {"type": "datepicker"}, optional=True),
        field("With", {"type": "multi_users_select"}, optional=True),
        {"type": "actions", "elements": [button("Deeper", "1")]},
    ]
    about = {"type": "modal", "callback_id": "log", "title": plain(title), "submit": plain("Log")}
    return {**about, "blocks": blocks}


class Bot:
    """A toy app; what it was told last stands in `heard`."""

    def __init__(self, app: AsyncApp) -> None:
        self.heard: dict[str, Any] = {}
        self.done: dict[str, str] = {}
        self.given_up = asyncio.Event()
        app.command("/echo")(self.echo)
        app.options("artifact")(self.suggest)
        app.view("log")(self.log)
        app.action("claim")(self.claim)
        app.action("deeper")(self.deeper)
        app.action(re.compile("retire|more|day"))(self.note)
        app.shortcut(re.compile("squawk|keep"))(self.opened)
        app.event("app_home_opened")(self.home)

    async def echo(self, ack: Named, command: Named, client: Named, say: Named) -> None:
        if command["text"] == "log":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=form())
        elif command["text"] == "slow":
            await self.given_up.wait()
            await ack()
        elif command["text"] == "digest":
            await ack()
            await say(text="3 artifacts need somebody", blocks=digest(self.done))
        else:
            await ack(f"only you: {command['text']}")

    async def suggest(self, ack: Named, payload: Named) -> None:
        found = [(key, name) for key, name in ARTIFACTS.items() if payload["value"] in name]
        await ack(options=[option(key, f"{key} {name}") for key, name in found])

    async def log(self, ack: Named, view: Named, client: Named) -> None:
        self.heard = view["state"]["values"]
        hours = self.heard["hours"]["hours"]["value"]
        if not hours.isdigit():
            await ack(response_action="errors", errors={"hours": "Hours are a number."})
            return
        await ack()
        key = self.heard["artifact"]["artifact"]["selected_option"]["value"]
        await client.chat_postMessage(channel="#payments", text=f"{hours} h on {key}")

    async def claim(self, ack: Named, body: Named, client: Named) -> None:
        await ack()
        self.done[body["actions"][0]["value"]] = f" is <@{body['user']['id']}>'s"
        place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**place, text="x", blocks=digest(self.done))

    async def deeper(self, ack: Named, body: Named, client: Named) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=form("Deeper"))

    async def note(self, ack: Named, body: Named) -> None:
        self.heard = body["actions"][0]
        await ack()

    async def opened(self, ack: Named, shortcut: Named, client: Named) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form())

    async def home(self, event: Named, client: Named) -> None:
        blocks = [{"type": "header", "text": plain("Your debt")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@pytest.fixture
def bot(app: AsyncApp) -> Bot:
    return Bot(app)


@pytest.fixture
async def page(slack: Sandbox, bot: Bot, browser_page: Page) -> AsyncIterator[Page]:
    """Dana in #payments, the app running."""
    await browser_page.goto(f"{slack.url}/?as=dana&in=payments")
    yield browser_page
    await browser_page.goto("about:blank")  # lets go of the stream of changes


def composer(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Message")


async def says(page: Page, text: str) -> None:
    """Also after a change of page: Enter sends once the page's own code is there."""
    await expect(page.locator("body[data-live]")).to_be_attached()
    await composer(page).fill(text)
    await composer(page).press("Enter")


def last(page: Page) -> Locator:
    return page.locator("article").last


async def test_a_command_is_completed_and_its_form_filled_and_sent(page: Page, bot: Bot) -> None:
    await composer(page).press_sequentially("/ec")
    await expect(page.get_by_role("option", name="/echo Repeats")).to_be_visible()
    await composer(page).press("Tab")
    await composer(page).press_sequentially("log")
    await expect(page.locator("#hint")).to_contain_text("Repeats")
    await composer(page).press("Enter")

    dialog = page.get_by_role("dialog", name="Log hours")
    picker = dialog.get_by_label("Artifact")
    await expect(picker).to_be_focused()
    await picker.press_sequentially("i")
    await expect(dialog.get_by_text("Type at least 2 characters")).to_be_visible()
    await picker.press_sequentially("nv")
    await expect(dialog.get_by_role("option", name="D-1 invoice-retry.py")).to_be_visible()
    await picker.press("Enter")
    await expect(picker).to_have_value("D-1 invoice-retry.py")

    await dialog.get_by_label("Hours").fill("many")
    await dialog.get_by_label("Review").check()
    await dialog.get_by_role("button", name="Log").click()
    await expect(dialog.get_by_text("Hours are a number.")).to_be_visible()
    await expect(dialog.get_by_label("Hours")).to_be_focused()
    await expect(picker).to_have_value("D-1 invoice-retry.py")

    await dialog.get_by_label("Hours").fill("3")
    await dialog.get_by_label("Hours").press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(last(page)).to_contain_text("3 h on D-1")
    assert bot.heard["kind"]["kind"]["selected_option"]["value"] == "review"
    await expect(composer(page)).to_be_focused()


async def test_what_is_missing_is_said_before_anything_is_sent(page: Page, bot: Bot) -> None:
    await says(page, "/echo log")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Log").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(3)
    assert bot.heard == {}


async def test_a_button_changes_the_message_for_everybody(
    slack: Sandbox, page: Page, erin: Person
) -> None:
    await says(page, "/echo digest")
    other = await page.context.new_page()
    await other.goto(f"{slack.url}/?as=erin&in=payments")
    await last(page).get_by_role("button", name="Claim").nth(1).click()
    for seen in (page, other):
        await expect(last(seen)).to_contain_text("D-2 checkout <prototype> is @dana's")
    await other.close()


async def test_it_asks_before_it_does(slack: Sandbox, page: Page, bot: Bot) -> None:
    await says(page, "/echo digest")
    await last(page).get_by_role("button", name="Retire").first.click()
    question = page.get_by_role("dialog", name="Title")
    await question.get_by_role("button", name="Deny").click()
    await expect(question).to_be_hidden()
    assert bot.heard == {}
    await last(page).get_by_role("button", name="Retire").first.click()
    await question.get_by_role("button", name="Confirm").click()
    await slack.wait_for(lambda: bot.heard.get("value") == "D-1")


async def test_menus_and_dates_of_a_message_reach_the_app(
    slack: Sandbox, page: Page, bot: Bot
) -> None:
    await says(page, "/echo digest")
    await last(page).get_by_role("button", name="More actions").first.click()
    await page.get_by_role("menuitem", name="log").click()
    await slack.wait_for(lambda: bot.heard.get("selected_option", {}).get("value") == "log")
    await last(page).get_by_label("datepicker").last.fill("2026-12-24")
    await slack.wait_for(lambda: bot.heard.get("selected_date") == "2026-12-24")
    assert bot.heard["block_id"] == "D-3"


async def test_one_can_be_somebody_else(page: Page) -> None:
    await says(page, "/echo hello")
    await expect(last(page)).to_contain_text("Only visible to you")
    await page.get_by_role("button", name="Acting as Dana Reyes").press("Enter")
    await expect(page.get_by_role("menuitem", name="Dana Reyes")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Acting as Erin Walsh")).to_be_visible()
    await expect(page.locator("article")).to_have_count(0)
    await says(page, "erin here, @dana")
    await expect(last(page).locator(".author b")).to_have_text("Erin Walsh")


async def test_hostile_text_stays_text(page: Page, slack: Sandbox) -> None:
    await says(page, HOSTILE)
    await expect(last(page).locator(".text")).to_have_text(HOSTILE)
    here = slack.workspace
    here.post(
        slack.channel("payments"),
        here.bot.id,
        HOSTILE,
        [{"type": "header", "text": plain(HOSTILE)}],
    )
    await expect(last(page).locator("h3")).to_have_text(HOSTILE)
    assert await page.locator("article img, article script").count() == 0
    assert "stolen" not in await page.title()


async def test_escape_takes_one_form_away_and_the_cross_all(page: Page) -> None:
    await says(page, "/echo log")
    first = page.get_by_role("dialog", name="Log hours")
    await first.get_by_label("Hours").fill("4")
    await first.get_by_role("button", name="Deeper").click()
    second = page.get_by_role("dialog", name="Deeper")
    await expect(second.get_by_role("button", name="Back")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(first.get_by_label("Hours")).to_have_value("4")
    await first.get_by_role("button", name="Deeper").click()
    await second.get_by_role("button", name="Close").click()
    await expect(page.locator("dialog#form")).to_be_hidden()


async def test_escape_closes_the_list_before_the_form(page: Page) -> None:
    await says(page, "/echo log")
    people = page.get_by_role("dialog").get_by_label("With")
    await people.click()
    await people.press_sequentially("erin")
    await people.press("Enter")
    await expect(page.locator(".pick")).to_have_text("@erin×")
    await people.press("Escape")
    await expect(page.locator(".choices:popover-open")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_be_visible()
    await people.press("Backspace")
    await expect(page.locator(".pick")).to_have_count(0)


async def test_monday_is_one_click_away(page: Page, slack: Sandbox) -> None:
    await page.get_by_role("button", name="Skip to Monday").click()
    await expect(page.locator("#now")).to_have_text(re.compile(r"Mon, .*, 9:30 AM"))
    await page.get_by_role("button", name="One day later").click()
    await expect(page.locator("#now")).to_have_text(re.compile(r"Tue, .*, 9:30 AM"))
    assert slack.clock.now().weekday() == 1


async def test_errors_are_said_in_words(page: Page, bot: Bot, slack: Sandbox) -> None:
    await says(page, "/nothing")
    await expect(page.get_by_role("alert")).to_contain_text("/nothing is not a valid command")
    await expect(composer(page)).to_have_value("/nothing")
    await says(page, "/echo slow")
    await expect(page.get_by_role("alert")).to_contain_text("did not respond")
    bot.given_up.set()
    slack.request_url = None
    await says(page, "/echo hello")
    await expect(page.get_by_role("alert")).to_contain_text("/echo failed with the error “dispatch")


async def test_shortcuts_from_the_bolt_and_from_a_message(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="Log hours")
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Squawk").click()
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await says(page, "a message")
    await last(page).hover()
    await last(page).get_by_role("button", name="Message actions").click()
    await page.get_by_role("menuitem", name="Keep").click()
    await expect(dialog).to_be_visible()


async def test_news_elsewhere_is_counted_and_read(page: Page, slack: Sandbox) -> None:
    here = slack.workspace
    here.post(slack.channel("growth"), here.bot.id, "news")
    growth = page.locator("#side").get_by_role("link", name="growth")
    await expect(growth.locator(".badge")).to_contain_text("1")
    await expect(page).to_have_title("(1) #payments · Acme")
    await growth.click()
    await expect(last(page)).to_contain_text("news")
    await expect(page).to_have_title("#growth · Acme")
    await page.go_back()
    await expect(page).to_have_title("#payments · Acme")


async def test_home_and_messages_of_the_app(page: Page) -> None:
    await page.locator("#side").get_by_role("link", name="Parrot").click()
    await expect(composer(page)).to_have_attribute("placeholder", "Message parrot")
    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("heading", name="Your debt")).to_be_visible()
    await expect(composer(page)).to_be_hidden()


async def test_arrow_up_recalls_and_shift_enter_breaks_the_line(page: Page) -> None:
    await composer(page).press_sequentially("one")
    await composer(page).press("Shift+Enter")
    await composer(page).press_sequentially("two @er")
    await composer(page).press("Enter")
    await expect(composer(page)).to_have_value("one\ntwo @erin ")
    await composer(page).press("Enter")
    await expect(last(page)).to_contain_text("one\ntwo @erin")
    await composer(page).press("ArrowUp")
    await expect(composer(page)).to_have_value("one\ntwo @erin")


async def test_reading_old_messages_is_not_disturbed(page: Page, slack: Sandbox) -> None:
    for number in range(60):
        slack.workspace.post(slack.channel("payments"), slack.person("erin").id, f"line {number}")
    await expect(last(page)).to_contain_text("line 59")
    await expect(last(page)).to_be_in_viewport()
    await expect(page.get_by_text("line 9", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Show older messages").click()
    await expect(page.get_by_text("line 9", exact=True)).to_have_count(1)
    await page.locator("#stream").evaluate("one => one.scrollTo(0, 0)")
    slack.workspace.post(slack.channel("payments"), slack.person("erin").id, "the newest")
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert await page.locator("#stream").evaluate("one => one.scrollTop") == 0
    await page.get_by_role("button", name="New messages").click()
    await expect(last(page)).to_be_in_viewport()


async def test_on_a_phone_the_sidebar_is_a_drawer(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    growth = page.locator("#side").get_by_role("link", name="growth")
    await expect(growth).not_to_be_in_viewport()
    await page.get_by_role("button", name="Channels").click()
    await growth.click()
    await expect(page.get_by_role("heading", name="growth")).to_be_visible()
    await expect(growth).not_to_be_in_viewport()
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not await page.evaluate(wide)
