"""What is entered of changes and incidents (R20, R21): put in, and read back for a trend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from debt.moments import Changes, Tally
from storage import history
from storage.artifacts import Change
from storage.lists import Scope, ScopeKind, several
from storage.store import Session, insert_or_update
from storage.tables import OBSERVATION

O = OBSERVATION.c  # noqa: E741  # the columns' short name, as everywhere
_TALLIES = ("failed", "rolled_back", "comments", "loops", "follow_ups")


class Kind(StrEnum):
    CHANGE = "change"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Observed:
    """A reviewed change or an incident; None is not known, `failed` and the like are 0 or 1."""

    kind: Kind
    ref: str
    repo: str
    happened_on: date
    team: str | None = None
    artifact_id: int | None = None
    by_tool: bool | None = None
    review_minutes: int | None = None
    comments: int | None = None
    loops: int | None = None
    follow_ups: int | None = None
    failed: int | None = None
    rolled_back: int | None = None


async def put(session: Session, change: Change, some: Sequence[Observed]) -> set[int]:
    """Enters them; the last word on a change or an incident counts. One that names an artifact has
    its team unless it says another.

    The answer is which of the artifacts named are not on the register: nothing is entered then.
    """
    named = {each.artifact_id for each in some if each.artifact_id is not None}
    known = await several(session, sorted(named))
    missing = named - set(known)
    if some and not missing:
        teams = {number: artifact.team for number, artifact in known.items()}
        rows = [_row(each, teams, change) for each in some]
        await session.execute(insert_or_update(session, OBSERVATION), rows)
    return missing


def _row(each: Observed, teams: Mapping[int, str | None], change: Change) -> dict[str, Any]:
    team = each.team or teams.get(each.artifact_id or 0)
    return asdict(each) | {"team": team, "by": change.by, "at": change.at}


async def note(session: Session, change: Change, count: int, source: str) -> None:
    """One entry in the history for all that came from one place."""
    said = history.Said(None, None, {"entries": count})
    history.record(session, history.Draft(change.at, change.by, "observations", source, said))


@dataclass(frozen=True, slots=True)
class OfDay:
    """What happened on one day."""

    tools: Changes
    people: Changes
    incidents: Tally


async def by_day(session: Session, scope: Scope, first: date, last: date) -> dict[date, OfDay]:
    """What happened in a scope on each day on which anything did, both days included."""
    those = and_(_within(scope), O.happened_on.between(first, last))
    incidents = await _incidents(session, those)
    changes = {of_tools: await _changes(session, those, of_tools) for of_tools in (True, False)}
    days = {*incidents, *changes[True], *changes[False]}
    return {
        day: OfDay(
            changes[True].get(day, Changes()),
            changes[False].get(day, Changes()),
            incidents.get(day, Tally()),
        )
        for day in days
    }


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.kind is ScopeKind.ALL else O[scope.kind] == scope.name


async def _incidents(session: Session, those: ColumnElement[bool]) -> dict[date, Tally]:
    question = select(O.happened_on, func.count(O.artifact_id), func.count())
    here = question.where(those, O.kind == Kind.INCIDENT).group_by(O.happened_on)
    return {day: Tally(ours, every) for day, ours, every in await session.execute(here)}


async def _changes(
    session: Session, those: ColumnElement[bool], of_tools: bool
) -> dict[date, Changes]:
    here = and_(those, O.kind == Kind.CHANGE, O.by_tool.is_(of_tools))
    sums = (each for name in _TALLIES for each in (func.sum(O[name]), func.count(O[name])))
    rows = await session.execute(select(O.happened_on, *sums).where(here).group_by(O.happened_on))
    waits = await _review_minutes(session, here)
    return {row[0]: _as_changes(row[1:], waits.get(row[0], ())) for row in rows}


def _as_changes(sums: Sequence[int | None], waits: Iterable[int]) -> Changes:
    tallies: Mapping[str, Tally] = {
        name: Tally(int(sums[2 * at] or 0), int(sums[2 * at + 1] or 0))
        for at, name in enumerate(_TALLIES)
    }
    return Changes(tuple(waits), **tallies)


async def _review_minutes(session: Session, here: ColumnElement[bool]) -> dict[date, list[int]]:
    """Each one, since a median cannot be added up."""
    question = select(O.happened_on, O.review_minutes).where(here, O.review_minutes.is_not(None))
    found: dict[date, list[int]] = {}
    for day, minutes in await session.execute(question):
        found.setdefault(day, []).append(minutes)
    return found


async def blamed(session: Session, scope: Scope, since: date, limit: int) -> list[int]:
    """The artifacts that incidents since that day named, the one named most often first."""
    those = and_(_within(scope), O.happened_on >= since, O.artifact_id.is_not(None))
    question = select(O.artifact_id, func.count()).where(those).group_by(O.artifact_id)
    most = question.order_by(func.count().desc(), O.artifact_id).limit(limit)
    return [row[0] for row in await session.execute(most)]
