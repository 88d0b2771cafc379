"""Work that is to buy hours back (R13): planned, begun, done or dropped, each by one verb."""

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
    Stakes,
    WorkKind,
    require_next,
    require_stakes,
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
from storage.tables import ARTIFACT, INITIATIVE, Initiative

A, I = ARTIFACT.c, INITIATIVE.c  # noqa: E741  # as the others: a table's initial
LONGEST_TITLE = 200
_SAID = (
    "kind", "title", "scope", "scope_name", "before_minutes", "after_minutes", "cost_minutes",
    "starts_on", "state", "done_on",
)  # fmt: skip
_LATEST = (I.at.desc(), I.id.desc())
_UNDONE = text("initiative.state IN ('planned', 'doing')")


def stakes_of(initiative: Initiative) -> Stakes:
    return Stakes(initiative.before_minutes, initiative.after_minutes, initiative.cost_minutes)


def scope_of(initiative: Initiative) -> Scope:
    """Of other work; that on an artifact is where the artifact is."""
    return Scope(ScopeKind(initiative.scope or ScopeKind.ALL), initiative.scope_name)


async def plan(
    session: Session, change: Change, artifact_id: int, intended: PlannedWork
) -> Initiative:
    """Work on an artifact; what was planned for it before and is not done yet is changed."""
    if intended.kind not in WITH_AN_ARTIFACT:
        raise Refused("An artifact is refactored, retired or regenerated.", field="kind")
    require_stakes(intended.stakes)
    artifact = await locked(session, artifact_id)
    change.require_may(Act.PLAN, artifact)
    require_live(artifact.key, artifact.stage)
    known = await open_on(session, artifact_id)
    before = _said(known) if known else None
    planned = _stated(known, change, intended)
    planned.artifact_id = artifact_id
    return await _keep(session, change, planned, before, "plan")


async def enter(
    session: Session, change: Change, title: str, scope: Scope, intended: PlannedWork
) -> Initiative:
    """Other operational work, with the hours a month it returns: it competes in the open."""
    change.require_may(Act.PLAN)
    if intended.kind not in OPERATIONAL:
        raise Refused("Work on an artifact is planned on the artifact.", field="kind")
    if scope.kind is ScopeKind.ALL:
        raise Refused("Say whose work: team:x, repo:x or service:x.", field="scope")
    title = " ".join(clean_field("title", title).split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refused(f"Say what it is, in at most {LONGEST_TITLE} characters.", field="title")
    require_stakes(intended.stakes)
    entered = _stated(None, change, intended)
    entered.title, entered.scope, entered.scope_name = title, scope.kind, scope.name
    return await _keep(session, change, entered, None, "plan")


def _stated(known: Initiative | None, change: Change, intended: PlannedWork) -> Initiative:
    """What is known with what is said of it now, or something new."""
    stakes = intended.stakes
    said: dict[str, Any] = {
        "kind": intended.kind,
        "before_minutes": stakes.before,
        "after_minutes": stakes.after,
        "cost_minutes": stakes.cost,
        "starts_on": intended.starts_on,
        "stated_by": change.by,
        "at": change.at,
    }
    if known:
        return known.sqlmodel_update(said)
    return Initiative(state=PlanState.PLANNED, **said)


async def move(
    session: Session, change: Change, initiative_id: int, state: PlanState
) -> Initiative:
    """Begun, done today, or dropped. Refused for what is done or dropped already, and for retiring
    something as done while it is there: its promise would be kept by nobody's logging any hours.
    """
    found = await require(session, initiative_id)
    artifact = await locked(session, found.artifact_id) if found.artifact_id else None
    change.require_may(Act.PLAN, artifact)
    await session.refresh(found, with_for_update=True)
    if artifact and artifact.live and (found.kind, state) == (WorkKind.RETIRE, PlanState.DONE):
        key = artifact.key
        raise Refused(f"{key} is still there. “retire {key}” ends it, and is done with this, too.")
    return await _move(session, change, found, state)


async def ended(session: Session, change: Change, artifact: Artifact) -> None:
    """What was planned for an artifact is done once it has ended. Needs the artifact locked."""
    planned = await open_on(session, artifact.id)
    if planned:
        await _move(session, change, planned, PlanState.DONE)


async def _move(
    session: Session, change: Change, initiative: Initiative, state: PlanState
) -> Initiative:
    require_next(PlanState(initiative.state), state)
    before = _said(initiative)
    initiative.state = state
    initiative.done_on = change.today if state is PlanState.DONE else None
    return await _keep(session, change, initiative, before, _ACTION[state])


_ACTION = {
    PlanState.DOING: "plan begun",
    PlanState.DONE: "plan done",
    PlanState.DROPPED: "plan dropped",
}


async def _keep(
    session: Session,
    change: Change,
    initiative: Initiative,
    before: dict[str, Any] | None,
    action: str,
) -> Initiative:
    """Writes it with its history entry, which has what differs; none where nothing does."""
    session.add(initiative)
    await session.flush()
    was, after = before or dict.fromkeys(_SAID), _said(initiative)
    changed = [name for name in after if was[name] != after[name]]
    if changed:
        then = {name: was[name] for name in changed} if before else None
        said = history.Event(initiative.artifact_id, then, {name: after[name] for name in changed})
        draft = history.Draft(change.at, change.by, action, _reason(initiative), said)
        history.record(session, draft)
    return initiative


def _reason(initiative: Initiative) -> str:
    """What it is about, for who reads the history."""
    if initiative.artifact_id:
        return f"{initiative.kind} of {key_of(initiative.artifact_id)}"
    return f"{initiative.kind} for {scope_of(initiative)}: {initiative.title}"


def _said(initiative: Initiative) -> dict[str, Any]:
    said = {name: getattr(initiative, name) for name in _SAID}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
    }


async def require(session: Session, initiative_id: int) -> Initiative:
    found = await session.get(Initiative, initiative_id)
    if found is None:
        raise Refused("There is no such work planned.")
    return found


async def open_on(session: Session, artifact_id: int) -> Initiative | None:
    """What is planned for an artifact and not done yet."""
    question = select(Initiative).where(col(Initiative.artifact_id) == artifact_id, _UNDONE)
    return (await session.execute(question)).scalar_one_or_none()


async def open_in(session: Session, scope: Scope, limit: int) -> list[Initiative]:
    """What is planned or under way in a scope, what was said last first."""
    found = [
        *(await session.execute(_on_artifacts(scope).where(_UNDONE).limit(limit))).scalars(),
        *(await session.execute(_others(scope).where(_UNDONE).limit(limit))).scalars(),
    ]
    return sorted(found, key=lambda each: (each.at, each.id or 0), reverse=True)[:limit]


async def done_in(session: Session, scope: Scope, first: date, last: date) -> list[Initiative]:
    """Work on artifacts of a scope that was done within these days, the newest first; at most
    `CHECKED`.
    """
    question = _on_artifacts(scope).where(I.state == PlanState.DONE, I.done_on.between(first, last))
    newest = question.order_by(None).order_by(I.done_on.desc(), I.id.desc()).limit(CHECKED)
    return list((await session.execute(newest)).scalars())


CHECKED = 100


def _on_artifacts(scope: Scope) -> Select[Any]:
    question = select(Initiative).join(ARTIFACT, A.id == I.artifact_id)
    return within(question, scope).order_by(*_LATEST)


def _others(scope: Scope) -> Select[Any]:
    question = select(Initiative).where(I.artifact_id.is_(None))
    if scope.kind is not ScopeKind.ALL:
        question = question.where(I.scope == scope.kind, I.scope_name == scope.name)
    return question.order_by(*_LATEST)
