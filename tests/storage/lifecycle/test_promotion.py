"""Nothing is promoted around its gate, whoever asks and whoever agrees."""

from dataclasses import replace
from typing import Any

import pytest

from debt.artifact.artifact import Artifact, Ending, Stage, Surface
from debt.change import Change
from debt.policy.roles import Powers
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.rules.gate import GateItem
from storage.lifecycle import approvals, requests
from storage.lifecycle.maintenance import Requested
from storage.lifecycle.promotion import check, promote, waive
from storage.tables import Approval, ApprovalState
from tests.storage.builders import DANA, ERIN, NOW, POLICY, SAM, TODAY, Register, by, days

CHECKS = (
    GateItem.TESTS,
    GateItem.SECURITY,
    GateItem.OBSERVABILITY,
    GateItem.STYLE,
    GateItem.ARCHITECTURE,
    GateItem.DOCUMENTATION,
)
FACTS = {"rollback": "flag off", "monitoring": "grafana", "responder": "oncall"}
SRE = {"sre": frozenset({SAM})}


async def complete(register: Register, **changes: Any) -> Artifact:
    """A created artifact with all that its gate asks for."""
    artifact = await register.holds(**{"stage": Stage.CREATED} | changes)
    for item in CHECKS:
        await register.told(DANA, check, 1, item, f"https://ci/{item}")
    await register.told(SAM, check, 1, GateItem.REVIEW, "readable and all that")
    return artifact


async def asked(register: Register) -> Approval:
    await complete(register, surface=Surface.PRODUCTION, risk=5, **FACTS)
    outcome = await register.told(DANA, promote, 1)
    assert isinstance(outcome, Requested)
    return outcome.approval


async def agreed(register: Register, *people: str) -> None:
    for who in people:
        change = replace(by(who), roster=SRE)
        await register.told(change, approvals.approve, 1)


async def test_step_by_step_up_to_retained_with_its_planned_end(register: Register) -> None:
    await complete(register)
    await register.told(DANA, promote, 1)
    assert (await register.artifact()).stage is Stage.VALIDATED
    with pytest.raises(Refused, match=r"D-1 cannot become retained yet; missing: planned end\."):
        await register.told(DANA, promote, 1)
    await register.told(DANA, promote, 1, Ending.REGENERATE)
    retained = await register.artifact()
    assert (retained.stage, retained.planned_end) == (Stage.RETAINED, Ending.REGENERATE)
    entry = await register.last_entry()
    assert (entry.action, entry.by) == ("promote", DANA)
    assert entry.after == {"stage": "retained", "planned_end": "regenerate"}


async def test_a_refused_promotion_leaves_no_trace(register: Register) -> None:
    await register.holds(stage=Stage.CREATED)
    entries = await register.count()
    with pytest.raises(Refused, match="missing: automated tests, security checks"):
        await register.told(DANA, promote, 1)
    assert await register.count() == entries
    assert (await register.artifact()).stage is Stage.CREATED


async def test_a_strict_one_is_promoted_by_the_last_voice_that_was_missing(
    register: Register,
) -> None:
    approval = await asked(register)
    assert (approval.kind, approval.wish) == ("promote", {"stage": "validated", "end": None})
    await agreed(register, ERIN)
    assert (await register.artifact()).stage is Stage.CREATED
    await agreed(register, SAM)
    assert (await register.artifact()).stage is Stage.VALIDATED


async def test_it_is_asked_for_once(register: Register) -> None:
    await asked(register)
    with pytest.raises(Refused, match="A request to promote D-1 waits for answers already"):
        await register.told(DANA, promote, 1)


async def test_nobody_is_asked_while_something_is_missing(register: Register) -> None:
    await register.holds(stage=Stage.CREATED, surface=Surface.PRODUCTION, risk=5)
    with pytest.raises(Refused, match="rollback strategy, monitoring hook, responder"):
        await register.told(DANA, promote, 1)
    assert await register.messages() == []


async def test_the_last_voice_is_refused_once_a_waiver_has_ended(register: Register) -> None:
    await complete(register, surface=Surface.PRODUCTION, risk=5, **FACTS)
    await register.told(ERIN, waive, 1, GateItem.TESTS, "flaky runner", TODAY + days(2))
    await register.told(DANA, promote, 1)
    await agreed(register, ERIN)
    late = Change(SAM, NOW + days(3), POLICY, roster=SRE)
    with pytest.raises(Refused, match="cannot become validated yet; missing: automated tests"):
        await register.told(late, approvals.approve, 1)
    assert (await register.artifact()).stage is Stage.CREATED
    await register.told(DANA, check, 1, GateItem.TESTS, "https://ci/9")
    await register.told(late, approvals.approve, 1)
    assert (await register.artifact()).stage is Stage.VALIDATED


async def test_a_request_has_lost_its_point_once_a_lower_tier_lets_it_pass(
    register: Register,
) -> None:
    await asked(register)
    relaxed = POLICY.model_copy(
        update={"thresholds": POLICY.thresholds.model_copy(update={"strict_surfaces": ()})}
    )
    await register.told(by(DANA, policy=relaxed), promote, 1)
    assert (await register.artifact()).stage is Stage.VALIDATED
    approval = await register.asked(requests.find, 1)
    assert approval is not None
    assert approval.state == ApprovalState.OVERTAKEN


async def test_who_may_do_what_comes_from_the_policy(register: Register) -> None:
    await register.holds(stage=Stage.CREATED)
    narrow = POLICY.model_copy(update={"roles": {**POLICY.roles, Act.PROMOTE: ("owner",)}})
    anybody = replace(by(SAM, policy=narrow), powers=Powers())
    with pytest.raises(Refused, match="You cannot promote D-1 here; the owner can"):
        await register.told(anybody, promote, 1)
    with pytest.raises(Refused, match="You cannot promote D-1 here"):
        await register.told(anybody, check, 1, GateItem.TESTS, "https://ci/1")
    await register.told(anybody, check, 1, GateItem.REVIEW, "read it")
    with pytest.raises(Refused, match="You cannot waive a check of D-1 here; the team’s lead"):
        await register.told(anybody, waive, 1, GateItem.TESTS, "why", TODAY + days(2))


async def test_a_waiver_is_in_the_history_with_its_reason_and_end(register: Register) -> None:
    await register.holds(stage=Stage.CREATED)
    lead = replace(by(ERIN), powers=Powers())
    await register.told(lead, waive, 1, "style", "formatter comes", TODAY + days(30))
    entry = await register.last_entry()
    assert (entry.action, entry.by, entry.reason) == (
        "waive style to promote",
        ERIN,
        "formatter comes",
    )
    assert entry.after is not None
    assert entry.after["waived_until"] == (TODAY + days(30)).isoformat()
