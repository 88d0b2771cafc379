"""Whole lives, told in Slack from beginning to end, as an auditor reads of them afterwards.

Each on both databases, with the bot called by Slack and with the bot dialing in. Dana is in New
York, erin leads payments from Dublin, sam is SRE.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.process import Process
from bot.settings import Settings
from debt.artifact import Ending, Stage
from debt.policy import Policy
from sandbox import Form, Message, Person, Sandbox
from storage.history import Entry, chain_fault
from tests.bot.conftest import DAY, TUESDAY, Comes, Ledger, on_both_databases
from tests.bot.terminal import Terminal
from tests.storage.auditor import Auditor

TODAY = TUESDAY.date()
WAYS = ("http", "socket mode")
LEFTOVERS = {
    "Code": "https://git/acme/checkout/42",
    "Dashboards": "none there",
    "Alerts": "https://pager/7",
    "Runbooks": "none there",
}


@pytest.fixture(params=WAYS)
def settings(settings: Settings, slack: Sandbox, request: pytest.FixtureRequest) -> Settings:
    """Called by Slack, or dialing in."""
    by_socket = request.param == "socket mode"
    return replace(settings, slack_app_token=slack.app_token) if by_socket else settings


@pytest.fixture(autouse=True)
async def connected(settings: Settings, process: Process, slack: Sandbox) -> None:
    if settings.slack_app_token:
        await slack.wait_for(lambda: slack.socket.connected)


# ------------------------------------------------------------------------------ the auditor


@dataclass(frozen=True)
class Told:
    """One line of the exported history."""

    by: str
    on: date
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


Audit = Callable[[str], Awaitable[list[Told]]]


@pytest.fixture
def audit(settings: Settings, ledger: Ledger, slack: Sandbox, policy: Policy, tmp_path: Path) -> Audit:
    """What `debt history` exports of an artifact, once an auditor has believed all of it."""
    terminal = Terminal(tmp_path, {"DATABASE_URL": settings.database_url})
    people = {slack.person(who).id: who for who in ("dana", "erin", "sam", "mia", "noah")}
    groups = {"sre": frozenset({slack.person("sam").id}), "security": frozenset[str]()}

    async def audit(key: str) -> list[Told]:
        words = ("history", "--artifact", key, "--format", "jsonl")
        said = await asyncio.to_thread(terminal.says, *words)
        lines = [json.loads(line) for line in said.lines]
        auditor = Auditor(policy)
        for line in lines:
            auditor.reads(_entry(line), groups)
        auditor.believes(await ledger.by_key(int(key.removeprefix("D-"))))
        assert sorted(lines, key=lambda line: line["at"]) == lines
        async with ledger.store.read() as session:
            assert await chain_fault(session) is None
        return [_told(line, people) for line in lines]

    return audit


def _entry(line: dict[str, Any]) -> Entry:
    key, at = line["artifact"], datetime.fromisoformat(line["at"])
    kept = {name: value for name, value in line.items() if name not in {"artifact", "at"}}
    return Entry(artifact_id=int(key.removeprefix("D-")), at=at, **kept)


def _told(line: dict[str, Any], people: dict[str, str]) -> Told:
    day = datetime.fromisoformat(line["at"]).date()
    who = people.get(line["by"], line["by"])
    before, after = line["before"] or {}, line["after"] or {}
    return Told(who, day, line["action"], before, after, line["reason"])


def told_of(history: list[Told], action: str) -> list[Told]:
    return [each for each in history if each.action == action]


def deeds(history: list[Told]) -> list[str]:
    return [f"{each.by}: {each.action}" for each in history]


# -------------------------------------------------------------------------------- the acts


async def form_of(person: Person, words: str) -> Form:
    form = (await person.types(words)).form
    assert form is not None
    return form


async def pressed(person: Person, message: Message, label: str) -> Form:
    form = (await person.clicks(message, label)).form
    assert form is not None
    return form


async def ends(person: Person, card: Message) -> str:
    """All that its checklist asks for, then the last word."""
    for item, evidence in LEFTOVERS.items():
        form = await pressed(person, card, f"{item} gone")
        form.fill("What shows that it is gone", evidence)
        await form.submit()
    return (await person.clicks(card, "It is gone")).text


CLEARED = [f"dana: show {item.lower()} to retire" for item in LEFTOVERS]


@on_both_databases
async def test_a_prototype_lapses_after_its_owner_was_told_and_is_retired(
    dana: Person, erin: Person, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    ends_on = TODAY + 14 * DAY
    prototype = await ledger.add(kind="prototype_service", risk=3, expires_on=ends_on)
    await comes()
    [nudge] = dana.dms()
    assert "Payment retry worker (D-1): it ends Dec 8, 2026" in nudge.shown
    await comes(days=15)
    assert (await ledger.get(prototype)).stage is Stage.CREATED
    listed = (await erin.types("/debt list lapsed")).text
    print(listed)
    card = (await dana.types("/debt show D-1")).message
    print(card.shown)
    assert "retire it: it lapsed and nobody extended it" in card.shown

    form = await pressed(dana, card, "Retire")
    form.choose("Planned end", "Retire")
    form.fill("Reason", "the experiment is over")
    assert "one other person has to agree. I have asked @erin." in (await form.submit()).text
    await comes()
    await erin.clicks(erin.dms()[-1], "Approve")
    await comes()
    assert "It is on its way out" in dana.dms()[-1].shown
    assert "has ended (retired)" in await ends(dana, (await dana.types("/debt show D-1")).message)

    history = await audit("D-1")
    for h in history: print(h)


@on_both_databases
async def test_a_strict_integration_is_promoted_retained_and_regenerated(
    dana: Person, erin: Person, sam: Person, ledger: Ledger, slack: Sandbox, comes: Comes, audit: Audit
) -> None:
    await comes()
    form = await form_of(dana, "/debt add Payment retry worker")
    for label, words in {
        "Repository": "acme/checkout",
        "Paths": "services/retry/**",
        "Purpose": "Retries failed card payments overnight",
        "Expected lifespan": "Until the new provider is live",
        "What happens if it is removed": "Failed payments stay failed",
        "Team": "payments",
        "Rollback strategy": "switch the flag off",
        "Monitoring hook": "https://grafana/retry",
        "Responder": "payments on call",
    }.items():
        form.fill(label, words)
    form.choose("Kind", "Production integration")
    form.choose("Runs where", "Production")
    assert "provisional" not in (await form.submit()).text
    await dana.types("/debt subscribe team:payments", channel="payments")
    print((await dana.types("/debt score D-1 3 3 5 2 it moves money")).text)

    for item in ("tests", "security", "observability", "style", "architecture", "documentation"):
        await dana.types(f"/debt promote D-1 {item} https://ci.acme.test/{item}")
    form = await form_of(sam, "/debt promote D-1 review read on Tuesday")
    form.fill("It is", ["Readable", "Modular", "Replaceable", "Fits the roadmap"])
    await form.submit()
    board = (await dana.types("/debt promote D-1")).message
    print((await dana.clicks(board, "Promote to validated")).text, board.shown)
    await comes()
    request = erin.reads("payments")[-1]
    print(request.shown)
    await erin.clicks(request, "Approve")
    await sam.clicks(request, "Approve")
    await comes(days=1)
    board = (await dana.types("/debt promote D-1")).message
    form = await pressed(dana, board, "Promote to retained")
    await form.submit()
    await comes()
    request = erin.reads("payments")[-1]
    print(request.shown)
    await erin.clicks(request, "Approve")
    await sam.clicks(request, "Approve")
    print(await ledger.by_key(1))
    await slack.clock.advance(30 * DAY)
    await comes()
    form = await form_of(dana, "/debt retire D-1")
    form.choose("Planned end", "Regenerate")
    form.fill("Reason", "a newer model writes it better")
    await form.submit()
    await comes()
    request = erin.reads("payments")[-1]
    print(request.shown)
    form = await pressed(erin, request, "Reject")
    form.fill("Reason", "not in the week of the sale")
    await form.submit()
    await comes(days=7)
    print(dana.dms()[-1].shown)
    await dana.types("/debt retire D-1 regenerate the sale is over")
    await comes()
    request = erin.reads("payments")[-1]
    await erin.clicks(request, "Approve")
    await sam.clicks(request, "Approve")
    await comes()
    print(await ends(dana, (await dana.types("/debt show D-1")).message))
    print(await ledger.by_key(1))
    history = await audit("D-1")
    for h in history: print(h)


@on_both_databases
async def test_an_orphan_in_production_is_found_asked_about_and_claimed(
    erin: Person, mia: Person, slack: Sandbox, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    await ledger.add(surface="production")
    await erin.types("/debt subscribe team:payments", channel="payments")
    await comes()
    slack.update_person("dana", deleted=True)
    await comes(days=1)
    asked = mia.reads("payments")[-1]
    print(asked.shown)
    await mia.clicks(asked, "Claim")
    await comes()
    print(asked.shown)
    history = await audit("D-1")
    for h in history: print(h)


@on_both_databases
async def test_an_extension_past_the_cap_is_approved_and_the_digest_says_so(
    dana: Person, erin: Person, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    await comes()
    await ledger.add(expires_on=TODAY + 20 * DAY)
    await ledger.add(name="Orphan", owner=None)
    await dana.types("/debt subscribe team:payments", channel="payments")
    print((await dana.types("/debt extend D-1 120d the provider is late")).text)
    await comes(days=1)
    request = erin.reads("payments")[-1]
    print(request.shown)
    await erin.clicks(request, "Approve")
    await comes(days=5)
    print(erin.reads("payments")[-1].shown)
    history = await audit("D-1")
    for h in history: print(h)
