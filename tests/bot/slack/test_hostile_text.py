"""Whatever people and repositories write is shown, never interpreted, and always fits."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.process.process import Process
from debt.artifact.artifact import BlockDisagreement
from debt.artifact.columns import COLUMNS, ValueKind
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Sign, Signal
from debt.budgets.budget import BudgetLimits, BudgetPeriod
from debt.budgets.roi import PlannedWork, Promise, WorkKind
from debt.change import Change
from debt.rules.hours import Period
from debt.scope import BudgetLine, Scope, ScopeKind
from sandbox import Form, Person, PostedMessage, Sandbox
from storage.costs import budgets, roi_plans
from storage.metrics import snapshots
from storage.nudges import attention
from storage.nudges.attention import Matter, Why
from tests.bot.conftest import MONDAY, TUESDAY, Ledger
from tests.bot.verbs import ways_to_say

EVERYTHING = (
    "<!channel> <!here> <!everyone> <@U123> <@{dana}> <!subteam^S123> <#C123> "
    "<https://evil.example|click> https://evil.example/bare mail@evil.example "
    '*bold* _italic_ ~struck~ `code` ```block``` O\'Brien & Söhne "quoted" 😀👩‍👩‍👧 '
    ":smile: :+1::tada: {{7*7}} {% raw %} =cmd|'/c calc'!A1 \\n \\u202e\u202egnirts\u202c "
    "zero\u200bwidth \x00nul \x1b[31m > quote &lt;!channel&gt; &amp;lt; "
)
TEXTS = {
    "everything": EVERYTHING,
    "lines": "> quoted\n\n*bold*\n```\ncode\n```\n• item\n\t_tab_\r\n<!here>",
    "ten thousand letters": "x" * 10_000,
    "ten thousand ampersands": "&" * 10_000,
    "ten thousand angles": "<" * 10_000,
    "ten thousand stars": "*" * 10_000,
    "ten thousand backticks": "`" * 10_000,
    "ten thousand emoji": "😀" * 10_000,
    "ten thousand words": "<!channel> " * 909,
    "underscores": "_a_ __b__ ___ _",
    "quotes": "'\"“”‘’`´",
    "right to left": "\u202e\u2066evil\u2067 שלום عربى \u200f",
    "unseen": "\u200b\u200c\u200d\ufeff",
}
CHOSEN = (
    "Owner", "Kind", "Label", "Runs where", "Expiry date", "Dependants", "Business value",
    "Blast radius", "Monthly hours", "Planned end", "Regenerate every … days",
)  # fmt: skip
LONGEST = {"repo": 500, "team": 200, "service": 200}
FORMATTED = re.compile(r"(?<!\w)([*_~])\S(?:.*?\S)?\1(?!\w)|`[^`]+`")
TEMPLATES = "".join(
    path.read_text() for path in sorted(Path("briefings/words/templates").glob("*.j2"))
)
SHORTCODE = r":[a-z0-9_+'-]*[a-z+][a-z0-9_+'-]*:"
UNSEEN = r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]"
# What the bot itself means: mentions, dates, an artifact's name in bold, its own verbs as code.
OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^[^<>]*>|`/debt [^`]*`|you mean `[a-z-]+`|"
    r"\*[^*\n]*\* \(D-\d+\)"
)


def inside(text: str, limit: int = 10_000) -> str:
    return text[:limit]


FIELDS = [column.field for column in COLUMNS if column.holds is ValueKind.TEXT] + ["evidence"]


def facts(text: str) -> dict[str, Any]:
    """The text in every field a person or a repository can fill."""
    said: dict[str, Any] = {field: inside(text, LONGEST.get(field, 10_000)) for field in FIELDS}
    proxies = {"frequency": ProxyRating(5, text), "risk": ProxyRating(5, text)}
    signals = tuple(Signal(sign, text) for sign in Sign)
    return said | {"paths": (text, text), "proxies": proxies, "signals": signals}


def pings_of(message: PostedMessage | Form, *allowed: Person) -> set[str]:
    return message.pings - {person.id for person in allowed}


def mrkdwn_of(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for below in value.values():
            yield from mrkdwn_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from mrkdwn_of(below)


def must_be_inert(surface: PostedMessage | Form, *mentioned: Person) -> None:
    """Pings nobody but those the bot itself means, links nothing, formats nothing."""
    assert pings_of(surface, *mentioned) == set()
    assert surface.links == []
    assert "{{7*7}}" in surface.shown or "49" not in surface.shown
    written = [*mrkdwn_of(surface.blocks)]
    written += [surface.text] if isinstance(surface, PostedMessage) else []
    for text in written:
        assert not re.search(r"&(?!amp;|lt;|gt;)", text), text[-30:]
        rest = OURS.sub(" ", text)
        formatted = [match[0] for match in FORMATTED.finditer(rest)]
        assert [words for words in formatted if words.split()[0] not in TEMPLATES] == []
        for inert in (r"[<>]", r"(?m)^\s*&gt;", SHORTCODE, UNSEEN):
            assert not re.search(inert, rest), rest


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest, slack: Sandbox) -> str:
    return TEXTS[request.param].replace("{dana}", slack.person("dana").id)


@pytest.fixture
async def hostile(text: str, ledger: Ledger, dana: Person, slack: Sandbox) -> Ledger:
    """D-1 is dana's, D-2 nobody's and in production; every word of both is hostile."""
    due = {"expires_on": date(2026, 11, 1), "surface": "production"}
    name = text if text.strip("\u200b\u200c\u200d\ufeff") else f"a{text}b"
    await ledger.add(**(facts(text) | due | {"name": name}))
    await ledger.add(**(facts(text) | due | {"name": name, "owner": None}))
    return ledger


async def test_every_answer_to_a_command_is_inert(text: str, dana: Person, hostile: Ledger) -> None:
    await says_everything(dana, text)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("text", ["everything"], indirect=True)
async def test_every_answer_is_inert_on_postgresql_too(
    text: str, dana: Person, hostile: Ledger
) -> None:
    await says_everything(dana, text)


async def says_everything(dana: Person, text: str) -> None:
    team = re.sub(r'[\s"“”]+', " ", inside(text, 200)).strip() or "x"
    for words in (
        "show D-1",
        "show D-2",
        "list",
        f'list team:"{team}"',
        f"log D-1 1h rework {text}",
        "log D-1 quarter",
        f'log team:"{team}"',
        f"log team:{text}",
        "log D-1 undo",
        f"extend D-1 30d {text}",
        f"extend D-1 {text} why",
        f"score D-1 1 2 3 4 {text}",
        "promote D-1",
        f"promote D-1 tests {text}",
        f"promote D-1 waive tests 30d {text}",
        f"promote D-1 waive {text}",
        "promote D-1",
        text,
        f'subscribe team:"{team}"',
        f'subscribe zone:"{team}"',
        "claim D-2",
        "release D-2",
        "show D-1",
        "history D-1",
        *ways_to_say("D-1", text),
    ):
        reply = await dana.types(f"/debt {words}", channel="payments")
        assert reply.error is None, words[:40]
        assert "Something went wrong" not in reply.text, words[:40]
        for message in reply.messages:
            must_be_inert(message, dana)
        if reply.form:
            must_be_inert(reply.form)
            await reply.form.close()


async def test_a_map_and_what_stands_for_its_picture_are_inert(
    text: str, dana: Person, hostile: Ledger, process: Process
) -> None:
    team = (await hostile.by_key(1)).team
    assert team
    await dana.types(f'/debt map team:"{team}"', channel="payments")
    await dana.types("/debt map all", channel="payments")
    await process.bot.tasks.finish()
    mapped = [each for each in dana.reads("payments") if "Value × risk" in each.shown]
    assert mapped
    for message in mapped:
        must_be_inert(message, dana)
        [alt] = [block["alt_text"] for block in message.blocks if block["type"] == "image"]
        assert not re.search(UNSEEN, alt)


async def test_metrics_and_the_artifacts_behind_them_are_inert(
    text: str, dana: Person, hostile: Ledger, process: Process
) -> None:
    team = (await hostile.by_key(1)).team
    assert team
    await dana.types("/debt log D-1 1h")
    await process.tick()
    await dana.types(f'/debt metrics team:"{team}"', channel="payments")
    await dana.types("/debt metrics all", channel="payments")
    await process.bot.tasks.finish()
    told = [each for each in dana.reads("payments") if "Twelve weeks of" in each.shown]
    assert told
    for message in told:
        must_be_inert(message, dana)
        [alt] = [block["alt_text"] for block in message.blocks if block["type"] == "image"]
        assert not re.search(UNSEEN, alt)


async def test_every_form_shows_it_plainly_and_takes_it_back(
    text: str, dana: Person, hostile: Ledger
) -> None:
    for words in ("log D-1", "extend D-1", "score D-1", "handoff D-1"):
        form = (await dana.types(f"/debt {words}")).form
        assert form is not None
        must_be_inert(form)
        for option in await form.search("Artifact", ""):
            assert len(option) <= 75
            assert not re.search(UNSEEN, option)
        await form.close()


async def test_a_form_filled_with_it_shows_it_plainly_and_changes_nothing_by_itself(
    text: str, dana: Person, hostile: Ledger
) -> None:
    before = await hostile.by_key(1)
    form = (await dana.types("/debt edit D-1")).form
    assert form is not None
    must_be_inert(form)
    reply = await form.submit()
    must_be_inert(reply.message)
    assert "nothing in the form was changed" in reply.text
    assert await hostile.by_key(1) == before


async def test_what_is_entered_into_a_form_is_kept_and_shown_inert(
    text: str, dana: Person, hostile: Ledger, slack: Sandbox
) -> None:
    form = (await dana.types(f"/debt add {inside(text, 3_000)}", channel="payments")).form
    assert form is not None
    for label in form.labels:
        if label not in CHOSEN:
            longest = 3_000 if label in {"Paths", "Purpose"} else 200
            form.fill(label, inside(f"a {text}", longest))
    reply = await form.submit()
    assert reply.errors == {}
    must_be_inert(reply.message, dana)
    form = (await dana.types("/debt log D-1", channel="payments")).form
    assert form is not None
    form.fill("Hours", inside(text, 20))
    form.fill("Note", inside(text, 500))
    reply = await form.submit()
    assert list(reply.errors) == ["Hours"]
    form.fill("Hours", "1h")
    must_be_inert((await form.submit()).message, dana)


async def test_what_stands_for_an_item_of_the_gate_is_inert(
    text: str, dana: Person, sam: Person, erin: Person, hostile: Ledger
) -> None:
    for person, words, field in (
        (sam, "waive style", "Reason"),
        (sam, "waive rollback", "Reason"),
        (erin, "review", "Notes"),
        (erin, "tests", "Evidence"),
    ):
        form = (await person.types(f"/debt promote D-1 {words}")).form
        assert form is not None
        must_be_inert(form)
        form.fill(field, inside(f"a {text}", 500))
        if field == "Reason":
            form.fill("Waived until", "2027-01-31")
        if field == "Notes":
            form.fill("It is", ["Readable", "Modular", "Replaceable", "Fits the roadmap"])
        must_be_inert((await form.submit()).message, dana, sam, erin)


async def test_a_request_and_what_becomes_of_it_are_inert(
    text: str, dana: Person, erin: Person, hostile: Ledger, process: Process
) -> None:
    """Its question, the list, the form that says no, the outcome, and what who asked is told."""
    await hostile.amend(await hostile.by_key(1), team="payments")
    form = (await dana.types("/debt retire D-1")).form
    assert form is not None
    must_be_inert(form)
    form.fill("Reason", inside(f"a {text}", 500))
    form.fill("Link to the change", inside(f"a {text}", 500))
    must_be_inert((await form.submit()).message, dana, erin)
    await process.send()
    request = erin.dms()[-1]
    must_be_inert(request, dana)
    must_be_inert((await dana.types("/debt approvals")).message, dana)
    await erin.clicks(request, "Approve")
    must_be_inert(request, dana, erin)
    form = (await erin.clicks(request, "Reject")).form
    assert form is not None
    must_be_inert(form)
    form.fill("Reason", inside(f"a {text}", 500))
    for message in (await form.submit()).messages:
        must_be_inert(message, dana, erin)
    must_be_inert(request, dana, erin)
    await process.send()
    must_be_inert(dana.dms()[-1], dana, erin)


async def test_the_way_out_is_inert(text: str, dana: Person, hostile: Ledger) -> None:
    script = await hostile.add(
        **facts(text) | {"name": inside(f"a{text}"), "kind": "throwaway_script"}
    )
    await dana.types(f"/debt retire {script.key} {text}")
    card = (await dana.types(f"/debt show {script.key}")).message
    must_be_inert(card, dana)
    form = (await dana.clicks(card, "Code gone")).form
    assert form is not None
    must_be_inert(form)
    form.fill("What shows that it is gone", inside(f"a {text}", 500))
    for message in (await form.submit()).messages:
        must_be_inert(message, dana)
    form = (await dana.clicks(card, "Keep it")).form
    assert form is not None
    form.fill("Reason", inside(f"a {text}", 500))
    for message in (await form.submit()).messages:
        must_be_inert(message, dana)
    must_be_inert(card, dana)


async def test_what_an_artifact_saves_is_told_inert(
    text: str, dana: Person, hostile: Ledger
) -> None:
    team = re.sub(r'[\s"“”]+', " ", inside(text, 200)).strip() or "x"
    for words in ("D-1 saved 1h", "D-1", "all", f'team:"{team}"', f"D-1 {text}", text):
        reply = await dana.types(f"/debt value {words}")
        must_be_inert(reply.form or reply.message, dana)


async def test_what_work_buys_back_is_told_inert(
    text: str, dana: Person, hostile: Ledger, process: Process, slack: Sandbox
) -> None:
    change = Change(dana.id, slack.clock.now(), process.bot.policy)
    scope = Scope(ScopeKind.REPO, (await hostile.by_key(1)).repo)
    title = inside(f"a {' '.join(text.split())}", 150)
    promise = Promise(1_200, 0, 60)
    async with process.bot.store.change() as session:
        work = PlannedWork(WorkKind.CACHING, promise)
        await roi_plans.plan_other(session, change, title, scope, work)
        await roi_plans.plan(session, change, 1, PlannedWork(WorkKind.REFACTOR, promise))
    ranked = (await dana.types("/debt roi all")).message
    assert "Begin" in ranked.buttons
    must_be_inert(ranked, dana)
    for number in (1, 2):
        await dana.clicks(ranked, "Done", block_id=f"roi:{number}")
        must_be_inert(ranked, dana)
    await slack.clock.set(slack.clock.now() + timedelta(days=100))
    for words in ("all", f"plan {text}", "plan D-2", f"add {text}", text):
        reply = await dana.types(f"/debt roi {words}")
        must_be_inert(reply.form or reply.message, dana)


async def test_how_a_budget_stands_is_inert(
    text: str, erin: Person, dana: Person, hostile: Ledger, slack: Sandbox, process: Process
) -> None:
    artifact = await hostile.by_key(1)
    place = BudgetLine(Scope(ScopeKind.TEAM, str(artifact.team)))
    change = Change("test", slack.clock.now(), hostile.policy)
    async with hostile.store.change() as session:
        await budgets.put(session, change, place, BudgetPeriod(Period.MONTH), BudgetLimits(60))
    await dana.types("/debt log D-1 3h")
    await dana.types("/debt subscribe", channel="payments")
    must_be_inert((await erin.types("/debt budget")).message)
    await slack.clock.set(MONDAY.replace(hour=15))
    await process.tick()
    await process.send()
    must_be_inert(erin.reads("payments")[-1])


async def test_a_train_and_what_is_aboard_are_inert(
    text: str, erin: Person, hostile: Ledger
) -> None:
    must_be_inert((await erin.types(f"/debt train {inside(text, 60)}")).message)
    await erin.types("/debt train set spring 2026-11-24 2026-12-18")
    must_be_inert((await erin.types("/debt train add spring all")).message)
    await erin.types("/debt budget set train:spring 1h")
    must_be_inert((await erin.types("/debt train spring")).message)
    must_be_inert((await erin.types("/debt train")).message)


async def test_what_a_file_says_otherwise_is_inert(
    text: str, dana: Person, hostile: Ledger
) -> None:
    artifact = await hostile.by_key(1)
    said = inside(f"a {text}", 500)
    other = tuple(BlockDisagreement(name, said, said) for name in ("name", "purpose", "rollback"))
    await hostile.amend(artifact, otherwise=other)
    card = (await dana.types("/debt show D-1")).message
    must_be_inert(card, dana)
    form = (await dana.clicks(card, "Compare")).form
    assert form is not None
    must_be_inert(form)
    form.choose("Name", "Take the file’s")
    form.choose("Purpose", "Keep the register’s")
    for message in (await form.submit()).messages:
        must_be_inert(message, dana)


async def test_what_a_scan_proposes_is_inert(
    text: str, dana: Person, hostile: Ledger, slack: Sandbox, process: Process
) -> None:
    await dana.types("/debt subscribe all", channel="payments")
    found = facts(text) | {"name": inside(f"a{text}"), "evidence": inside(f"a{text}")}
    await hostile.proposes(found, found)
    await slack.clock.set(TUESDAY)
    await process.send()
    told = dana.dms()[-1]
    must_be_inert(told)
    [page, *_] = (await dana.clicks(told, "Review")).messages
    must_be_inert(page)
    await dana.clicks(page, "Accept", row="D-3")
    must_be_inert(page, dana)
    await dana.clicks(page, "Not AI-produced", row="D-4")
    must_be_inert(page, dana)
    await dana.types(f"/debt dismiss D-4 {text}")
    must_be_inert((await dana.types("/debt show D-4")).message, dana)
    must_be_inert(told)


async def test_the_digest_and_what_follows_it_are_inert(
    text: str,
    dana: Person,
    sam: Person,
    erin: Person,
    hostile: Ledger,
    slack: Sandbox,
    process: Process,
) -> None:
    await dana.types("/debt subscribe", channel="payments")
    await slack.clock.set(MONDAY.replace(hour=15))
    await process.tick()
    await process.send()
    digest = dana.reads("payments")[-1]
    assert "(D-1)" in digest.shown
    must_be_inert(digest)
    await sam.clicks(digest, "Claim", row="D-2")
    must_be_inert(digest)
    await sam.types("/debt claim D-1")
    await process.send()
    must_be_inert(dana.dms()[-1], dana, sam)
    await dana.clicks(dana.dms()[-1], "Decline")
    must_be_inert(dana.dms()[-1], dana, sam)
    await process.send()
    must_be_inert(sam.dms()[-1], dana, sam)
    assert all(call.outcome == "ok" for call in slack.calls), slack.calls[-1]


async def test_what_looks_back_on_weeks_and_months_is_inert(
    text: str, dana: Person, erin: Person, hostile: Ledger, slack: Sandbox, process: Process
) -> None:
    """A metric that moved, the month's review, and the matter for the lead, with its picture."""
    async with hostile.store.change() as session:
        then = Change("test", MONDAY - timedelta(weeks=4), hostile.policy)
        await snapshots.take(session, then)
    for _ in range(4):
        await hostile.add(**facts(text) | {"owner": None, "expires_on": date(2026, 11, 2)})
    await dana.types("/debt subscribe", channel="payments")
    await erin.types("/debt help")
    async with hostile.store.change() as session:
        matter = Matter(1, Why.TOP_TEAM, MONDAY.date())
        await attention.bring_up(session, erin.id, [matter], MONDAY)
    for week in range(2):
        await slack.clock.set(MONDAY + timedelta(weeks=week, hours=6))
        await process.tick()
        await process.send()
        must_be_inert(dana.reads("payments")[-1])
    assert "The register since" in dana.reads("payments")[-1].shown
    [told] = [each for each in erin.dms() if "has had most artifacts in need" in each.shown]
    must_be_inert(told)


