"""What a Home tab asks of the register, and whom a change concerns."""

from datetime import timedelta

from debt.artifact.artifact import Artifact, Tier
from debt.change import Change
from debt.policy.roles import Powers
from debt.policy.vocabulary import Act
from debt.rules.approval import ApprovalKind, Requirement
from debt.rules.hours import Period, Work, span
from debt.scope import Cursor
from storage.costs.hours_log import log
from storage.database.store import ANYBODY, Session, Store
from storage.lifecycle import approvals
from storage.lifecycle.maintenance import review
from storage.lifecycle.ownership import answer, claim, handoff, release
from storage.register.artifacts import locked
from storage.tables import Approval
from storage.views import home
from storage.views.home import TeamStanding
from tests.storage.builders import (
    DANA,
    ERIN,
    LEE,
    NOW,
    POLICY,
    SAM,
    TODAY,
    Register,
    a_person,
    by,
    days,
)

MONTH = span(Period.MONTH, TODAY, POLICY.sprint)
LATER = TODAY + days(200)
HOUR = timedelta(hours=1)


# -------------------------------------------------------------------------- who is looking


async def test_opening_home_once_more_turns_to_its_first_page(register: Register) -> None:
    await register.does(home.opened, DANA, NOW)
    assert await register.asked(home.page_of, DANA) is None
    await register.does(home.turn_to, DANA, Cursor(54, 7))
    assert await register.asked(home.page_of, DANA) == Cursor(54, 7)
    await register.does(home.opened, DANA, NOW + HOUR)
    assert await register.asked(home.page_of, DANA) is None


async def test_who_never_opened_home_is_on_no_page_and_not_looking(register: Register) -> None:
    assert await register.asked(home.page_of, DANA) is None
    assert await register.asked(home.looking, {DANA, ANYBODY}, NOW) == []


async def test_those_concerned_look_whenever_they_opened_it_others_only_lately(
    register: Register,
) -> None:
    await register.does(home.opened, DANA, NOW - days(30))
    await register.does(home.opened, SAM, NOW - days(1))
    await register.does(home.opened, LEE, NOW)
    since = NOW - HOUR
    assert await register.asked(home.looking, {DANA}, since) == [DANA]
    assert await register.asked(home.looking, {DANA, ANYBODY}, since) == [DANA, LEE]
    assert await register.asked(home.looking, {ERIN}, since) == []


# --------------------------------------------------------------------- whom a change concerns


async def test_a_change_concerns_who_did_it_the_owner_and_the_one_before(
    register: Register, store: Store
) -> None:
    await register.holds()
    await register.holds(owner=None)
    store.take_concerned()
    await register.told(SAM, review, 1)
    assert store.take_concerned() == {SAM, DANA}
    await register.told(ERIN, release, 1)
    assert store.take_concerned() == {ERIN, DANA}
    await register.told(SAM, claim, 2)
    assert store.take_concerned() == {SAM}
    assert store.take_concerned() == set()


async def test_who_is_asked_is_concerned_and_so_is_who_needs_not_answer_any_more(
    register: Register, store: Store
) -> None:
    await register.holds()
    store.take_concerned()
    await register.told(SAM, claim, 1)
    assert store.take_concerned() == {SAM, DANA}
    await register.told(DANA, handoff, 1, a_person(LEE))
    assert store.take_concerned() == {DANA, LEE}
    await register.told(DANA, answer, 1, accept=True)
    assert store.take_concerned() == {SAM, DANA, LEE}


async def test_what_was_taken_back_concerns_nobody(register: Register, store: Store) -> None:
    await register.holds()
    store.take_concerned()
    async with store.rehearse() as session:
        await review(session, by(DANA), 1)
    assert store.take_concerned() == set()


# ------------------------------------------------------------------------ what waits for them


async def test_what_is_asked_of_somebody_waits_until_it_is_answered(register: Register) -> None:
    await register.holds()
    await register.holds()
    await register.told(SAM, claim, 2)
    await register.told(LEE, claim, 1)
    asked = await register.asked(home.asked_of, DANA, 5)
    assert [(each.artifact.id, each.request.asked_by) for each in asked] == [(2, SAM), (1, LEE)]
    assert len(await register.asked(home.asked_of, DANA, 1)) == 1
    await register.told(DANA, answer, 1, accept=False)
    assert [each.artifact.id for each in await register.asked(home.asked_of, DANA, 5)] == [1]
    assert await register.asked(home.asked_of, SAM, 5) == []


