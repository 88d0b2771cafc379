"""Standings change by themselves as days pass and policies change; here they are woken."""

from typing import Any

from sqlalchemy import and_, bindparam, select, update

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.policy.changes import changes, moves_standings
from debt.policy.policy import Policy, built_in
from storage.database import history
from storage.database.store import Session
from storage.register.artifacts import COLUMNS, artifact_of, lock_all, row_of, unchanging
from storage.tables import ARTIFACT, HEAD

CHUNK = 500


async def wake(session: Session, change: Change) -> int:
    """Renews the standings whose day has come, a chunk at a time; how many were renewed."""
    due = and_(ARTIFACT.c.live, ARTIFACT.c.wakes_on <= change.today)
    some = (await session.execute(select(ARTIFACT.c.id).where(due).limit(CHUNK))).scalars().all()
    question = unchanging(select(*COLUMNS).where(ARTIFACT.c.id.in_(some), due))
    rows = (await session.execute(question)).mappings().all()
    renewed = [_renewed(artifact_of(row), change) for row in rows]
    if renewed:
        connection = await session.connection()
        await connection.execute(_RENEW, renewed)
    return len(some)


_OWN = {column.name for column in COLUMNS}
_DERIVED = tuple(column.name for column in ARTIFACT.c if column.name not in _OWN)
_RENEW = (
    update(ARTIFACT)
    .where(ARTIFACT.c.id == bindparam("this"))
    .values({name: bindparam(f"new_{name}") for name in _DERIVED})
)


def _renewed(artifact: Artifact, change: Change) -> dict[str, Any]:
    row = row_of(artifact, change.policy, change.today)
    return {f"new_{name}": row[name] for name in _DERIVED} | {"this": artifact.id}


async def follow_policy(session: Session, change: Change) -> bool:
    """Marks every live standing for renewal where the policy is not the one they follow; a change
    that only scans ask about moves none.
    """
    if await follows(session, change.policy):
        return False
    await lock_all(session)
    question = select(HEAD.c.policy, HEAD.c.policy_text).with_for_update()
    known, known_text = (await session.execute(question)).one()
    fingerprint, text = change.policy.fingerprint, change.policy.as_json()
    if known == fingerprint:
        return False
    await session.execute(update(HEAD).values(policy=fingerprint, policy_text=text))
    was, is_now = _changes(known, known_text, text)
    if not (known and was) or moves_standings(was):
        await session.execute(update(ARTIFACT).where(ARTIFACT.c.live).values(wakes_on=change.today))
    said = history.Event(None, {"policy": known} | was, {"policy": fingerprint} | is_now)
    history.record(session, history.Draft(change.at, change.by, "policy changed", "", said))
    return True


def _changes(known: str, old: Any, new: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Key by key. A first policy is told by what is not as built in; an old register that kept
    no more than a fingerprint cannot tell.
    """
    if old is None and known:
        return {}, {}
    return changes(old or built_in().as_json(), new)


async def follows_another(session: Session, policy: Policy) -> bool:
    """Whether a process keeps standings by a different policy; a fresh register has none yet."""
    known = (await session.execute(select(HEAD.c.policy))).scalar_one()
    return known not in {"", policy.fingerprint}


async def follows(session: Session, policy: Policy) -> bool:
    known = (await session.execute(select(HEAD.c.policy))).scalar_one()
    return bool(known == policy.fingerprint)
