"""People as Slack knows them, and whether they may own something."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select, union, update
from sqlmodel import col

from debt.artifact.artifact import Artifact
from debt.change import Change
from debt.refusal import Refused
from storage.database.store import Session, Store, insert_new
from storage.register.artifacts import COLUMNS as ARTIFACT_COLUMNS
from storage.register.artifacts import artifact_of, save, unchanging
from storage.tables import ARTIFACT, MATTER, PERSON, TEAM_MEMBER, PersonRow


async def person(session: Session, slack_id: str) -> PersonRow | None:
    return await session.get(PersonRow, slack_id)


async def glance(store: Store, slack_id: str) -> PersonRow | None:
    """As `person`, in a look of its own."""
    rows = await store.glance(_BY_ID, {"slack_id": slack_id})
    return PersonRow(**rows[0]) if rows else None


_BY_ID = select(PERSON).where(PERSON.c.slack_id == bindparam("slack_id"))


async def keep(session: Session, seen: PersonRow) -> PersonRow:
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
    question = select(col(PersonRow.email), col(PersonRow.slack_id)).where(
        col(PersonRow.email).in_(emails)
    )
    return {email: known for email, known in await session.execute(question) if email}


async def names(session: Session, slack_ids: Sequence[str]) -> dict[str, str]:
    """Display names of those that were seen."""
    question = select(PersonRow).where(col(PersonRow.slack_id).in_(set(slack_ids)))
    return {seen.slack_id: seen.name for seen in (await session.execute(question)).scalars()}


def require_can_own(candidate: PersonRow) -> None:
    """Refused for who cannot answer for an artifact."""
    why = _why_not(candidate)
    if why:
        raise Refused(f"{candidate.name} {why}, so it cannot go there. Choose a colleague.")


def _why_not(candidate: PersonRow) -> str | None:
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
    """Owners of live artifacts, and who is to hear of one, whom Slack was not asked about since
    then, in their own order.

    An e-mail is always among them, until Slack knows whose it is. A page; the next one starts
    `after` the last of this one, so that those Slack never knows keep nobody from their turn.
    """
    owning = _unseen(ARTIFACT.c.owner, before, after, limit).where(ARTIFACT.c.live)
    hearing = _unseen(MATTER.c.person, before, after, limit)
    either = union(owning.subquery().select(), hearing.subquery().select()).subquery()
    question = select(either.c.who).order_by(either.c.who).limit(limit)
    return list((await session.execute(question)).scalars())


def _unseen(who: Any, before: datetime, after: str, limit: int) -> Select[Any]:
    seen = select(PERSON.c.slack_id).where(PERSON.c.slack_id == who, PERSON.c.seen_at >= before)
    question = select(who.label("who")).where(who > after, ~seen.exists()).distinct()
    return question.order_by(who).limit(limit)


async def owner_is(session: Session, change: Change, owner: str, found: PersonRow | None) -> int:
    """Brings every live artifact of an owner in step with what Slack says; how many changed.

    An e-mail becomes the Slack id it belongs to; an owner who is gone makes orphans, one who is
    back makes none. What belongs to a team that its owner has left is an orphan, too.
    """
    now_owner = found.slack_id if found else owner
    left = await _teams_left(session, now_owner)
    why = _why_gone(found)
    A = ARTIFACT.c  # noqa: N806  # the columns' short name
    question = select(A.id, A.team, A.owner_gone).where(A.live, A.owner == owner)
    gone = {row.id: why or _left(row.team, left) for row in await session.execute(question)}
    known = {row.id: row.owner_gone for row in await session.execute(question)}
    odd = [number for number in gone if now_owner != owner or bool(gone[number]) != known[number]]
    rows = await session.execute(
        unchanging(select(*ARTIFACT_COLUMNS).where(A.id.in_(odd), A.owner == owner))
    )
    changed = 0
    for row in rows.mappings().all():
        old = artifact_of(row)
        changed += await _in_step(session, change, old, now_owner, gone[old.id])
    return changed


def _why_gone(found: PersonRow | None) -> str:
    """Empty for somebody who is there."""
    away = found is None or _why_not(found) is not None
    return "Slack says that the owner is no longer there" if away else ""


def _left(team: str | None, left: set[str]) -> str:
    return f"the owner has left the team {team}" if team in left else ""


async def _in_step(session: Session, change: Change, old: Artifact, owner: str, gone: str) -> bool:
    new = replace(old, owner=owner, owner_gone=bool(gone))
    why = gone or "Slack knows the owner"
    await save(session, change, old, new, action="owner checked", reason=why)
    return new != old


async def _teams_left(session: Session, who: str) -> set[str]:
    M = TEAM_MEMBER.c  # noqa: N806  # as above
    question = select(M.team).where(M.person == who, M.left_on.is_not(None))
    return set((await session.execute(question)).scalars())


async def team_is(
    session: Session, change: Change, team: str, members: frozenset[str]
) -> list[str]:
    """Writes down who is in a team now; who left it or came back since it was last asked."""
    M = TEAM_MEMBER.c  # noqa: N806  # as above
    question = select(M.person, M.left_on).where(M.team == team)
    known = {row.person: row.left_on for row in await session.execute(question)}
    new = [{"team": team, "person": who} for who in sorted(members - set(known))]
    if new:
        await session.execute(insert_new(session, TEAM_MEMBER), new)
    left = sorted(who for who, since in known.items() if since is None and who not in members)
    back = sorted(who for who, since in known.items() if since is not None and who in members)
    for people, day in ((left, change.today), (back, None)):
        theirs = update(TEAM_MEMBER).where(M.team == team, M.person.in_(people))
        await session.execute(theirs.values(left_on=day))
    return left + back
