"""Whole lives, told in Slack from beginning to end, as an auditor reads of them afterwards.

Each on both databases, with the bot called by Slack and with the bot dialing in. Dana is in New
York, erin leads payments from Dublin, sam is SRE.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.process.process import Process
from bot.settings import Settings
from debt.artifact.artifact import Ending, Stage
from debt.policy.policy import Policy
from sandbox import Form, Person, PostedMessage, Sandbox
from storage.database.history import HistoryEntry, chain_fault
from tests.bot.cli.terminal import Terminal
from tests.bot.conftest import DAY, TUESDAY, Comes, Ledger, on_both_databases
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
def audit(
    settings: Settings, ledger: Ledger, slack: Sandbox, policy: Policy, tmp_path: Path
) -> Audit:
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


def _entry(line: dict[str, Any]) -> HistoryEntry:
    key, at = line["artifact"], datetime.fromisoformat(line["at"])
    kept = {name: value for name, value in line.items() if name not in {"artifact", "at"}}
    return HistoryEntry(artifact_id=int(key.removeprefix("D-")), at=at, **kept)


def _told(line: dict[str, Any], people: dict[str, str]) -> Told:
    """As somebody reads it who knows the people behind the ids."""
    day = datetime.fromisoformat(line["at"]).date()
    before, after = (_named(line[when] or {}, people) for when in ("before", "after"))
    return Told(_named(line["by"], people), day, line["action"], before, after, line["reason"])


def _named(said: Any, people: dict[str, str]) -> Any:
    if isinstance(said, dict):
        return {name: _named(value, people) for name, value in said.items()}
    if isinstance(said, list):
        return [_named(value, people) for value in said]
    return people.get(said, said) if isinstance(said, str) else said


def deeds(history: list[Told]) -> list[str]:
    """Who did what, the first first."""
    return [f"{each.by}: {each.action}" for each in history]


def moves(history: list[Told], name: str) -> list[tuple[Any, Any]]:
    """Each change of one fact, from what to what."""
    return [(each.before[name], each.after[name]) for each in history if name in each.before]


def why(history: list[Told]) -> list[str]:
    return list(dict.fromkeys(each.reason for each in history if each.reason))


# -------------------------------------------------------------------------------- the acts


async def form_of(person: Person, words: str) -> Form:
    form = (await person.types(words)).form
    assert form is not None
    return form


async def pressed(person: Person, message: PostedMessage, label: str) -> Form:
    form = (await person.clicks(message, label)).form
    assert form is not None
    return form


async def card(person: Person) -> PostedMessage:
    return (await person.types("/debt show D-1")).message


async def approved(comes: Comes, *people: Person) -> None:
    """The newest request in #payments, by each of them; whoever asked is told."""
    await comes()
    request = people[0].reads("payments")[-1]
    for person in people:
        await person.clicks(request, "Approve")
    assert "✓ Approved by" in request.shown
    await comes()


async def is_gone(person: Person) -> str:
    """All that its checklist asks for, then the last word."""
    last = await card(person)
    for item, evidence in LEFTOVERS.items():
        form = await pressed(person, last, f"{item} gone")
        form.fill("What shows that it is gone", evidence)
        await form.submit()
    return (await person.clicks(last, "It is gone")).text


CLEARED = [f"dana: show {item.lower()} to retire" for item in LEFTOVERS]


# ------------------------------------------------------------------------------- the lives


