"""What work in a scope would buy back, ranked, and what done work did (R13)."""

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
    returns,
    risk_after,
    usual_kind,
    usual_stakes,
)
from debt.policy.policy import Policy
from debt.rules.dates import shifted
from debt.rules.estimate import Basis, estimate
from debt.rules.hours import Work
from debt.scope import Scope
from storage.costs.roi_plans import done_in, open_in, stakes_of
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of
from storage.register.queries import several, within
from storage.tables import ARTIFACT, HOURS, Initiative

A, H = ARTIFACT.c, HOURS.c
CONSIDERED = 200


@dataclass(frozen=True, slots=True)
class WeighedWork:
    """Work that somebody planned, or an artifact that nobody has planned any on yet; `risk` is its
    rating now and after, `review_share` what of its hours was review, where any were logged;
    `basis` what the hours of now rest on, where nobody stated them with a plan.
    """

    kind: WorkKind
    gives: Return
    artifact: Artifact | None = None
    initiative: Initiative | None = None
    risk: tuple[int, int] | None = None
    review_share: float | None = None
    basis: Basis | None = None

    @property
    def review_saved(self) -> int | None:
        """Minutes a month."""
        if self.review_share is None:
            return None
        return round(self.gives.stakes.freed * self.review_share)


async def weighed(
    session: Session, scope: Scope, policy: Policy, today: date, horizon: int
) -> list[WeighedWork]:
    """What buys back most within the horizon first, planned or not; of what nobody planned, the
    `CONSIDERED` artifacts that cost most a month, and only what buys anything back. What was done
    is not proposed again before its promise is checked: its estimate is of the hours before.
    """
    planned = await open_in(session, scope, CONSIDERED)
    numbers = [each.artifact_id for each in planned if each.artifact_id]
    artifacts = await several(session, numbers)
    answered = artifacts.keys() | await _unchecked(session, scope, policy, today)
    costliest = await _costliest(session, scope)
    others = [each for each in costliest if each.id not in answered and _stays(each)]
    shares = await _review_shares(session, [*artifacts, *(each.id for each in others)])
    found = [
        weigh(each, artifacts.get(each.artifact_id or 0), policy, today, horizon, shares)
        for each in planned
    ]
    usual = (_weigh_usual(each, shares, policy, today, horizon) for each in others)
    found += [each for each in usual if each.gives.bought_back > 0]
    return sorted(found, key=_rank)


def _stays(artifact: Artifact) -> bool:
    """What is on its way out is not worth a plan."""
    return artifact.stage is not Stage.RETIRING


async def _unchecked(session: Session, scope: Scope, policy: Policy, today: date) -> set[int]:
    """Artifacts on which work was done of which it is too early to say what it brought."""
    months = policy.roi.check_months
    done = await done_in(session, scope, shifted(today, -32 * months), today)
    early = [each for each in done if each.done_on and today < check_on(each.done_on, months)]
    return {each.artifact_id for each in early if each.artifact_id}


def _rank(each: WeighedWork) -> tuple[int, int, int]:
    planned = each.initiative.id or 0 if each.initiative else 0
    return -each.gives.bought_back, each.artifact.id if each.artifact else 0, planned


async def _costliest(session: Session, scope: Scope) -> list[Artifact]:
    question = within(select(*COLUMNS).where(A.live), scope)
    most = question.order_by(A.expected_minutes.desc(), A.id.desc()).limit(CONSIDERED)
    return [artifact_of(row) for row in (await session.execute(most)).mappings()]


async def _review_shares(session: Session, numbers: Sequence[int]) -> Mapping[int, float]:
    """What part of all minutes logged on each was review; none for what has no minutes."""
    review = func.coalesce(func.sum(H.minutes).filter(H.kind == Work.REVIEW), 0)
    question = select(H.artifact_id, func.sum(H.minutes), review).where(H.artifact_id.in_(numbers))
    rows = await session.execute(question.group_by(H.artifact_id))
    return {number: int(part) / int(whole) for number, whole, part in rows if whole > 0}


_NO_SHARES: Mapping[int, float] = MappingProxyType({})


def weigh(
    initiative: Initiative,
    artifact: Artifact | None,
    policy: Policy,
    today: date,
    horizon: int,
    shares: Mapping[int, float] = _NO_SHARES,
) -> WeighedWork:
    """Work that somebody planned, on that artifact or on none."""
    kind = WorkKind(initiative.kind)
    gives = returns(stakes_of(initiative), initiative.starts_on, today, horizon, policy.roi)
    if artifact is None:
        return WeighedWork(kind, gives, initiative=initiative)
    risk = artifact.ratings.risk.value, risk_after(artifact, kind, policy)
    return WeighedWork(kind, gives, artifact, initiative, risk, shares.get(artifact.id))


def _weigh_usual(
    artifact: Artifact,
    shares: Mapping[int, float],
    policy: Policy,
    today: date,
    horizon: int,
) -> WeighedWork:
    kind = usual_kind(artifact, policy)
    gives = returns(usual_stakes(artifact, kind, policy), None, today, horizon, policy.roi)
    risk = artifact.ratings.risk.value, risk_after(artifact, kind, policy)
    basis = estimate(artifact, policy).basis
    return WeighedWork(kind, gives, artifact, None, risk, shares.get(artifact.id), basis)


@dataclass(frozen=True, slots=True)
class CheckedPromise:
    """Work that was done so long ago that its promise is set beside the hours since."""

    initiative: Initiative
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
    """Of how many promises anything is known, how many of those were kept, and of how many not."""

    known: int
    kept: int
    unknown: int


def record(checked: Sequence[CheckedPromise]) -> PromiseRecord:
    known = sum(each.verdict is not PromiseVerdict.UNKNOWN for each in checked)
    return PromiseRecord(known, sum(each.kept for each in checked), len(checked) - known)


async def checked(
    session: Session, scope: Scope, policy: Policy, today: date, since: date = date.min
) -> list[CheckedPromise]:
    """What came of its check since that day, the newest first."""
    months = policy.roi.check_months
    first = shifted(since, -32 * months)
    done = await done_in(session, scope, first, today)
    due = [
        each for each in done if each.done_on and since <= check_on(each.done_on, months) <= today
    ]
    artifacts = await several(session, [each.artifact_id or 0 for each in due])
    worked = await _worked_since(session, due, months)
    return [_checked(each, artifacts[each.artifact_id or 0], worked, policy) for each in due]


def _checked(
    initiative: Initiative, artifact: Artifact, worked: Mapping[int, int], policy: Policy
) -> CheckedPromise:
    months = policy.roi.check_months
    took = worked.get(initiative.id or 0, 0)
    said = check(WorkKind(initiative.kind), stakes_of(initiative), took, months)
    due_on = check_on(initiative.done_on or date.min, months)
    return CheckedPromise(initiative, artifact, due_on, said, said.verdict(policy.roi))


async def _worked_since(
    session: Session, done: Iterable[Initiative], months: int
) -> dict[int, int]:
    """Minutes logged on each one's artifact in the months after it was done, by its id."""
    spans = {
        each.id or 0: (each.artifact_id, each.done_on, check_on(each.done_on, months))
        for each in done
        if each.done_on
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
        key: sum(int(m) for n, day, m in rows if n == number and done_on < day <= until)
        for key, (number, done_on, until) in spans.items()
    }