async def test_a_home_tab_is_inert(
    text: str, dana: Person, noah: Person, hostile: Ledger, slack: Sandbox
) -> None:
    await noah.types("/debt claim D-1")
    must_be_inert(await dana.opens_home(), dana, noah)
    home = await dana.opens_home()
    form = (await home.clicks("Log hours")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", form.options("Artifact")[0].value)
    form.fill("Hours", "1h")
    form.fill("Note", inside(text, 500))
    await form.submit()
    assert "logged 1 h" in home.shown
    must_be_inert(home, dana, noah)


async def test_a_message_made_into_an_artifact_is_inert(
    text: str, dana: Person, sam: Person, process: Process
) -> None:
    await sam.types("a " + text.replace("\x00", ""))
    form = (await dana.message_shortcut(dana.reads()[-1], "add_to_register")).form
    assert form is not None
    form.fill("Repository", "acme/x")
    form.fill("Paths", "x")
    must_be_inert((await form.submit()).message, dana)


@pytest.mark.parametrize(
    "handle", ["<!channel>", "*mia*", "`x`", "a" * 200, "\u202eaim", "O'Brien"]
)
async def test_a_persons_own_name_is_inert_too(handle: str, slack: Sandbox, ledger: Ledger) -> None:
    crafty = slack.add_person(handle, real_name=handle)
    slack.join("payments", crafty.id)
    await ledger.add(owner=None)
    for words in ("claim D-1", "log D-1 1h", "review D-1", "list", "brief", "release D-1"):
        must_be_inert((await crafty.types(f"/debt {words}", channel="payments")).message, crafty)
