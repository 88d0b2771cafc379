"""Once a day Slack is asked whether every owner is still there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.process.process import Process
from bot.slack.people import known_zone
from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger

DAY = timedelta(days=1)


def asked(slack: Sandbox, method: str = "users.info") -> list[str]:
    """Whom Slack was asked about."""
    return [str(c.args.get("user") or c.args["email"]) for c in slack.calls if c.method == method]


def group_of(slack: Sandbox, handle: str) -> list[str]:
    """Who is in a user group; to be changed in place."""
    return next(one.members for one in slack.workspace.groups.values() if one.handle == handle)


async def test_who_was_deactivated_leaves_an_orphan_and_coming_back_ends_it(
    ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    owned = await ledger.add(team="growth")
    await process.check_owners()
    assert not (await ledger.get(owned)).orphan
    slack.update_person("dana", deleted=True)
    await slack.clock.advance(DAY)
    await process.check_owners()
    gone = await ledger.get(owned)
    assert gone.orphan
    assert gone.owner == slack.workspace.user("dana").id
    slack.update_person("dana", deleted=False)
    await slack.clock.advance(DAY)
    await process.check_owners()
    assert not (await ledger.get(owned)).orphan


async def test_who_left_the_team_leaves_an_orphan_there_and_only_there(
    ledger: Ledger, process: Process, slack: Sandbox, dana: Person
) -> None:
    owned, elsewhere = await ledger.add(), await ledger.add(team="growth")
    await process.check_owners()
    group_of(slack, "payments").remove(dana.id)
    await slack.clock.advance(DAY)
    await process.check_owners()
    assert (await ledger.get(owned)).orphan
    assert (await ledger.history(owned))[0].reason == "the owner has left the team payments"
    assert not (await ledger.get(elsewhere)).orphan
    group_of(slack, "payments").append(dana.id)
    await slack.clock.advance(DAY)
    await process.check_owners()
    assert not (await ledger.get(owned)).orphan


async def test_who_was_never_in_the_team_owns_what_they_own(
    ledger: Ledger, process: Process, slack: Sandbox, sam: Person
) -> None:
    owned = await ledger.add(owner=sam.id)
    for _ in range(2):
        await process.check_owners()
        await slack.clock.advance(DAY)
    assert not (await ledger.get(owned)).orphan


@pytest.mark.parametrize("owner", ["UNOBODYKNOWS", "USLACKBOT"])
async def test_an_id_that_nobody_has_is_an_orphan(
    ledger: Ledger, process: Process, owner: str
) -> None:
    owned = await ledger.add(owner=owner)
    await process.check_owners()
    assert (await ledger.get(owned)).orphan


async def test_an_e_mail_becomes_who_it_belongs_to(
    ledger: Ledger, process: Process, slack: Sandbox, dana: Person
) -> None:
    owned = await ledger.add(owner=dana.email)
    await process.check_owners()
    assert (await ledger.get(owned)).owner == dana.id


async def test_what_belongs_to_my_e_mail_is_mine_from_the_first_word_i_say(
    ledger: Ledger, dana: Person
) -> None:
    owned = await ledger.add(owner=dana.email)
    assert "Payment retry worker (D-1)" in (await dana.types("/debt list mine")).text
    assert (await ledger.get(owned)).owner == dana.id


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("Mars/Olympus_Mons", "UTC"),
        ("../etc", "UTC"),
        ("", "UTC"),
    ],
)
def test_a_time_zone_that_nobody_knows_keeps_nobody_from_their_work(said: str, taken: str) -> None:
    assert known_zone(said) == taken


async def test_an_e_mail_slack_does_not_know_stays_one_and_is_looked_up_again(
    ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    owned = await ledger.add(owner="zoe@acme.example")
    await process.check_owners()
    kept = await ledger.get(owned)
    assert (kept.owner, kept.orphan) == ("zoe@acme.example", False)
    zoe = slack.add_person("zoe", email="zoe@acme.example")
    await slack.clock.advance(DAY)
    await process.check_owners()
    assert (await ledger.get(owned)).owner == zoe.id


async def test_slack_is_asked_once_a_day_whatever_is_owned(
    ledger: Ledger, process: Process, slack: Sandbox, dana: Person, erin: Person
) -> None:
    for owner in (dana.id, dana.id, erin.id, None):
        await ledger.add(owner=owner)
    for _ in range(3):
        await process.check_owners()
        await slack.clock.advance(timedelta(hours=7))
    assert sorted(asked(slack)) == sorted([dana.id, erin.id])
    await slack.clock.advance(timedelta(hours=4))
    await process.check_owners()
    assert len(asked(slack)) == 4


@pytest.mark.parametrize("trouble", ["error", "500", "lost"])
async def test_slack_in_trouble_is_asked_again_in_an_hour_and_stops_nothing_else(
    ledger: Ledger,
    process: Process,
    slack: Sandbox,
    trouble: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In an app whose manifest is from before Slack was asked to tell of people by itself."""
    slack.workspace.manifest = replace(slack.workspace.manifest, events=frozenset())
    slack.update_person("dana", deleted=True)
    owned = await ledger.add()
    if trouble == "error":
        slack.faults.answer("users.info", error="fatal_error")
    elif trouble == "500":
        slack.faults.answer("users.info", status=500)
    else:
        slack.faults.lose_response("users.info", times=5)
    await process.check_owners()
    slack.faults.clear()
    assert "owners not checked further" in caplog.text
    assert not (await ledger.get(owned)).orphan
    await process.check_owners()
    assert not (await ledger.get(owned)).orphan
    await slack.clock.advance(timedelta(hours=1))
    await process.check_owners()
    assert (await ledger.get(owned)).orphan


async def test_more_owners_than_a_page_are_all_checked(
    ledger: Ledger, process: Process, slack: Sandbox
) -> None:
    for number in range(110):
        await ledger.add(owner=f"UGONE{number}")
    await process.check_owners()
    assert len([who for who in asked(slack) if who.startswith("UGONE")]) == 110