@on_both_databases
async def test_a_prototype_lapses_after_its_owner_was_told_and_is_retired(
    dana: Person, erin: Person, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    prototype = await ledger.add(kind="prototype_service", risk=3, expires_on=TODAY + 14 * DAY)
    await comes()
    [nudge] = dana.dms()
    assert "Payment retry worker (D-1): it ends Dec 8, 2026" in nudge.shown
    await comes(days=15)
    assert (await ledger.get(prototype)).stage is Stage.CREATED
    lapsed = await card(dana)
    assert "Next: retire it: it lapsed and nobody extended it" in lapsed.shown

    form = await pressed(dana, lapsed, "Retire")
    form.choose("Planned end", "Retire")
    form.fill("Reason", "the experiment is over")
    assert "one other person has to agree. I have asked @erin." in (await form.submit()).text
    await comes()
    await erin.clicks(erin.dms()[-1], "Approve")
    await comes()
    assert "It is on its way out" in dana.dms()[-1].shown
    assert "has ended (retired)" in await is_gone(dana)

    history = await audit("D-1")
    assert deeds(history) == [
        "test: add",
        "schedule: lapse",
        "dana: ask to retire",
        "erin: approve to retire",
        "erin: retire",
        *CLEARED,
        "dana: end",
    ]
    assert moves(history, "lapsed_on") == [(None, "2026-12-09")]
    assert moves(history, "stage") == [("created", "retiring"), ("retiring", "retired")]
    reasons = ["its end date passed after full notice", "the experiment is over"]
    assert why(history)[:2] == reasons
    assert {each.on for each in history[1:]} == {date(2026, 12, 9)}


ADDED = {
    "Repository": "acme/checkout",
    "Paths": "services/retry/**",
    "Purpose": "Retries failed card payments overnight",
    "Expected lifespan": "Until the new provider is live",
    "What happens if it is removed": "Failed payments stay failed",
    "Team": "payments",
    "Rollback strategy": "switch the flag off",
    "Monitoring hook": "https://grafana/retry",
    "Responder": "payments on call",
}
CHECKS = ("tests", "security", "observability", "style", "architecture", "documentation")
AGREED = ["erin: approve to promote", "sam: approve to promote", "sam: promote"]


async def is_added(person: Person) -> None:
    form = await form_of(person, "/debt add Payment retry worker")
    for label, words in ADDED.items():
        form.fill(label, words)
    form.choose("Kind", "Production integration")
    form.choose("Runs where", "Production")
    assert "provisional" not in (await form.submit()).text
    await person.types("/debt score D-1 3 3 5 2 it moves money")


async def is_shown(person: Person, reviewer: Person) -> None:
    for item in CHECKS:
        await person.types(f"/debt promote D-1 {item} https://ci.acme.test/{item}")
    form = await form_of(reviewer, "/debt promote D-1 review read on Tuesday")
    form.fill("It is", ["Readable", "Modular", "Replaceable", "Fits the roadmap"])
    await form.submit()


@on_both_databases
async def test_a_strict_integration_is_promoted_retained_refused_its_end_and_regenerated(
    dana: Person,
    erin: Person,
    sam: Person,
    ledger: Ledger,
    slack: Sandbox,
    comes: Comes,
    audit: Audit,
) -> None:
    await is_added(dana)
    await dana.types("/debt subscribe team:payments", channel="payments")
    await is_shown(dana, sam)
    board = (await dana.types("/debt promote D-1")).message
    await dana.clicks(board, "Promote to validated")
    await approved(comes, erin, sam)
    board = (await dana.types("/debt promote D-1")).message
    await (await pressed(dana, board, "Promote to retained")).submit()
    await approved(comes, erin, sam)
    retained = await ledger.by_key(1)
    assert (retained.stage, retained.planned_end) == (Stage.RETAINED, Ending.REFACTOR)

    await slack.clock.advance(30 * DAY)
    form = await form_of(dana, "/debt retire D-1")
    form.choose("Planned end", "Regenerate")
    form.fill("Reason", "a newer model writes it better")
    await form.submit()
    await comes()
    request = erin.reads("payments")[-1]
    form = await pressed(erin, request, "Reject")
    form.fill("Reason", "not in the week of the sale")
    await form.submit()
    await comes(days=7)
    assert "✗ Rejected by @erin" in dana.dms()[-1].shown
    await dana.types("/debt retire D-1 regenerate the sale is over")
    await approved(comes, erin, sam)
    assert "Generation 2 begins today and ends Dec 31, 2027." in await is_gone(dana)
    begun, today = await ledger.by_key(1), TODAY + 37 * DAY
    assert (begun.stage, begun.generation, begun.created_on) == (Stage.CREATED, 2, today)

    history = await audit("D-1")
    assert deeds(history) == [
        "dana: add",
        "dana: score",
        *(f"dana: show {item} to promote" for item in CHECKS),
        "sam: show review to promote",
        *("dana: ask to promote", *AGREED),
        *("dana: ask to promote", *AGREED),
        "dana: ask to retire",
        "erin: reject to retire",
        "dana: ask to retire",
        "erin: approve to retire",
        "sam: approve to retire",
        "sam: retire",
        *CLEARED,
        "dana: end",
        "dana: begin again",
    ]
    assert moves(history, "stage") == [
        ("created", "validated"),
        ("validated", "retained"),
        ("retained", "retiring"),
        ("retiring", "regenerated"),
        ("regenerated", "created"),
    ]
    assert moves(history, "agreed")[-2:] == [([], ["erin"]), (["erin"], ["erin", "sam"])]
    assert moves(history, "expires_on") == [("2027-11-24", "2027-12-31")]
    assert moves(history, "review_on") == [("2027-02-22", "2027-03-31")]
    assert {"it moves money", "not in the week of the sale", "the sale is over"} < set(why(history))


@on_both_databases
async def test_an_orphan_in_production_is_found_asked_about_and_claimed(
    erin: Person, mia: Person, slack: Sandbox, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    orphan = await ledger.add(surface="production")
    await erin.types("/debt subscribe team:payments", channel="payments")
    await comes()
    slack.update_person("dana", deleted=True)
    await comes(days=1)
    assert (await ledger.get(orphan)).orphan
    asked = mia.reads("payments")[-1]
    assert "An artifact of team payments has nobody behind it. Whose is it?" in asked.shown
    assert "dana is no longer there to own it, and it is in production" in asked.shown
    await mia.clicks(asked, "Claim")
    await comes()
    assert "✓ Nothing is left to decide here: Payment retry worker (D-1) claimed." in asked.shown
    assert not (await ledger.get(orphan)).orphan

    history = await audit("D-1")
    assert deeds(history) == ["test: add", "slack: owner checked", "mia: claimed"]
    assert moves(history, "owner") == [("dana", "mia")]
    assert moves(history, "owner_gone") == [(False, True), (True, False)]
    assert why(history) == ["Slack says that the owner is no longer there"]


@on_both_databases
async def test_an_extension_past_the_cap_is_approved_and_the_next_digest_tells_of_it(
    dana: Person, erin: Person, ledger: Ledger, comes: Comes, audit: Audit
) -> None:
    await ledger.add(expires_on=TODAY + 20 * DAY)
    await ledger.add(name="Ledger export", owner=None)
    await dana.types("/debt subscribe team:payments", channel="payments")
    reply = await dana.types("/debt extend D-1 120d the provider is late")
    assert "the standard tier allows 90 days in all" in reply.text
    assert "so this is a request now." in reply.text
    await comes(days=1)
    assert (
        "extend Payment retry worker (D-1) until Apr 13, 2027" in erin.reads("payments")[-1].shown
    )
    await approved(comes, erin)
    await comes(days=5)
    digest = erin.reads("payments")[-1]
    assert "Code debt this week: payments" in digest.shown
    assert "Payment retry worker (D-1) extended to Apr 13, 2027 by erin" in digest.shown

    history = await audit("D-1")
    assert deeds(history) == [
        "test: add", "dana: ask to extend", "erin: approve to extend", "erin: extend",
    ]  # fmt: skip
    assert moves(history, "expires_on") == [("2026-12-14", "2027-04-13")]
    assert moves(history, "extended_days") == [(0, 120)]
    assert why(history) == ["the provider is late"]
    assert [each.on for each in history[1:]] == [TODAY, TODAY + DAY, TODAY + DAY]
