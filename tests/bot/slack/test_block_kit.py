"""All that is composed passes slack_sdk's validation and the limits that it does not check.

The sandbox refuses what Slack refuses as well; here the limits are written down a second time,
so that neither list has to be believed alone.
"""

import copy
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.features.table import BUTTONS, FORMS, VERBS
from bot.process.process import Process
from debt.artifact.artifact import Artifact, BlockDisagreement
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Sign, Signal
from debt.change import Change as Then
from sandbox import Form, Person, PostedMessage, Sandbox
from sandbox.workspace.workspace import WorkspaceChange
from storage.metrics import snapshots
from tests.bot.conftest import MONDAY, TUESDAY, Ledger
from tests.bot.verbs import ways_to_say

Json = dict[str, Any]
FAT = "A & B <wide> " * 700


class Composed:
    """Every message and form the bot showed, as it was each time it changed."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack
        self.messages: list[Json] = []
        self.views: list[Json] = []
        slack.workspace.listen(self._see)

    def _see(self, change: WorkspaceChange) -> None:
        if change.view is not None:
            self.views.append(copy.deepcopy(change.view.source))
        elif change.message is not None and change.message.user == self._slack.workspace.bot.id:
            self.messages.append(
                {"text": change.message.text, "blocks": copy.deepcopy(change.message.blocks)}
            )

    @property
    def elements(self) -> Iterator[Json]:
        yield from self.in_messages
        yield from _elements_in(self.views)

    @property
    def in_messages(self) -> Iterator[Json]:
        yield from _elements_in(self.messages)


def _elements_in(surfaces: list[Json]) -> Iterator[Json]:
    for surface in surfaces:
        for block in surface["blocks"]:
            yield from elements_of(block)


def elements_of(block: Json) -> Iterator[Json]:
    parts = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    yield from (part for part in parts if part and "action_id" in part)


@pytest.fixture
async def composed(slack: Sandbox, process: Process, ledger: Ledger, dana: Person) -> Composed:
    """All the verbs, buttons and briefings, over a register full of long words."""
    seen = Composed(slack)
    for number in range(18):
        await ledger.add(
            name=FAT,
            paths=(FAT,) * 5,
            repo=FAT[:500],
            team="payments",
            owner=None if number % 2 else dana.id,
            purpose=FAT,
            removal_impact=FAT,
            evidence=FAT,
            origin_tool=FAT,
            origin_model=FAT,
            surface="production",
            expires_on=date(2026, 11, 1 + number),
            proxies={"frequency": ProxyRating(5, FAT), "risk": ProxyRating(5, FAT)},
            signals=tuple(Signal(sign, FAT) for sign in Sign),
            dependants=999_999,
        )
    await every_command(dana)
    await process.bot.tasks.finish()
    await every_form(dana)
    await every_step(dana, slack.person("sam"), ledger)
    await every_request(dana, slack.person("erin"), process)
    await every_way_out(dana, ledger)
    await every_home(slack, dana)
    await every_budget(slack.person("erin"))
    await every_value(dana)
    await every_plan(slack, dana)
    await every_train(slack.person("erin"))
    await every_comparison(dana, ledger)
    await every_proposal(slack, dana, ledger, process)
    await every_trend(ledger)
    await every_briefing(slack, process, dana)
    await every_verb(dana, process)
    return seen


async def every_command(dana: Person) -> None:
    for words in (
        *(f"help {verb}" for verb in VERBS),
        "xyzzy",
        "subscribe team:payments",
        "show D-1",
        "show D-2",
        "list",
        "list nothing",
        "history D-1",
        "map team:payments",
        "metrics team:payments",
        "brief",
        "claim D-2",
        "claim D-99",
        f"log D-1 1h {FAT}",
        "log team:payments quarter",
        "log D-1 undo",
        f"extend D-1 10d {FAT}",
        f"score D-1 1 2 3 4 {FAT}",
        "review D-1",
        "promote D-1",
        f"promote D-1 tests {FAT}",
        "promote D-1 style",
        "retire D-1",
        "release D-2",
        "handoff D-1 @sam",
    ):
        reply = await dana.types(f"/debt {words}", channel="payments")
        assert reply.error is None, words
        if reply.form:
            await reply.form.close()


async def every_verb(dana: Person, process: Process) -> None:
    """Of an artifact that nothing happened to before."""
    for words in ways_to_say("D-7", FAT):
        reply = await dana.types(f"/debt {words}")
        assert reply.error is None, words[:40]
        if reply.form:
            await reply.form.close()
    await process.bot.tasks.finish()


async def every_form(dana: Person) -> None:
    card = (await dana.types("/debt show D-1", channel="payments")).message
    for label in ("Extend", "Log", "Score", "Hand off"):
        form = (await dana.clicks(card, label)).form
        assert form is not None
        await form.close()
    form = (await dana.clicks(card, "Edit")).form
    assert form is not None
    form.fill("Team", FAT[:200])
    await form.submit()
    added = await added_by_form(dana)
    form = (await dana.clicks(added, "Score")).form
    assert form is not None
    await form.submit()
    subscribed = (await dana.types("/debt subscribe", channel="payments")).message
    form = (await dana.clicks(subscribed, "Change")).form
    assert form is not None
    await form.close()
    listed = (await dana.types("/debt list", channel="payments")).message
    await dana.clicks(listed, "Next page")
    offer = (await dana.types("claim", channel="@bot")).message
    form = (await dana.clicks(offer, "Open the form")).form
    assert form is not None
    await picked_and_submitted(form)


async def every_home(slack: Sandbox, dana: Person) -> None:
    """With something of everything, and its pages turned."""
    await slack.person("sam").types("/debt claim D-1", channel="payments")
    home = await dana.opens_home()
    form = (await home.clicks("Add")).form
    assert form is not None
    await form.close()
    await slack.person("noah").opens_home()
    for number in range(12):
        await dana.types(f"/debt log D-1 1h {number}", channel="payments")
    told = (await dana.types("/debt history D-1", channel="payments")).message
    await dana.clicks(told, "Earlier")
    while "Next page" in home.buttons:
        await home.clicks("Next page")
    await home.clicks("Log hours")


async def added_by_form(dana: Person) -> Any:
    form = (await dana.types(f"/debt add {FAT}", channel="payments")).form
    assert form is not None
    form.fill("Repository", FAT[:200])
    form.fill("Paths", FAT[:3_000])
    return (await form.submit()).message


async def picked_and_submitted(form: Form) -> None:
    [option, *_] = await form.search("Artifact", "D-2")
    form.choose("Artifact", option.value)
    await form.submit()


async def every_step(dana: Person, sam: Person, ledger: Ledger) -> None:
    """Items shown and waived at length, and a step up to how it is to end."""
    card = (await dana.types("/debt show D-1")).message
    board = (await dana.clicks(card, "Promote")).message
    for item in ("tests", "security", "documentation"):
        await dana.types(f"/debt promote D-1 {item} {FAT}")
    for item in ("style", "rollback", "monitoring", "responder"):
        await sam.types(f"/debt promote D-1 waive {item} 30d {FAT}")
    for words in ("review", "waive"):
        form = (await sam.types(f"/debt promote D-1 {words}")).form
        assert form is not None
        await form.close()
    await dana.clicks(board, "Promote to validated")
    script = await ledger.add(name=FAT, kind="throwaway_script")
    for item in ("tests", "security"):
        await dana.types(f"/debt promote {script.key} {item} {FAT}")
    board = (await dana.types(f"/debt promote {script.key}", channel="payments")).message
    await dana.clicks(board, "Promote to validated")
    form = (await dana.clicks(board, "Promote to retained")).form
    assert form is not None
    await form.submit()


async def every_request(dana: Person, erin: Person, process: Process) -> None:
    """Asked at length, agreed to, taken back, rejected at length, and both lists."""
    await dana.types(f"/debt retire D-3 {FAT}")
    form = (await dana.types("/debt extend D-5", channel="payments")).form
    assert form is not None
    form.fill("New expiry date", "2028-01-01")
    form.fill("Reason", FAT[:500])
    await form.submit()
    await process.send()
    request = erin.reads("payments")[-2]
    for label in ("Approve", "Take back"):
        await erin.clicks(request, label)
    for person in (dana, erin):
        await person.types("/debt approvals")
    form = (await erin.clicks(request, "Reject")).form
    assert form is not None
    form.fill("Reason", FAT[:500])
    await form.submit()
    await process.send()


async def every_way_out(dana: Person, ledger: Ledger) -> None:
    script = await ledger.add(name=FAT, kind="throwaway_script", removal_impact=FAT)
    form = (await dana.clicks(await card_of(dana, script), "Retire")).form
    assert form is not None
    form.fill("Reason", FAT[:500])
    form.fill("Link to the change", FAT[:500])
    await form.submit()
    card = await card_of(dana, script)
    for item in ("Code", "Dashboards", "Alerts", "Runbooks"):
        form = (await dana.clicks(card, f"{item} gone")).form
        assert form is not None
        form.fill("What shows that it is gone", FAT[:500])
        await form.submit()
    form = (await dana.clicks(card, "Keep it")).form
    assert form is not None
    await form.close()
    await dana.clicks(card, "It is gone")


async def card_of(person: Person, artifact: Artifact) -> PostedMessage:
    return (await person.types(f"/debt show {artifact.key}", channel="payments")).message


async def every_proposal(slack: Sandbox, dana: Person, ledger: Ledger, process: Process) -> None:
    """A message about more finds than it names, a list of two pages, both answers, the end."""
    await dana.types("/debt subscribe all", channel="general")
    fat = {"name": FAT, "paths": (FAT,) * 5, "repo": FAT[:500], "owner": None, "evidence": FAT}
    [one, *_] = await ledger.proposes(*[fat] * 12)
    await dana.clicks((await dana.types("/debt list")).message, "See them")
    await slack.clock.set(TUESDAY)
    await process.send()
    message = dana.dms()[-1]
    await dana.clicks((await dana.clicks(message, "Review")).messages[0], "Next page")
    page = (await dana.clicks(message, "Review")).messages[0]
    await dana.clicks(page, "Not AI-produced", row="D-30")
    await dana.clicks(page, "Accept", row="D-29")
    card = await card_of(dana, one)
    assert card.controls()
    await dana.clicks(card, "Not AI-produced")
    await dana.clicks(message, "Accept all 12")


async def every_budget(erin: Person) -> None:
    """Over, with all that can be said; the form, the list of all, the end."""
    form = (await erin.types("/debt budget set team:payments")).form
    assert form is not None
    for label, value in (
        ("Hours a period", "1h"), ("Total score at most", "1"), ("Live artifacts at most", "1"),
        ("Hours a month less", "1h"), ("Less until", "2027-03-01"),
    ):  # fmt: skip
        form.fill(label, value)
    await form.submit()
    for words in ("budget", "budget team:payments", "budget end team:payments"):
        reply = await erin.types(f"/debt {words}")
        assert reply.error is None


async def every_value(dana: Person) -> None:
    """Stated by form, told on the card and in sum."""
    form = (await dana.types("/debt value D-1")).form
    assert form is not None
    form.fill("Hours saved at creation", "1h")
    await form.submit()
    for words in ("value D-2 10h 2h", "value all", "value team:payments", "show D-1"):
        assert (await dana.types(f"/debt {words}")).error is None


async def every_plan(slack: Sandbox, dana: Person) -> None:
    """Ranked at length, planned, entered, begun, dropped, done, and the record months later."""
    ranked = (await dana.types("/debt roi all")).message
    form = (await dana.clicks(ranked, "Plan it", row="D-3")).form
    assert form is not None
    form.fill("Hours a month once it is done", "0")
    await form.submit()
    form = (await dana.clicks(ranked, "Add other work")).form
    assert form is not None
    form.fill("What", FAT[:200])
    form.fill("Scope", "team:payments")
    for label in ("Hours of work", "Hours a month it returns"):
        form.fill(label, "9999h")
    await form.submit()
    assert not form.errors, form.errors
    for words in ("roi plan", "roi plan D-3", "roi add team:payments"):
        form = (await dana.types(f"/debt {words}")).form
        assert form is not None
        await form.close()
    ranked = (await dana.types("/debt roi team:payments 60 months")).message
    for label, number in (("Begin", 1), ("Drop", 2), ("Done", 1)):
        await dana.clicks(ranked, label, block_id=f"roi:{number}")
    now = slack.clock.now()
    await slack.clock.set(now + timedelta(days=100))
    assert "Track record" in (await dana.types("/debt roi all")).message.shown
    await slack.clock.set(now)


async def every_train(erin: Person) -> None:
    """Planned by form, filled, emptied, shown, over its budget."""
    form = (await erin.types("/debt train set 2027.1")).form
    assert form is not None
    form.fill("Last day", "2027-03-26")
    form.fill("Put aboard", "team:payments")
    await form.submit()
    for words in (
        "budget set train:2027.1 1h", "train add 2027.1 D-1", "train drop 2027.1 D-1",
        "train add 2027.1 all", "train", "train 2027.1", "list train:2027.1", "budget train:2027.1",
    ):  # fmt: skip
        reply = await erin.types(f"/debt {words}")
        assert reply.error is None


async def every_comparison(dana: Person, ledger: Ledger) -> None:
    """A file that says otherwise about as much as it can."""
    names = ("name", "purpose", "owner", "expires_on", "value", "risk", "prompt_category")
    said = tuple(BlockDisagreement(name, FAT, FAT) for name in names)
    artifact = await ledger.amend(await ledger.add(name=FAT, purpose=FAT[::-1]), otherwise=said)
    form = (await dana.clicks(await card_of(dana, artifact), "Compare")).form
    assert form is not None
    form.choose("Purpose", "Take the file’s")
    form.choose("Name", "Keep the register’s")
    await form.submit()


async def every_trend(ledger: Ledger) -> None:
    """Fewer have an owner than four weeks before the first digest."""
    async with ledger.store.change() as session:
        before = Then("schedule", MONDAY - timedelta(weeks=4), ledger.policy)
        await snapshots.take(session, before)
    for _ in range(12):
        await ledger.add(name=FAT, owner=None, expires_on=date(2026, 11, 20))


async def every_briefing(slack: Sandbox, process: Process, dana: Person) -> None:
    """Digests until an intervention, a request with its answer, a channel that is gone."""
    sam = slack.person("sam")
    await process.send()
    await sam.clicks(sam.dms()[-1], "Decline")
    for week in range(4):
        await slack.clock.set(MONDAY + timedelta(weeks=week, hours=6))
        await process.tick()
        await process.send()
    digest = sam.reads("payments")[-1]
    first = next(each for each in digest.controls() if each.label == "Review")
    await sam.presses(digest, first)
    slack.archive("payments")
    await slack.clock.set(MONDAY + timedelta(weeks=4, hours=6))
    await process.tick()
    await process.send()


async def test_everything_the_bot_says_is_within_slacks_limits(
    composed: Composed, slack: Sandbox
) -> None:
    assert len(composed.messages) > 50
    assert len(composed.views) > 20
    problems = [p for message in composed.messages for p in wrong_with_message(message)]
    problems += [p for view in composed.views for p in wrong_with_view(view)]
    assert problems == []
    refused = {call.outcome for call in slack.calls} - {"ok", "is_archived"}
    assert refused == set()
    every_button_is_answered_and_every_form_is_read(composed)


def every_button_is_answered_and_every_form_is_read(composed: Composed) -> None:
    shown = [each for each in composed.elements if each["type"] == "button"]
    shown += [each for each in composed.in_messages if each["type"] == "static_select"]
    pressed = {each["action_id"].partition("#")[0] for each in shown}
    assert pressed == set(BUTTONS)
    modals = [view for view in composed.views if view["type"] == "modal"]
    assert {view["callback_id"] for view in modals} == set(FORMS)


def wrong_with_message(message: Json) -> Iterator[str]:
    blocks = message["blocks"]
    if not 1 <= len(blocks) <= 50:
        yield f"{len(blocks)} blocks"
    if not message["text"] or len(message["text"]) > 4_000:
        yield f"a fallback of {len(message['text'])} characters"
    if sum(len(text["text"]) for text in texts_of(blocks)) > 11_000:
        yield "more text than Slack takes in one message"
    yield from wrong_with_blocks(blocks)


def wrong_with_view(view: Json) -> Iterator[str]:
    try:
        View(**view).validate_json()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
        yield repr(error)
    if any(block["type"] == "input" for block in view["blocks"]) and not view.get("submit"):
        yield "inputs and no submit"
    limits = {"title": 24, "submit": 24, "close": 24}
    yield from (f"{name} too long" for name, most in limits.items() if long(view.get(name), most))
    if len(view["blocks"]) > 100 or len(view.get("private_metadata", "")) > 3_000:
        yield "too many blocks or too much metadata"
    yield from wrong_with_blocks(view["blocks"])


def wrong_with_blocks(blocks: list[Json]) -> Iterator[str]:
    yield from (f"block id {one} twice" for one in twice(b.get("block_id") for b in blocks))
    for block in blocks:
        parsed = Block.parse(block)
        try:
            assert parsed is not None
            parsed.validate_json()
        except Exception as error:  # noqa: BLE001  # as above
            yield repr(error)
        yield from wrong_with_block(block)
        ids = (element["action_id"] for element in elements_of(block))
        yield from (f"action id {one} twice in {block}" for one in twice(ids))
        yield from (p for element in elements_of(block) for p in wrong_with_element(element))


def wrong_with_block(block: Json) -> Iterator[str]:
    kind = block["type"]
    if kind == "section" and long(block.get("text"), 3_000):
        yield "section over 3,000 characters"
    if any(long(field, 2_000) for field in block.get("fields", [])):
        yield "field over 2,000 characters"
    if kind == "header" and (block["text"]["type"] != "plain_text" or long(block["text"], 150)):
        yield "header is no plain text of 150 characters"
    if kind == "context" and any(long(each, 2_000) for each in block["elements"]):
        yield "context over 2,000 characters"
    most = {"actions": 25, "context": 10}.get(kind)
    if most and not 1 <= len(block["elements"]) <= most:
        yield f"{len(block['elements'])} elements in {kind}"
    if kind == "image" and not (1 <= len(block["alt_text"]) <= 2_000 and block["slack_file"]["id"]):
        yield "picture without a file, or without words of 2,000 characters for it"
    if kind == "input" and (long(block["label"], 2_000) or long(block.get("hint"), 2_000)):
        yield "label or hint over 2,000 characters"


def wrong_with_element(element: Json) -> Iterator[str]:
    if long(element.get("text"), 75) or len(element.get("value", "")) > 2_000:
        yield f"button too long: {element}"
    if len(element["action_id"]) > 255 or long(element.get("placeholder"), 150):
        yield f"action id or placeholder too long: {element}"
    options = element.get("options", [])
    most = 10 if element["type"] in {"checkboxes", "radio_buttons"} else 100
    if len(options) > most or ("options" in element and not options):
        yield f"{len(options)} options in {element['type']}"
    for option in (*options, element.get("initial_option") or {"text": {"text": "-"}, "value": ""}):
        if long(option["text"], 75) or long(option.get("description"), 75):
            yield f"option too long: {option}"
        if len(option["value"]) > 150:
            yield f"option value too long: {option}"


def long(text: Json | None, most: int) -> bool:
    """Also where there is a text object and nothing in it."""
    return text is not None and not 1 <= len(text["text"]) <= most


def twice(names: Iterator[str | None]) -> list[str]:
    return [name for name, times in Counter(names).items() if name and times > 1]


def texts_of(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for below in value:
            yield from texts_of(below)
