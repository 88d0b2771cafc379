"""Plans of work that buys hours back (R13): planned, begun, done or dropped, each by one verb."""

from datetime import date
from typing import Any

from sqlalchemy import Select, select, text
from sqlmodel import col

from debt.artifact.artifact import Artifact, key_of
from debt.artifact.lifecycle import require_live
from debt.budgets.roi import (
    OPERATIONAL,
    WITH_AN_ARTIFACT,
    PlannedWork,
    PlanState,
    Promise,
    WorkKind,
    require_next,
    require_promise,
)
from debt.change import Change
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from debt.scope import Scope, ScopeKind
from debt.text import clean_field
from storage.database import history
from storage.database.store import Session
from storage.register.artifacts import locked
from storage.register.queries import within
from storage.tables import ARTIFACT, ROI_PLAN, RoiPlan

A, I = ARTIFACT.c, ROI_PLAN.c  # noqa: E741  # as the others: a table's initial
LONGEST_TITLE = 200
_RECORDED = (
    "kind", "title", "scope", "scope_name", "before_minutes", "after_minutes", "cost_minutes",
    "starts_on", "state", "done_on",
)  # fmt: skip
_LATEST = (I.at.desc(), I.id.desc())
_UNDONE = text("initiative.state IN ('planned', 'doing')")


def promise_of(plan: RoiPlan) -> Promise:
    return Promise(plan.before_minutes, plan.after_minutes, plan.cost_minutes)


def scope_of(plan: RoiPlan) -> Scope:
    """The scope of other work; work on an artifact has that of the artifact."""
    return Scope(ScopeKind(plan.scope or ScopeKind.ALL), plan.scope_name)


async def plan(session: Session, change: Change, artifact_id: int, work: PlannedWork) -> RoiPlan:
    """Plans work on an artifact, or changes its plan that is not done yet.

    Refused for a kind of work that is not done on an artifact, and for an ended artifact.
    """
    if work.kind not in WITH_AN_ARTIFACT:
        raise Refused("An artifact is refactored, retired or regenerated.", field="kind")
    require_promise(work.promise)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.PLAN, artifact)
    require_live(artifact.key, artifact.stage)
    earlier = await open_on(session, artifact_id)
    before = _recorded(earlier) if earlier else None
    plan = _stated(earlier, change, work)
    plan.artifact_id = artifact_id
    return await _keep(session, change, plan, before, "plan")


