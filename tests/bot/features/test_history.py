"""`/debt history`: what became of an artifact, told to a person."""

import asyncio
import json
from datetime import date
from pathlib import Path

from bot.process.process import Process
from bot.settings import Settings
from sandbox import Person, PostedMessage
from tests.bot.cli.terminal import SHEET, Terminal
from tests.bot.conftest import Ledger, on_both_databases

LATER = date(2027, 6, 30)


def lines(message: PostedMessage) -> list[str]:
    """The entries on a page, without its title and its button."""
    return [line for line in message.shown.splitlines()[1:] if not line.startswith("[")]


@on_both_databases
async def test_each_entry_says_when_who_what_from_what_to_what_and_why(
    dana: Person, noah: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=date(2026, 12, 31))
    await dana.types("/debt extend D-1 2027-01-30 the migration is late")
    await noah.types("/debt log D-1 1.5h debugging timeouts")
    await noah.types("/debt score D-1 3 3 4 2 it moves money")
    reply = await dana.types("/debt history D-1")
    assert reply.ephemeral
    assert "History of Payment retry worker (D-1), newest first" in reply.text
    rated, logged, extended, added = lines(reply.message)
    assert "noah rated it: risk 3 → 4 (it moves money)" in rated
    assert "noah logged hours: in all 0 h → 1.5 h" in logged
    assert "debugging on 2026-11-24: timeouts" in logged
    assert "dana extended it: end date Dec 31, 2026 → Jan 30, 2027" in extended
    assert "(the migration is late)" in extended
    assert "Nov 24, 2026" in added
    assert "test put it on the register" in added


async def test_owners_are_told_by_name(dana: Person, noah: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    await noah.types("/debt claim D-1")
    message = (await dana.types("/debt history D-1")).message
    assert "noah claimed it: owner none → noah" in lines(message)[0]
    assert message.pings == set()


@on_both_databases
async def test_it_is_read_back_page_by_page_to_its_beginning(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    for number in range(1, 14):
        await dana.types(f"/debt log D-1 1h note {number}")
        await ledger.add(name="another")
    page = (await dana.types("/debt history D-1")).message
    told = lines(page)
    while "Earlier" in page.buttons:
        page = (await dana.clicks(page, "Earlier")).message
        told += lines(page)
    notes = [f"note {number}" for number in range(13, 0, -1)]
    assert len(told) == 14
    assert all(note in line for note, line in zip(notes, told, strict=False))
    assert "put it on the register" in told[-1]


async def test_a_card_offers_it_also_of_what_has_ended(dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    card = (await dana.types("/debt show D-1")).message
    reply = await dana.clicks(card, "History")
    assert "put it on the register" in reply.text


async def test_without_a_key_a_form_asks_for_one(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types("/debt history")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    assert "put it on the register" in (await form.submit()).text


async def test_a_key_that_does_not_exist_is_said(dana: Person, ledger: Ledger) -> None:
    assert "There is no D-7" in (await dana.types("/debt history D-7")).text


async def test_what_was_changed_in_many_fields_names_the_first_few(
    dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    await ledger.amend(
        artifact, team="growth", service="checkout", surface="sandbox", repo="acme/other",
        paths=("a/**", "b/**"), expires_on=LATER,
    )  # fmt: skip
    told = lines((await dana.types("/debt history D-1")).message)[0]
    assert told.count("→") == 3
    assert "and 3 more" in told


async def test_a_request_is_told_in_words(dana: Person, ledger: Ledger) -> None:
    """Past the cap an extension is asked for; the history says until when and why."""
    artifact = await ledger.add(kind="test_suite", expires_on=date(2026, 12, 1))
    await ledger.amend(artifact, extensions=3, extended_days=90)
    await dana.types("/debt extend D-1 2027-03-01 one more quarter")
    told = lines((await dana.types("/debt history D-1")).message)[0]
    assert "dana asked to extend it, until Mar 1, 2027 (one more quarter)" in told


async def test_each_thing_done_is_told_in_words(
    dana: Person, erin: Person, process: Process, ledger: Ledger
) -> None:
    """Whatever is recorded reads as something somebody did."""
    await ledger.add(expires_on=LATER)
    await erin.types("/debt history D-1")
    await dana.types("/debt retire D-1 retire nobody calls it any more")
    await process.send()
    home = await erin.opens_home()
    form = (await home.clicks("Reject")).form
    assert form is not None
    form.fill("Reason", "the quarter end job does")
    await form.submit()
    await dana.types("/debt retire D-1 retire the job is gone")
    await home.clicks("Approve")
    card = (await dana.types("/debt show D-1")).message
    form = (await dana.clicks(card, "Code gone")).form
    assert form is not None
    form.fill(form.labels[-1], "abc123")
    await form.submit()
    await dana.clicks((await dana.types("/debt show D-1")).message, "Keep it")
    told = "\n".join(lines((await dana.types("/debt history D-1")).message))
    for words in (
        "dana showed code to retire it",
        "erin began to end it",
        "erin agreed to retire it",
        "dana asked to retire it (the job is gone)",
        "erin refused to retire it (the quarter end job does)",
    ):
        assert words in told, words


@on_both_databases
async def test_an_auditor_reads_all_of_it_in_a_terminal(
    dana: Person, erin: Person, process: Process, settings: Settings, tmp_path: Path
) -> None:
    """What came in by file, the policy, who asked and who agreed; and nothing is missing."""
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[teams.payments]\nlead = "{erin.id}"\n', "utf-8")
    environment = {"DATABASE_URL": settings.database_url, "DEBT_POLICY": str(policy)}
    terminal = Terminal(tmp_path, environment)
    await process.tick()
    sheet = terminal.file("sheet.csv", SHEET.replace("dana@example.com", dana.id))
    await asyncio.to_thread(terminal.says, "import", sheet)
    await dana.types("/debt retire D-1 retire nobody calls it any more")
    home = await erin.opens_home()
    await home.clicks("Approve")

    said = await asyncio.to_thread(terminal.says, "history", "--format", "jsonl")
    entries = [json.loads(line) for line in said.lines]
    assert [(entry["by"], entry["action"], entry["artifact"]) for entry in entries[:3]] == [
        ("schedule", "policy changed", None),
        (entries[1]["by"], "import", "D-1"),
        (entries[1]["by"], "import", "D-2"),
    ]
    assert entries[0]["after"]["teams.payments.lead"] == erin.id
    asked, agreed = entries[3:5]
    assert (asked["by"], asked["action"], asked["reason"]) == (
        dana.id,
        "ask to retire",
        "nobody calls it any more",
    )
    assert (agreed["by"], agreed["action"]) == (erin.id, "approve to retire")
    checked = await asyncio.to_thread(terminal.says, "check", "--offline")
    assert checked.status == 0, checked.err
