"""Standings change by themselves as days pass and policies change; here they are woken."""

from sqlalchemy import select, update

from debt.policy import Policy
from storage import history
from storage.artifacts import COLUMNS, Change, artifact_of, lock_all, row_of
from storage.store import Session
from storage.tables import ARTIFACT, HEAD

CHUNK = 500


async def wake(session: Session, change: Change) -> int:
    """Renews the standings whose day has come, a chunk at a time; how many were renewed."""
    due = ARTIFACT.c.wakes_on <= change.today
    question = select(*COLUMNS).where(ARTIFACT.c.live, due).limit(CHUNK).with_for_update()
    rows = (await session.execute(question)).mappings().all()
    for row in rows:
        artifact = artifact_of(row)
        derived = row_of(artifact, change.policy, change.today)
        own = {column.name for column in COLUMNS}
        values = {name: value for name, value in derived.items() if name not in own}
        await session.execute(update(ARTIFACT).where(ARTIFACT.c.id == artifact.id).values(values))
    return len(rows)


async def follow_policy(session: Session, change: Change) -> bool:
    """Marks every live standing for renewal where the policy is not the one they follow."""
    if await follows(session, change.policy):
        return False
    await lock_all(session)
    known = (await session.execute(select(HEAD.c.policy).with_for_update())).scalar_one()
    fingerprint = change.policy.fingerprint
    if known == fingerprint:
        return False
    await session.execute(update(HEAD).values(policy=fingerprint))
    await session.execute(update(ARTIFACT).where(ARTIFACT.c.live).values(wakes_on=change.today))
    said = history.Said(None, {"policy": known}, {"policy": fingerprint})
    history.record(session, history.Draft(change.at, change.by, "policy changed", "", said))
    return True


async def follows_another(session: Session, policy: Policy) -> bool:
    """Whether a process keeps standings by a different policy; a fresh register has none yet."""
    known = (await session.execute(select(HEAD.c.policy))).scalar_one()
    return known not in {"", policy.fingerprint}


async def follows(session: Session, policy: Policy) -> bool:
    known = (await session.execute(select(HEAD.c.policy))).scalar_one()
    return bool(known == policy.fingerprint)
