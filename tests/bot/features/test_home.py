"""App Home: what needs me today, what I own, how my teams stand; fresh after every action."""

from datetime import date, timedelta

import pytest

from bot.process.process import Process
from bot.slack.people import OUTSIDER
from debt.artifact.artifact import Stage
from debt.policy.policy import Policy
from debt.policy.vocabulary import Act
from sandbox import Form, Person, Sandbox
from tests.bot.conftest import TODAY, Ledger, on_both_databases

SOON = TODAY + timedelta(days=3)
LATER = TODAY + timedelta(days=200)


def part(home: Form, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    _, _, rest = home.shown.partition(heading)
    for other in ("What needs you today", "What you own", "What else you own", "Your teams"):
        rest = rest.split(other)[0]
    return rest


def today(home: Form) -> str:
    return part(home, "What needs you today")


def mine(home: Form) -> str:
    return part(home, "you own, what to fix first")


def teams(home: Form) -> str:
    return part(home, "Your teams")


async def test_an_empty_home_says_kindly_what_to_do(noah: Person) -> None:
    home = await noah.opens_home()
    assert "Nothing needs you today" in today(home)
    assert "You own nothing on the register yet" in mine(home)
    assert "/debt list orphans" in mine(home)
    assert "Your teams" not in home.shown
    assert home.buttons == ["Log hours", "Add"]


@on_both_databases
async def test_the_most_overdue_comes_first_with_its_next_step(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(name="Ends soon", expires_on=SOON)
    await ledger.add(name="Long past", expires_on=date(2026, 10, 1))
    await ledger.add(name="Just past", expires_on=date(2026, 11, 20))
    await ledger.add(name="Far off", expires_on=LATER)
    home = await dana.opens_home()
    said = today(home)
    assert said.index("Long past") < said.index("Just past") < said.index("Ends soon")
    assert "Far off" not in said
    assert "Far off" in mine(home)
    assert "Long past" not in mine(home)  # nothing is said twice
    form = (await home.clicks("Extend", row="D-2", block_id=block_of(home, "Long past"))).form
    assert form is not None
    assert form.title == "Extend"


def block_of(home: Form, words: str) -> str:
    """The first block in which the words stand."""
    return next(
        str(block["block_id"])
        for block in home.blocks
        if words in str(block.get("text", {}).get("text"))
    )


async def test_what_was_done_at_home_is_said_there_and_no_message_follows(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(name="Past review", review_on=date(2026, 11, 1), expires_on=LATER)
    home = await dana.opens_home()
    await home.clicks("Review", block_id=block_of(home, "Past review"))
    assert home.shown.startswith("✓ dana reviewed Past review")
    assert "Nothing needs you today" in today(home)
    assert dana.dms() == []
    await dana.opens_home()
    assert "✓" not in home.shown


async def test_hours_are_logged_from_home_and_can_be_taken_back_there(
    dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add()
    home = await dana.opens_home()
    form = (await home.clicks("Log hours")).form
    assert form is not None
    await form.search("Artifact", "D-1")
    form.choose("Artifact", "D-1 Payment retry worker")
    form.fill("Hours", "1.5")
    assert (await form.submit()).errors == {}
    assert "✓ dana logged 1.5 h of rework" in home.shown
    assert "1.5 h logged in November 2026" in teams(home)
    await home.clicks("Take back")
    assert "took 1.5 h of rework" in home.shown
    assert (await ledger.get(artifact)).minutes_logged == 0
    assert dana.dms() == []


async def test_something_is_added_from_home(dana: Person, ledger: Ledger) -> None:
    home = await dana.opens_home()
    form = (await home.clicks("Add")).form
    assert form is not None
    form.fill("Name", "Refund exporter")
    form.fill("Repository", "acme/refunds")
    form.fill("Paths", "src/**")
    assert (await form.submit()).errors == {}
    assert "Refund exporter" in mine(home)


async def test_a_refusal_reaches_who_pressed_by_direct_message(
    dana: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add(review_on=date(2026, 11, 1), expires_on=LATER)
    home = await dana.opens_home()
    await ledger.amend(artifact, stage=Stage.RETIRED)
    await home.clicks("Review", block_id=block_of(home, "Payment retry worker"))
    assert "D-1 has ended" in dana.dms()[-1].shown
    assert "Nothing needs you today" in today(home)


async def test_a_card_asked_for_at_home_comes_as_a_direct_message(
    dana: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=LATER)
    home = await dana.opens_home()
    await home.clicks("Show")
    assert "Payment retry worker (D-1)" in dana.dms()[-1].shown


@on_both_databases
async def test_a_claim_asked_of_somebody_appears_in_their_open_home_and_is_answered_there(
    dana: Person, noah: Person, ledger: Ledger
) -> None:
    artifact = await ledger.add(expires_on=LATER)
    hers, his = await dana.opens_home(), await noah.opens_home()
    await noah.types("/debt claim D-1")
    assert "@noah would like to take over Payment retry worker" in today(hers)
    await hers.clicks("Accept")
    assert (await ledger.get(artifact)).owner == noah.id
    assert "has its new owner" in hers.shown
    assert "Payment retry worker" not in mine(hers)
    assert "Payment retry worker" in mine(his)


@on_both_databases
async def test_a_retirement_is_approved_at_home_and_leaves_everybodys_home(
    dana: Person, erin: Person, mia: Person, sam: Person, ledger: Ledger
) -> None:
    """mia is of the user group @payments, erin leads the team; sam has nothing to do with it."""
    artifact = await ledger.add(expires_on=LATER)
    homes = [await person.opens_home() for person in (erin, mia, sam, dana)]
    await dana.types("/debt retire D-1 retire nobody calls it any more")
    leads, members, sres, own = homes
    for home in (leads, members):
        assert "@dana asks to retire Payment retry worker (D-1): nobody calls" in today(home)
    for home in (sres, own):
        assert "asks to" not in home.shown
    await leads.clicks("Approve")
    assert "✓ You approved, and that was enough" in leads.shown
    assert "asks to" not in today(leads) + members.shown
    assert (await ledger.get(artifact)).stage is Stage.RETIRING


async def test_a_retirement_is_rejected_from_home_with_a_reason(
    dana: Person, erin: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=LATER)
    await dana.types("/debt retire D-1 retire nobody calls it any more")
    home = await erin.opens_home()
    form = (await home.clicks("Reject")).form
    assert form is not None
    form.fill("Reason", "The quarter end job does")
    await form.submit()
    assert "Nothing needs you today" in today(home)
    assert "You said no" in erin.dms()[-1].shown


async def test_who_has_agreed_already_is_not_asked_again_nor_whom_it_would_not_help(
    dana: Person, erin: Person, mia: Person, sam: Person, ledger: Ledger
) -> None:
    """Strict: two have to agree, one of them of SRE or security."""
    await ledger.add(surface="production", risk=5, expires_on=LATER)
    hers, hers_too, his = [await person.opens_home() for person in (erin, mia, sam)]
    await dana.types("/debt retire D-1 retire nobody calls it any more")
    assert all("asks to retire" in home.shown for home in (hers, hers_too, his))
    await hers.clicks("Approve")
    assert "asks to retire" not in hers.shown
    assert "asks to retire" not in hers_too.shown
    assert "asks to retire" in his.shown


async def test_a_handoff_asked_for_is_declined_at_home(
    dana: Person, noah: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=LATER)
    his = await noah.opens_home()
    await dana.types("/debt handoff D-1 @noah")
    await his.clicks("Decline")
    assert "Nothing needs you today" in today(his)
    assert (await ledger.by_key(1)).owner == dana.id


async def test_who_never_opened_home_is_sent_none(
    dana: Person, noah: Person, ledger: Ledger, slack: Sandbox
) -> None:
    await ledger.add()
    await noah.types("/debt claim D-1")
    assert dana.home is None
    assert [call for call in slack.calls if call.method == "views.publish"] == []


@on_both_databases
async def test_pages_are_turned_and_stay_turned_until_home_is_opened_again(
    dana: Person, ledger: Ledger
) -> None:
    for number in range(1, 21):
        await ledger.add(name=f"Worker {number:02}", expires_on=LATER)
    home = await dana.opens_home()
    assert "Worker 20" in mine(home)
    assert "First page" not in home.buttons
    await home.clicks("Next page")
    await home.clicks("Next page")
    assert "Next page" not in home.buttons
    assert [n for n in range(1, 21) if f"Worker {n:02}" in mine(home)] == [1, 2, 3, 4]
    await dana.types("/debt log D-20 1h")
    assert "Worker 01" in mine(home)
    await dana.opens_home()
    assert "Worker 20" in mine(home)
    await home.clicks("Next page")
    await home.clicks("First page")
    assert "Worker 20" in mine(home)


async def test_what_has_no_room_is_counted(dana: Person, ledger: Ledger) -> None:
    for _ in range(11):
        await ledger.add(expires_on=date(2026, 11, 1))
    home = await dana.opens_home()
    assert today(home).count("Payment retry worker") == 8
    assert "3 more wait for you" in today(home)


@on_both_databases
async def test_a_lead_sees_how_their_team_stands(
    erin: Person, dana: Person, ledger: Ledger
) -> None:
    await ledger.add(expires_on=date(2026, 11, 1))
    await ledger.add(expires_on=LATER)
    await ledger.add(owner=None, expires_on=LATER)
    await ledger.add(team="growth", expires_on=LATER)
    await dana.types("/debt log D-1 2h")
    said = teams(await erin.opens_home())
    assert (
        "Team payments: 3 live artifacts, 2 need somebody (1 overdue), 1 without an owner" in said
    )
    assert "2 h logged in November 2026" in said
    assert "growth" not in said
    await (await erin.opens_home()).clicks("List")
    assert "What to fix first: team:payments" in erin.dms()[-1].shown


async def test_a_teams_budget_stands_at_home(erin: Person, dana: Person, ledger: Ledger) -> None:
    await ledger.add()
    await erin.types("/debt budget set team:payments 10h month")
    said = teams(await erin.opens_home())
    assert "Budget payments, November 2026: 0 h of 10 h spent, 2 h to come: within" in said
    await dana.types("/debt log D-1 11h rework")
    said = teams(await erin.opens_home())
    assert "Budget payments, November 2026: 11 h of 10 h spent" in said
    assert ": over" in said


async def test_who_is_in_no_team_sees_those_of_what_they_own(lena: Person, ledger: Ledger) -> None:
    await ledger.add(team="growth", owner=lena.id, expires_on=LATER)
    await ledger.add(team="payments", owner=None, expires_on=LATER)
    said = teams(await lena.opens_home())
    assert "Team growth: 1 live artifact, none needs anybody" in said
    assert "payments" not in said


async def test_a_user_group_by_a_teams_name_is_that_team(
    mia: Person, ledger: Ledger, slack: Sandbox
) -> None:
    slack.add_usergroup("growth", [mia.id])
    await ledger.add(team="Growth", expires_on=LATER)
    assert "Team Growth: 1 live artifact" in teams(await mia.opens_home())


@pytest.mark.parametrize("handle", ["gus", "rex"])
async def test_an_outsider_sees_one_polite_line(
    handle: str, slack: Sandbox, ledger: Ledger
) -> None:
    outsider = slack.person(handle)
    await ledger.add(owner=outsider.id, expires_on=date(2026, 11, 1))
    home = await outsider.opens_home()
    assert home.shown == OUTSIDER
    assert home.buttons == []


async def test_an_action_is_answered_though_slack_refuses_the_home(
    dana: Person, ledger: Ledger, slack: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    await ledger.add(expires_on=LATER)
    await dana.opens_home()
    slack.faults.answer("views.publish", error="internal_error")
    reply = await dana.types("/debt log D-1 1h")
    assert "logged 1 h" in reply.text
    [line] = [one for one in caplog.records if "Home not published" in one.message]
    assert line.exc_info is None


async def test_the_messages_tab_draws_no_home(dana: Person, process: Process) -> None:
    await dana.opens_dm()
    assert dana.home is None


class TestWhereThePolicyRestrictsReading:
    @pytest.fixture
    def policy(self, policy: Policy) -> Policy:
        """Only leads and SRE may see the register, and only SRE its history."""
        roles = {**policy.roles, Act.SEE: ("lead", "sre"), Act.HISTORY: ("sre",)}
        return policy.model_copy(update={"roles": roles})

    async def test_who_may_not_see_it_is_told_who_can(self, dana: Person, ledger: Ledger) -> None:
        await ledger.add()
        refusal = "You cannot see the register here; the team’s lead or somebody of sre can."
        for words in ("list", "show D-1", "claim D-1", "log", "add", "brief", "history D-1"):
            reply = await dana.types(f"/debt {words}")
            assert reply.text == refusal, words
            assert reply.form is None
        assert (await dana.opens_home()).shown == refusal
        assert (await dana.shortcut("log_hours")).form is None
        assert (await ledger.by_key(1)).minutes_logged == 0

    async def test_everybody_gets_help(self, dana: Person) -> None:
        assert "/debt list" in (await dana.types("/debt help")).text
        assert "/debt list" in (await dana.types("/debt")).text
        assert "I do not know" in (await dana.types("/debt xyzzy")).text

    async def test_who_may_see_it_does(self, sam: Person, erin: Person, ledger: Ledger) -> None:
        await ledger.add()
        for person in (sam, erin):
            assert "Payment retry worker" in (await person.types("/debt list")).text
        form = (await sam.types("/debt claim")).form
        assert form is not None
        assert await form.search("Artifact", "D-1") != []

    async def test_nothing_is_offered_to_who_lost_the_right_with_a_form_open(
        self, sam: Person, ledger: Ledger, slack: Sandbox
    ) -> None:
        await ledger.add()
        form = (await sam.types("/debt claim")).form
        assert form is not None
        slack.add_usergroup("sre", [])
        await slack.clock.advance(timedelta(minutes=11))
        assert await form.search("Artifact", "D-1") == []

    async def test_history_is_offered_and_told_to_who_may_see_it(
        self, sam: Person, erin: Person, ledger: Ledger
    ) -> None:
        await ledger.add()
        assert "History" in (await sam.types("/debt show D-1")).message.buttons
        assert "History" not in (await erin.types("/debt show D-1")).message.buttons
        refused = (await erin.types("/debt history D-1")).text
        assert refused == "You cannot see the history of D-1 here; somebody of sre can."