async def test_what_needs_its_owner_comes_the_longest_overdue_first(register: Register) -> None:
    await register.holds(expires_on=TODAY + days(3))
    await register.holds(expires_on=TODAY - days(30))
    await register.holds(expires_on=LATER)
    await register.holds(expires_on=TODAY - days(40), owner=SAM)
    await register.holds(expires_on=LATER, review_on=TODAY - days(2))
    found = await register.asked(home.needing, DANA, 9)
    assert [each.id for each in found] == [2, 5, 1]
    assert [each.id for each in await register.asked(home.needing, DANA, 1)] == [2]
    assert await register.asked(home.count_needing, DANA) == 3


async def asked_to_retire(register: Register, needed: Requirement, who: str = DANA) -> Approval:
    async def ask(session: Session, change: Change, artifact_id: int) -> Approval:
        artifact: Artifact = await locked(session, artifact_id)
        return await approvals.ask(
            session,
            change,
            artifact,
            ApprovalKind.RETIRE,
            {"end": "retire"},
            reason="",
            needed=needed,
        )

    return await register.told(who, ask, 1)


async def waits_for(register: Register, change: Change, *teams: str) -> bool:
    return bool(await register.asked(home.to_decide, change, set(teams)))


async def test_a_request_waits_for_the_lead_the_owner_and_the_team_and_nobody_else(
    register: Register,
) -> None:
    await register.holds()
    await asked_to_retire(register, Requirement(Tier.STANDARD, 1), SAM)
    assert await waits_for(register, by(ERIN))
    assert await waits_for(register, by(DANA))
    assert await waits_for(register, by(LEE), "payments")
    assert not await waits_for(register, by(LEE))
    assert not await waits_for(register, by(SAM), "payments")


async def test_a_request_waits_only_for_whose_word_is_still_missing(register: Register) -> None:
    """Two have to agree, one of them of SRE: after Erin's, only SRE's helps."""
    await register.holds()
    await asked_to_retire(register, Requirement(Tier.STRICT, 2, ("sre",)))
    roster = {"sre": frozenset({SAM})}
    lead, sre = (Change(who, NOW, POLICY, roster=roster) for who in (ERIN, SAM))
    lee = Change(LEE, NOW, POLICY, roster=roster)
    assert await waits_for(register, lead)
    assert await waits_for(register, sre)
    await register.told(lead, approvals.approve, 1)
    assert not await waits_for(register, lead)
    assert not await waits_for(register, lee, "payments")
    [waiting] = await register.asked(home.to_decide, sre, set())
    assert [vote.person for vote in waiting.votes] == [ERIN]


async def test_a_request_waits_for_nobody_who_may_not_approve_nor_once_it_lapsed(
    register: Register,
) -> None:
    await register.holds()
    asked = await asked_to_retire(register, Requirement(Tier.STANDARD, 1))
    roles = {**POLICY.roles, Act.APPROVE: ("admin",)}
    admins = POLICY.model_copy(update={"roles": roles})
    assert not await waits_for(register, Change(ERIN, NOW, admins, powers=Powers()))
    assert await waits_for(register, Change(ERIN, NOW, admins, powers=Powers(admin=True)))
    assert not await waits_for(register, by(ERIN, at=asked.lapses_at))


# ------------------------------------------------------------------------ how teams stand


async def test_teams_stand_by_what_needs_somebody_and_the_hours_of_the_month(
    register: Register,
) -> None:
    await register.holds(team="growth", expires_on=LATER)
    await register.holds(expires_on=TODAY - days(1))
    await register.holds(owner=None, expires_on=LATER)
    await register.holds(expires_on=LATER)
    await register.holds(team="platform", expires_on=TODAY - days(1))
    for worked_on in (TODAY, MONTH.first - days(1)):
        await register.told(DANA, log, 2, 90, kind=Work.REVIEW, worked_on=worked_on)
    teams = {"growth", "payments", "nothing"}
    found = await register.asked(home.standings, teams, MONTH, TODAY, 5)
    assert found == [
        TeamStanding("payments", live=3, needing=2, overdue=1, orphans=1, minutes=90),
        TeamStanding("growth", live=1, needing=0, overdue=0, orphans=0, minutes=0),
    ]
    assert [each.name for each in await register.asked(home.standings, teams, MONTH, TODAY, 1)] == [
        "payments"
    ]
    assert await register.asked(home.standings, set(), MONTH, TODAY, 5) == []


async def test_teams_are_found_by_name_and_by_what_somebody_owns(register: Register) -> None:
    for team in ("Growth", "payments", "payments", None):
        await register.holds(team=team)
    assert await register.asked(home.teams_named, {"growth", "sre"}) == ["Growth"]
    assert await register.asked(home.teams_owned_in, DANA, 5) == ["payments", "Growth"]
    assert await register.asked(home.teams_owned_in, DANA, 1) == ["payments"]
    assert await register.asked(home.teams_owned_in, SAM, 5) == []
