"""Reviewed changes, incidents and workarounds (R20, R21): entered, and summed for a trend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true

from debt.change import Change
from debt.metrics.conditions import ObservationKind
from debt.metrics.figures import ReviewedChanges, Tally
from debt.scope import Scope, ScopeKind
from storage.database import history
from storage.database.store import Session, insert_or_update
from storage.register.queries import several
from storage.tables import OBSERVATION

O = OBSERVATION.c  # noqa: E741  # the columns' short name, as everywhere
_TALLIES = ("failed", "rolled_back", "comments", "loops", "follow_ups")


@dataclass(frozen=True, slots=True)
class Observed:
    """A reviewed change, an incident, or a workaround that people use instead of an artifact.

    None is not known; `failed` and `rolled_back` are 0 or 1, the other tallies are numbers.
    """

    kind: ObservationKind
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


async def put(session: Session, change: Change, entries: Sequence[Observed]) -> set[int]:
    """Enters observations; a later one of the same kind, repository and id replaces the earlier.
    One without a team gets that of the artifact it names.

    Returns the numbers of named artifacts that are not on the register; nothing is entered then.
    """
    named = {entry.artifact_id for entry in entries if entry.artifact_id is not None}
    artifacts = await several(session, sorted(named))
    missing = named - set(artifacts)
    if entries and not missing:
        teams = {number: artifact.team for number, artifact in artifacts.items()}
        rows = [_row(entry, teams, change) for entry in entries]
        await session.execute(insert_or_update(session, OBSERVATION), rows)
    return missing


def _row(entry: Observed, teams: Mapping[int, str | None], change: Change) -> dict[str, Any]:
    team = entry.team or teams.get(entry.artifact_id or 0)
    return asdict(entry) | {"team": team, "by": change.by, "at": change.at}


async def note(session: Session, change: Change, count: int, source: str) -> None:
    """Writes one entry to the history for all observations from one source."""
    event = history.Event(None, None, {"entries": count})
    history.record(session, history.Draft(change.at, change.by, "observations", source, event))


@dataclass(frozen=True, slots=True)
class DayObservations:
    """Changes by tools and by people, incidents, and the number of workarounds of one day."""

    tools: ReviewedChanges = field(default_factory=ReviewedChanges)
    people: ReviewedChanges = field(default_factory=ReviewedChanges)
    incidents: Tally = field(default_factory=Tally)
    workarounds: int = 0


async def by_day(
    session: Session, scope: Scope, first: date, last: date
) -> dict[date, DayObservations]:
    """Observations of a scope by day, from `first` to `last`; without days that have none."""
    condition = and_(_within(scope), O.happened_on.between(first, last))
    sums = [amount for name in _TALLIES for amount in (func.sum(O[name]), func.count(O[name]))]
    keys = (O.happened_on, O.kind, O.by_tool)
    question = select(*keys, func.count(O.artifact_id), func.count(), *sums).where(condition)
    rows = (await session.execute(question.group_by(*keys))).all()
    waits = await _review_minutes(session, condition) if rows else {}
    days: dict[date, DayObservations] = {}
    for day, kind, by_tool, ours, every, *tallies in rows:
        of_day = days.get(day, DayObservations())
        changes = _as_changes(tallies, waits.get((day, by_tool), ()))
        if kind == ObservationKind.INCIDENT:
            days[day] = replace(of_day, incidents=Tally(ours, every))
        elif kind == ObservationKind.WORKAROUND:
            days[day] = replace(of_day, workarounds=every)
        elif by_tool:
            days[day] = replace(of_day, tools=changes)
        else:
            days[day] = replace(of_day, people=changes)
    return days


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.kind is ScopeKind.ALL else O[scope.kind] == scope.name


def _as_changes(sums: Sequence[int | None], waits: Iterable[int]) -> ReviewedChanges:
    """Reviewed changes from review minutes and, for each of `_TALLIES`, its sum and its number."""
    tallies: Mapping[str, Tally] = {
        name: Tally(int(total or 0), int(of or 0))
        for name, total, of in zip(_TALLIES, sums[::2], sums[1::2], strict=True)
    }
    return ReviewedChanges(tuple(waits), **tallies)


async def _review_minutes(
    session: Session, condition: ColumnElement[bool]
) -> dict[tuple[date, bool], list[int]]:
    """The minutes of every review, by day and whether a tool wrote the change: medians cannot be
    added up.
    """
    question = select(O.happened_on, O.by_tool, O.review_minutes)
    waits: dict[tuple[date, bool], list[int]] = {}
    for day, by_tool, minutes in await session.execute(
        question.where(condition, O.review_minutes.is_not(None))
    ):
        waits.setdefault((day, by_tool), []).append(minutes)
    return waits


async def blamed(
    session: Session, scope: Scope, kind: ObservationKind, since: date, limit: int
) -> list[int]:
    """The numbers of artifacts that observations of a kind named since that day, most often named
    first.
    """
    named = and_(O.kind == kind, O.artifact_id.is_not(None))
    condition = and_(_within(scope), O.happened_on >= since, named)
    question = select(O.artifact_id, func.count()).where(condition).group_by(O.artifact_id)
    most = question.order_by(func.count().desc(), O.artifact_id).limit(limit)
    return [row[0] for row in await session.execute(most)]