async def plan_other(
    session: Session, change: Change, title: str, scope: Scope, work: PlannedWork
) -> RoiPlan:
    """Plans other operational work for a scope, with the hours a month that it returns.

    Refused for work on an artifact, for everything as its scope, and for an empty or long title.
    """
    change.require_may(Act.PLAN)
    if work.kind not in OPERATIONAL:
        raise Refused("Work on an artifact is planned on the artifact.", field="kind")
    if scope.kind is ScopeKind.ALL:
        raise Refused("Say whose work: team:x, repo:x or service:x.", field="scope")
    title = " ".join(clean_field("title", title).split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(f"Say what it is, in at most {LONGEST_TITLE} characters.", field="title")
    require_promise(work.promise)
    plan = _stated(None, change, work)
    plan.title, plan.scope, plan.scope_name = title, scope.kind, scope.name
    return await _keep(session, change, plan, None, "plan")


def _stated(earlier: RoiPlan | None, change: Change, work: PlannedWork) -> RoiPlan:
    """The earlier plan as it is stated now, or a new one."""
    promise = work.promise
    stated: dict[str, Any] = {
        "kind": work.kind,
        "before_minutes": promise.before,
        "after_minutes": promise.after,
        "cost_minutes": promise.cost,
        "starts_on": work.starts_on,
        "stated_by": change.by,
        "at": change.at,
    }
    if earlier:
        return earlier.sqlmodel_update(stated)
    return RoiPlan(state=PlanState.PLANNED, **stated)


async def move(session: Session, change: Change, plan_id: int, state: PlanState) -> RoiPlan:
    """Notes that work has begun, is done today, or is dropped. Refused for a plan that is done or
    dropped already, and for a retirement that is said to be done while its artifact lives: with no
    hours logged its promise would count as kept.
    """
    plan = await require(session, plan_id)
    artifact = await locked(session, plan.artifact_id) if plan.artifact_id else None
    change.require_may(Act.PLAN, artifact)
    await session.refresh(plan, with_for_update=True)
    if artifact and artifact.live and (plan.kind, state) == (WorkKind.RETIRE, PlanState.DONE):
        key = artifact.key
        raise Refused(f"{key} is still there. “retire {key}” ends it, and is done with this, too.")
    return await _move(session, change, plan, state)


async def ended(session: Session, change: Change, artifact: Artifact) -> None:
    """Notes the plan of an artifact that has ended as done. Needs the artifact locked."""
    plan = await open_on(session, artifact.id)
    if plan:
        await _move(session, change, plan, PlanState.DONE)


async def _move(session: Session, change: Change, plan: RoiPlan, state: PlanState) -> RoiPlan:
    require_next(PlanState(plan.state), state)
    before = _recorded(plan)
    plan.state = state
    plan.done_on = change.today if state is PlanState.DONE else None
    return await _keep(session, change, plan, before, _ACTION[state])


_ACTION = {
    PlanState.DOING: "plan begun",
    PlanState.DONE: "plan done",
    PlanState.DROPPED: "plan dropped",
}


async def _keep(
    session: Session,
    change: Change,
    plan: RoiPlan,
    before: dict[str, Any] | None,
    action: str,
) -> RoiPlan:
    """Writes the plan, and a history entry with what differs; no entry where nothing does."""
    session.add(plan)
    await session.flush()
    was, after = before or dict.fromkeys(_RECORDED), _recorded(plan)
    changed = [name for name in after if was[name] != after[name]]
    if changed:
        then = {name: was[name] for name in changed} if before else None
        event = history.Event(plan.artifact_id, then, {name: after[name] for name in changed})
        draft = history.Draft(change.at, change.by, action, _reason(plan), event)
        history.record(session, draft)
    return plan


def _reason(plan: RoiPlan) -> str:
    """What the plan is about, for readers of the history."""
    if plan.artifact_id:
        return f"{plan.kind} of {key_of(plan.artifact_id)}"
    return f"{plan.kind} for {scope_of(plan)}: {plan.title}"


def _recorded(plan: RoiPlan) -> dict[str, Any]:
    """The fields that the history keeps, dates as text."""
    return history.dates_as_text({name: getattr(plan, name) for name in _RECORDED})


async def require(session: Session, plan_id: int) -> RoiPlan:
    plan = await session.get(RoiPlan, plan_id)
    if plan is None:
        raise Refused("There is no such work planned.")
    return plan


async def open_on(session: Session, artifact_id: int) -> RoiPlan | None:
    """The plan of an artifact that is neither done nor dropped; None where there is none."""
    question = select(RoiPlan).where(col(RoiPlan.artifact_id) == artifact_id, _UNDONE)
    return (await session.execute(question)).scalar_one_or_none()


async def open_in(session: Session, scope: Scope, limit: int) -> list[RoiPlan]:
    """The plans of a scope that are planned or under way, the one stated last first."""
    plans = [
        *(await session.execute(_on_artifacts(scope).where(_UNDONE).limit(limit))).scalars(),
        *(await session.execute(_others(scope).where(_UNDONE).limit(limit))).scalars(),
    ]
    return sorted(plans, key=lambda plan: (plan.at, plan.id or 0), reverse=True)[:limit]


async def done_in(session: Session, scope: Scope, first: date, last: date) -> list[RoiPlan]:
    """Plans on artifacts of a scope done from `first` to `last`, the newest first; at most
    `CHECKED`.
    """
    question = _on_artifacts(scope).where(I.state == PlanState.DONE, I.done_on.between(first, last))
    newest = question.order_by(None).order_by(I.done_on.desc(), I.id.desc()).limit(CHECKED)
    return list((await session.execute(newest)).scalars())


CHECKED = 100


def _on_artifacts(scope: Scope) -> Select[Any]:
    question = select(RoiPlan).join(ARTIFACT, A.id == I.artifact_id)
    return within(question, scope).order_by(*_LATEST)


def _others(scope: Scope) -> Select[Any]:
    question = select(RoiPlan).where(I.artifact_id.is_(None))
    if scope.kind is not ScopeKind.ALL:
        question = question.where(I.scope == scope.kind, I.scope_name == scope.name)
    return question.order_by(*_LATEST)
