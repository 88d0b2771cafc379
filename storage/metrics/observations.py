"""What is entered of changes and incidents (R20, R21): put in, and read back for a trend."""

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
    """A reviewed change, an incident, or what people do instead of using an artifact; None is not
    known, `failed` and the like are 0 or 1.
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
    said = history.Event(None, None, {"entries": count})
    history.record(session, history.Draft(change.at, change.by, "observations", source, said))


@dataclass(frozen=True, slots=True)
class DayObservations:
    """What happened on one day."""

    tools: ReviewedChanges = field(default_factory=ReviewedChanges)
    people: ReviewedChanges = field(default_factory=ReviewedChanges)
    incidents: Tally = field(default_factory=Tally)
    workarounds: int = 0


async def by_day(
    session: Session, scope: Scope, first: date, last: date
) -> dict[date, DayObservations]:
    """What happened in a scope on each day on which anything did, both days included."""
    those = and_(_within(scope), O.happened_on.between(first, last))
    sums = [each for name in _TALLIES for each in (func.sum(O[name]), func.count(O[name]))]
    told = (O.happened_on, O.kind, O.by_tool)
    question = select(*told, func.count(O.artifact_id), func.count(), *sums).where(those)
    rows = (await session.execute(question.group_by(*told))).all()
    waits = await _review_minutes(session, those) if rows else {}
    found: dict[date, DayObservations] = {}
    for day, kind, by_tool, ours, every, *tallies in rows:
        of_day = found.get(day, DayObservations())
        changes = _as_changes(tallies, waits.get((day, by_tool), ()))
        if kind == ObservationKind.INCIDENT:
            found[day] = replace(of_day, incidents=Tally(ours, every))
        elif kind == ObservationKind.WORKAROUND:
            found[day] = replace(of_day, workarounds=every)
        elif by_tool:
            found[day] = replace(of_day, tools=changes)
        else:
            found[day] = replace(of_day, people=changes)
    return found


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.kind is ScopeKind.ALL else O[scope.kind] == scope.name


def _as_changes(sums: Sequence[int | None], waits: Iterable[int]) -> ReviewedChanges:
    """Sum and number of each tally in turn."""
    tallies: Mapping[str, Tally] = {
        name: Tally(int(total or 0), int(of or 0))
        for name, total, of in zip(_TALLIES, sums[::2], sums[1::2], strict=True)
    }
    return ReviewedChanges(tuple(waits), **tallies)


async def _review_minutes(
    session: Session, those: ColumnElement[bool]
) -> dict[tuple[date, bool], list[int]]:
    """Each one, by its day and whether a tool wrote it, since a median cannot be added up."""
    question = select(O.happened_on, O.by_tool, O.review_minutes)
    found: dict[tuple[date, bool], list[int]] = {}
    for day, by_tool, minutes in await session.execute(
        question.where(those, O.review_minutes.is_not(None))
    ):
        found.setdefault((day, by_tool), []).append(minutes)
    return found


async def blamed(
    session: Session, scope: Scope, kind: ObservationKind, since: date, limit: int
) -> list[int]:
    """The artifacts that incidents, or workarounds, since that day named, the one named most often
    first.
    """
    named = and_(O.kind == kind, O.artifact_id.is_not(None))
    those = and_(_within(scope), O.happened_on >= since, named)
    question = select(O.artifact_id, func.count()).where(those).group_by(O.artifact_id)
    most = question.order_by(func.count().desc(), O.artifact_id).limit(limit)
    return [row[0] for row in await session.execute(most)]
