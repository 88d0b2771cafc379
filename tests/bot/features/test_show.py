"""An artifact's card, with the buttons for what this person may do."""

from datetime import date

import pytest

from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Sign, Signal
from debt.change import Change
from sandbox import Person, Sandbox
from storage.database.store import Store
from storage.lifecycle import ownership
from tests.bot.conftest import Ledger, on_both_databases

AGREED = (
    "markers on 9 commits, notes on 7 of them and 2 more, contradicting on 1, traces on 3 files"
)


@on_both_databases
async def test_a_card_says_what_it_is_and_the_one_thing_to_do(dana: Person, ledger: Ledger) -> None:
    await ledger.add(
        expires_on=date(2026, 11, 20),
        review_on=date(2027, 1, 10),
        dependants=14,
        surface="production",
        value=2,
        risk=5,
        proxies={"frequency": ProxyRating(4, "37 commits in 90 days")},
        origin_tool="Claude Code",
        evidence=f"412 of 530 added lines by Claude Code in 11 commits; {AGREED}",
        monthly_minutes=240,
    )
    await dana.types("/debt log D-1 1.5h review")
    card = await dana.types("/debt show D-1")
    assert card.ephemeral
    for words in (
        "Payment retry worker (D-1) · production integration, durable, created",
        "Next: extend it with a reason, or retire it",
        "changes weekly, a failure costs money or trust, 14 dependants, production",
        "nobody on call for it, no rollback",
        "Value/risk low/high: delete first · strict tier",
        "Owner: @dana · team payments",
        "Dates: expired 4 days ago · end date Nov 20, 2026",
        "Hours: 1.5 h so far, 1.5 h this month; 3 h a month expected, give or take 1 h (blended",
        "Purpose: Retries failed card payments overnight",
        "If removed: Failed payments stay failed",
        "Ends when the platform migrates or the process changes",
        "Frequency 4 (estimated: 37 commits in 90 days)",
        "Risk 5 (by a person",
        "acme/checkout: services/retry/∗∗",
        "made with Claude Code",
        AGREED,
        "Nov 24, 2026 @dana logged hours",
    ):
        assert words in card.text, words


async def test_a_card_says_in_one_line_what_is_to_be_watched(dana: Person, ledger: Ledger) -> None:
    seen = [Signal(sign, f"{sign} was seen") for sign in Sign]
    await ledger.add(signals=(seen[-1], seen[5]))
    card = await dana.types("/debt show D-1")
    assert "Watch: churn was seen · untested was seen" in card.text
    await ledger.add(signals=tuple(seen))
    assert "handed_on was seen and 5 more" in (await dana.types("/debt show D-2")).text
    await ledger.add()
    assert "Watch" not in (await dana.types("/debt show D-3")).text
    complex_for = {"complexity": ProxyRating(3, "60 lines; no test names it")}
    await ledger.add(signals=(Signal(Sign.UNTESTED, "no test names it"),), proxies=complex_for)
    assert (await dana.types("/debt show D-4")).text.count("no test names it") == 1


@pytest.mark.parametrize(
    ("value", "risk", "quadrant", "action"),
    [
        (5, 5, "high/high", "strongest review; refactor it as roadmap work"),
        (5, 1, "high/low", "keep it and watch"),
        (1, 5, "low/high", "delete first"),
        (1, 1, "low/low", "keep only with a clear owner and a revision date"),
    ],
)
async def test_each_quadrant_has_its_action_and_it_is_said_once(
    value: int, risk: int, quadrant: str, action: str, dana: Person, ledger: Ledger
) -> None:
    await ledger.add(value=value, risk=risk)
    card = (await dana.types("/debt show D-1")).text
    assert f"Value/risk {quadrant}" in card
    assert card.count(action) == 1


