"""Planned and possible work of a scope ranked by its return, and promises checked (R13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import func, select

from debt.artifact.artifact import Artifact, Stage
from debt.budgets.roi import (
    PromiseCheck,
    PromiseVerdict,
    Return,
    WorkKind,
    check,
    check_on,
    return_of,
    risk_after,
    usual_kind,
    usual_promise,
)
from debt.policy.policy import Policy
from debt.rules.dates import shifted
from debt.rules.estimate import Basis, estimate
from debt.rules.hours import Work
from debt.scope import Scope
from storage.costs.roi_plans import done_in, open_in, promise_of
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of
from storage.register.queries import several, within
from storage.tables import ARTIFACT, HOURS, RoiPlan

A, H = ARTIFACT.c, HOURS.c
CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class RankedWork:
    """Work with its expected return: planned where it has a `plan`, else the usual work on an
    artifact.

    `risk` is the artifact's rating now and after; `review_share` the part of its logged hours that
    was review, None where none were logged; `basis` what the estimate of the hours now rests on,
    None where they were stated with a plan.
    """

    kind: WorkKind
    expected: Return
    artifact: Artifact | None = None
    plan: RoiPlan | None = None
    risk: tuple[int, int] | None = None
    review_share: float | None = None
    basis: Basis | None = None

    @property
    def review_saved(self) -> int | None:
        """Minutes of review a month that the work saves."""
        if self.review_share is None:
            return None
        return round(self.expected.promise.freed * self.review_share)


async def ranked_work(
    session: Session, scope: Scope, policy: Policy, today: date, horizon: int
) -> list[RankedWork]:
    """Planned work and usual work on what nobody planned, largest return within the horizon first.

    Unplanned work is that on the `CONSIDERED` artifacts that cost most a month, and only where it
    buys anything back. It leaves out artifacts on which work was done whose promise is not checked
    yet: their estimate still rests on the hours before.
    """
    plans = await open_in(session, scope, CONSIDERED)
    artifacts = await several(session, [plan.artifact_id for plan in plans if plan.artifact_id])
    left_out = artifacts.keys() | await _unchecked(session, scope, policy, today)
    costliest = await _costliest(session, scope)
    unplanned = [artifact for artifact in costliest if artifact.id not in left_out]
    numbers = [*artifacts, *(artifact.id for artifact in unplanned)]
    shares = await _review_shares(session, numbers)
    works = [
        work_of(plan, artifacts.get(plan.artifact_id or 0), policy, today, horizon, shares)
        for plan in plans
    ]
    usual = (_usual_work(artifact, shares, policy, today, horizon) for artifact in unplanned)
    works += [work for work in usual if work.expected.bought_back > 0]
    return sorted(works, key=_rank)


async def _unchecked(session: Session, scope: Scope, policy: Policy, today: date) -> set[int]:
    """The artifacts on which work was done whose promise is not checked yet."""
    months = policy.roi.check_months
    done = await done_in(session, scope, shifted(today, -32 * months), today)
    early = [plan for plan in done if plan.done_on and today < check_on(plan.done_on, months)]
    return {plan.artifact_id for plan in early if plan.artifact_id}


def _rank(work: RankedWork) -> tuple[int, int, int]:
    artifact_id = work.artifact.id if work.artifact else 0
    plan_id = work.plan.id or 0 if work.plan else 0
    return -work.expected.bought_back, artifact_id, plan_id


async def _costliest(session: Session, scope: Scope) -> list[Artifact]:
    """The live artifacts with most expected minutes, costliest first; none that is retiring."""
    question = within(select(*COLUMNS).where(A.live), scope)
    most = question.order_by(A.expected_minutes.desc(), A.id.desc()).limit(CONSIDERED)
    artifacts = (artifact_of(row) for row in (await session.execute(most)).mappings())
    return [artifact for artifact in artifacts if artifact.stage is not Stage.RETIRING]


async def _review_shares(session: Session, numbers: Sequence[int]) -> Mapping[int, float]:
    """The part of an artifact's logged minutes that was review, from 0 to 1, by its number; without
    those that have no minutes.
    """
    review = func.coalesce(func.sum(H.minutes).filter(H.kind == Work.REVIEW), 0)
    question = select(H.artifact_id, func.sum(H.minutes), review).where(H.artifact_id.in_(numbers))
    rows = await session.execute(question.group_by(H.artifact_id))
    return {number: int(reviewed) / int(logged) for number, logged, reviewed in rows if logged > 0}


_NO_SHARES: Mapping[int, float] = MappingProxyType({})


def work_of(
    plan: RoiPlan,
    artifact: Artifact | None,
    policy: Policy,
    today: date,
    horizon: int,
    shares: Mapping[int, float] = _NO_SHARES,
) -> RankedWork:
    """Planned work, on that artifact or (None) on none."""
    kind = WorkKind(plan.kind)
    expected = return_of(promise_of(plan), plan.starts_on, today, horizon, policy.roi)
    if artifact is None:
        return RankedWork(kind, expected, plan=plan)
    risk = artifact.ratings.risk.value, risk_after(artifact, kind, policy)
    return RankedWork(kind, expected, artifact, plan, risk, shares.get(artifact.id))


def _usual_work(
    artifact: Artifact,
    shares: Mapping[int, float],
    policy: Policy,
    today: date,
    horizon: int,
) -> RankedWork:
    kind = usual_kind(artifact, policy)
    expected = return_of(usual_promise(artifact, kind, policy), None, today, horizon, policy.roi)
    risk = artifact.ratings.risk.value, risk_after(artifact, kind, policy)
    basis = estimate(artifact, policy).basis
    return RankedWork(kind, expected, artifact, None, risk, shares.get(artifact.id), basis)


@dataclass(frozen=True, slots=True)
class CheckedPromise:
    """Done work whose promise is compared with the hours logged since; checked on `due_on`."""

    plan: RoiPlan
    artifact: Artifact
    due_on: date
    check: PromiseCheck
    verdict: PromiseVerdict

    @property
    def kept(self) -> bool:
        return self.verdict is PromiseVerdict.KEPT

    @property
    def broken(self) -> bool:
        return self.verdict is PromiseVerdict.BROKEN


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """How many checked promises have hours logged, how many of these were kept, and how many have
    none.
    """

    known: int
    kept: int
    unknown: int


def promise_record(checked: Sequence[CheckedPromise]) -> PromiseRecord:
    known = sum(promise.verdict is not PromiseVerdict.UNKNOWN for promise in checked)
    return PromiseRecord(known, sum(promise.kept for promise in checked), len(checked) - known)


async def checked_promises(
    session: Session, scope: Scope, policy: Policy, today: date, since: date = date.min
) -> list[CheckedPromise]:
    """Promises due for their check from `since` to today, the work done last first."""
    months = policy.roi.check_months
    first = shifted(since, -32 * months)
    done = await done_in(session, scope, first, today)
    due = [
        plan for plan in done if plan.done_on and since <= check_on(plan.done_on, months) <= today
    ]
    artifacts = await several(session, [plan.artifact_id or 0 for plan in due])
    worked = await _worked_since(session, due, months)
    return [_checked(plan, artifacts[plan.artifact_id or 0], worked, policy) for plan in due]


def _checked(
    plan: RoiPlan, artifact: Artifact, worked: Mapping[int, int], policy: Policy
) -> CheckedPromise:
    months = policy.roi.check_months
    minutes = worked.get(plan.id or 0, 0)
    result = check(WorkKind(plan.kind), promise_of(plan), minutes, months)
    due_on = check_on(plan.done_on or date.min, months)
    return CheckedPromise(plan, artifact, due_on, result, result.verdict(policy.roi))


async def _worked_since(session: Session, done: Iterable[RoiPlan], months: int) -> dict[int, int]:
    """Minutes logged on each plan's artifact in so many months after it was done, by plan id."""
    spans = {
        plan.id or 0: (plan.artifact_id, plan.done_on, check_on(plan.done_on, months))
        for plan in done
        if plan.done_on
    }
    if not spans:
        return {}
    numbers = {number for number, _, _ in spans.values()}
    first = min(day for _, day, _ in spans.values())
    question = select(H.artifact_id, H.worked_on, func.sum(H.minutes)).where(
        H.artifact_id.in_(numbers), H.worked_on > first
    )
    rows = list(await session.execute(question.group_by(H.artifact_id, H.worked_on)))
    return {
        plan_id: sum(int(m) for n, day, m in rows if n == number and done_on < day <= until)
        for plan_id, (number, done_on, until) in spans.items()
    }
