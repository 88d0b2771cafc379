"""People as Slack knows them, and whether they may own something."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from debt.artifact import Artifact
from debt.refusal import Refused
from storage.artifacts import COLUMNS as ARTIFACT_COLUMNS
from storage.artifacts import Change, artifact_of, save, unchanging
from storage.store import Session, insert_new
from storage.tables import ARTIFACT, PERSON, Person


async def person(session: Session, slack_id: str) -> Person | None:
    return await session.get(Person, slack_id)


async def keep(session: Session, seen: Person) -> Person:
    """Writes what Slack said of somebody just now, over what it said before."""
    said = seen.model_dump()
    known = insert_new(session, PERSON).values(said)
    if (await session.execute(known.returning(PERSON.c.slack_id))).first() is None:
        await session.execute(update(PERSON).where(PERSON.c.slack_id == seen.slack_id).values(said))
    return seen


async def ids_by_email(session: Session, emails: set[str]) -> dict[str, str]:
    """The Slack ids behind e-mails, of those that were seen."""
    if not emails:
        return {}
    question = select(col(Person.email), col(Person.slack_id)).where(col(Person.email).in_(emails))
    return {email: known for email, known in await session.execute(question) if email}


async def names(session: Session, slack_ids: Sequence[str]) -> dict[str, str]:
    """Display names of those that were seen."""
    question = select(Person).where(col(Person.slack_id).in_(set(slack_ids)))
    return {seen.slack_id: seen.name for seen in (await session.execute(question)).scalars()}


def require_can_own(candidate: Person) -> None:
    """Refused for who cannot answer for an artifact."""
    why = _why_not(candidate)
    if why:
        raise Refused(f"{candidate.name} {why}, so it cannot go there. Choose a colleague.")


def _why_not(candidate: Person) -> str | None:
    if candidate.bot:
        return "is a bot"
    if not candidate.active:
        return "is deactivated in Slack"
    if candidate.stranger:
        return "belongs to another organization"
    return "is a guest here" if candidate.guest else None


async def owners_to_check(
    session: Session, before: datetime, limit: int, after: str = ""
) -> list[str]:
    """Owners of live artifacts whom Slack was not asked about since then, in their own order.

    An e-mail is always among them, until Slack knows whose it is. A page; the next one starts
    `after` the last of this one, so that those Slack never knows keep nobody from their turn.
    """
    owner = ARTIFACT.c.owner
    seen = select(PERSON.c.slack_id).where(PERSON.c.slack_id == owner, PERSON.c.seen_at >= before)
    question = (
        select(owner)
        .where(ARTIFACT.c.live, owner > after, ~seen.exists())
        .distinct()
        .order_by(owner)
        .limit(limit)
    )
    return list((await session.execute(question)).scalars())


async def owner_is(session: Session, change: Change, owner: str, found: Person | None) -> int:
    """Brings every live artifact of an owner in step with what Slack says; how many changed.

    An e-mail becomes the Slack id it belongs to; an owner who is gone makes orphans, one who is
    back makes none.
    """
    gone = found is None or _why_not(found) is not None
    now_owner = found.slack_id if found else owner
    question = select(*ARTIFACT_COLUMNS).where(ARTIFACT.c.live, ARTIFACT.c.owner == owner)
    if found and now_owner == owner:
        question = question.where(ARTIFACT.c.owner_gone.is_(not gone))
    changed = 0
    for row in (await session.execute(unchanging(question))).mappings().all():
        old = artifact_of(row)
        changed += await _in_step(session, change, old, now_owner, gone)
    return changed


async def _in_step(session: Session, change: Change, old: Artifact, owner: str, gone: bool) -> bool:
    new = replace(old, owner=owner, owner_gone=gone)
    await save(session, change, old, new, action="owner checked", reason=_WHY[gone])
    return new != old


_WHY = {True: "Slack says that the owner is no longer there", False: "Slack knows the owner"}