async def test_the_usual_hours_of_its_kind_stand_in_for_an_estimate(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add()
    card = await dana.types("/debt show D-1")
    assert (
        "none logged so far; "
        "10 h a month expected, give or take 5 h (estimated from its kind" in (card.text)
    )


async def test_what_is_vague_makes_it_provisional_and_visible(dana: Person, ledger: Ledger) -> None:
    await ledger.add(purpose="stuff", lifespan=None)
    card = await dana.types("/debt show D-1")
    assert "Provisional: vague purpose and no lifespan" in card.text


ANYBODYS = {"Extend", "Log", "Review", "Score", "Edit", "Retire", "Promote", "History"}


@pytest.mark.parametrize(
    ("who", "buttons"),
    [
        ("dana", {"Hand off", "Release"}),
        ("erin", {"Claim", "Hand off", "Release"}),
        ("lena", {"Claim", "Hand off", "Release"}),
        ("sam", {"Claim"}),
    ],
)
async def test_a_card_offers_each_person_what_they_may_do(
    who: str, buttons: set[str], slack: Sandbox, ledger: Ledger
) -> None:
    await ledger.add()
    card = (await slack.person(who).types("/debt show D-1")).message
    assert set(card.buttons) == ANYBODYS | buttons


async def test_the_next_step_is_the_first_button(dana: Person, ledger: Ledger) -> None:
    await ledger.add(expires_on=date(2026, 11, 20))
    assert (await dana.types("/debt show D-1")).message.buttons[0] == "Extend"


async def test_an_ended_artifact_only_takes_hours(dana: Person, ledger: Ledger) -> None:
    await ledger.ended()
    card = (await dana.types("/debt show D-1")).message
    assert "nothing: retired" in card.shown
    assert card.buttons == ["Log", "History"]


async def test_an_owner_who_left_is_marked(dana: Person, olga: Person, ledger: Ledger) -> None:
    await ledger.amend(await ledger.add(owner=olga.id), owner_gone=True)
    card = await dana.types("/debt show D-1")
    assert "@olga (no longer there)" in card.text
    assert "its owner has left" in card.text


@pytest.mark.parametrize("key", ["D-1", "d-1", "1"])
async def test_keys_may_be_typed_lazily(key: str, dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    assert "(D-1)" in (await dana.types(f"/debt show {key}")).text


async def test_show_alone_asks_which(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    form = (await dana.types("/debt show")).form
    assert form is not None
    await form.search("Artifact", "retry")
    form.choose("Artifact", "Payment retry worker")
    assert "Next:" in (await form.submit()).text


async def test_the_notification_of_a_card_reads_well_alone(dana: Person, ledger: Ledger) -> None:
    await ledger.add(expires_on=date(2026, 11, 20))
    card = (await dana.types("/debt show D-1")).message
    assert card.notification == "Payment retry worker (D-1): extend it with a reason, or retire it"


async def test_a_card_shows_the_new_state_in_its_place(dana: Person, ledger: Ledger) -> None:
    await ledger.add(owner=None)
    before = len(dana.reads())
    card = (await dana.types("/debt show D-1")).message
    await dana.clicks(card, "Claim")
    assert "dana owns Payment retry worker (D-1) now" in card.shown
    assert "Owner: @dana" in card.shown
    assert "Release" in card.buttons
    assert "Claim" not in card.buttons
    assert len(dana.reads()) == before + 1


async def test_a_refusal_leaves_the_card_as_it_was(dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    card = (await dana.types("/debt show D-1")).message
    await dana.types("/debt review D-1")
    reply = await dana.clicks(card, "Review")
    assert reply.message is not card
    assert "D-1 was reviewed today already" in reply.text
    assert "Next:" in card.shown


@on_both_databases
async def test_a_card_looked_at_again_shows_what_others_did_meanwhile(
    dana: Person, sam: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add(owner=None)
    before = (await dana.types(f"/debt show {artifact.key}")).text
    assert (await dana.types(f"/debt show {artifact.key}")).text == before
    elsewhere = Store(ledger.store.url.render_as_string(hide_password=False))
    async with elsewhere.change() as session:
        change = Change(sam.id, ledger.slack.clock.now(), ledger.policy)
        await ownership.claim(session, change, artifact.id)
    await elsewhere.close()
    after = (await dana.types(f"/debt show {artifact.key}")).text
    assert "Owner: nobody" in before
    assert "Owner: @sam" in after
