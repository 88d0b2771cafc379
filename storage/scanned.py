"""What a repository scan found, brought into the register without touching people's words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from debt.artifact import RATING_NAMES, Artifact, Stage
from debt.dates import default_expiry, default_review
from debt.evidence import Piece
from debt.facts import Facts, amend, create
from storage import evidence
from storage.artifacts import Change, add_all, lock_all, next_ids, save_all
from storage.lists import several
from storage.people import ids_by_email
from storage.store import Session
from storage.tables import ARTIFACT, HISTORY

_IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: how a scan knows it again, all that it says of a new artifact, and on what
    evidence.
    """

    identity: str
    facts: Facts
    pieces: tuple[Piece, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return self.facts["paths"]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of the findings; `ended` ones belong to artifacts whose life is over."""

    created: tuple[Artifact, ...]
    changed: tuple[tuple[Artifact, Artifact], ...]
    unchanged: int
    ended: int


async def put(
    session: Session, change: Change, repo: str, found: Sequence[Found], reason: str
) -> Scanned:
    """Adds what is new and renews what a scan had estimated; a second time changes nothing.

    A finding is known by its identity, else by a path it shares with a live artifact of the
    repository. What a person set stays: names, kinds, labels, owners, dates, ratings, and paths
    and dependants that somebody gave.
    """
    await lock_all(session)
    matches = _Matches(found, await _candidates(session, repo))
    changed = await _renewed(session, change, matches)
    created = await _created(session, change, matches.new)
    await add_all(session, change, created, action="scan", reason=reason)
    await save_all(session, change, changed, action="scan", reason=reason)
    await evidence.put(session, _evidence(matches, created))
    unchanged = len(matches.known) - len(changed)
    return Scanned(tuple(created), tuple(changed), unchanged, matches.ended)


async def _candidates(session: Session, repo: str) -> list[Any]:
    A = ARTIFACT.c  # noqa: N806  # the columns' short name, as in storage.lists
    question = select(A.id, A.scan_identity, A.paths, A.live).where(A.repo == repo).order_by(A.id)
    return list(await session.execute(question))


class _Matches:
    """Which artifact each finding is: `known` by id, with whether by its identity."""

    def __init__(self, found: Iterable[Found], candidates: Sequence[Any]) -> None:
        self.known: dict[int, tuple[Found, bool]] = {}
        self.new: list[Found] = []
        self.ended = 0
        self._by_identity = {row.scan_identity: row for row in candidates if row.scan_identity}
        self._at: dict[str, list[int]] = {}
        for row in candidates:
            for path in row.paths if row.live else ():
                self._at.setdefault(path, []).append(row.id)
        for each in [each for each in found if not self._by_name(each)]:
            self._by_path(each)

    def _by_name(self, found: Found) -> bool:
        row = self._by_identity.get(found.identity)
        if row is None:
            return False
        if row.live:
            self.known[row.id] = (found, True)
        else:
            self.ended += 1
        return True

    def _by_path(self, found: Found) -> None:
        at = (number for path in found.paths for number in self._at.get(path, ()))
        shared = Counter(number for number in at if number not in self.known)
        if shared:
            self.known[shared.most_common(1)[0][0]] = (found, False)
        else:
            self.new.append(found)


def _evidence(matches: _Matches, created: Sequence[Artifact]) -> evidence.Pieces:
    known = {number: found.pieces for number, (found, _) in matches.known.items()}
    return known | {
        artifact.id: found.pieces for artifact, found in zip(created, matches.new, strict=True)
    }


async def _renewed(
    session: Session, change: Change, matches: _Matches
) -> list[tuple[Artifact, Artifact]]:
    artifacts: dict[int, Artifact] = {}
    for some in _some(sorted(matches.known)):
        artifacts |= await several(session, some)
    said = await _said_by_people(session, list(_doubtful(artifacts, matches)))
    pairs = []
    for number, old in artifacts.items():
        found, by_identity = matches.known[number]
        facts = _estimates(found, said.get(number, frozenset()), by_identity)
        new = amend(old, facts, policy=change.policy)
        if _differs(old, new):
            pairs.append((old, new))
    return pairs


def _estimates(found: Found, said: frozenset[str], by_identity: bool) -> Facts:
    """Of all that a finding says, what a scan may renew."""
    facts = found.facts
    renewed = Facts(
        proxies=facts["proxies"], last_touched=facts["last_touched"], evidence=facts["evidence"]
    )
    if "dependants" not in said:
        renewed["dependants"] = facts["dependants"]
    if by_identity and "paths" not in said:
        renewed["paths"] = facts["paths"]
    return renewed


def _differs(old: Artifact, new: Artifact) -> bool:
    """Whether more than the words of an estimate changed: “silent for 12 days” does every day."""
    if replace(new, ratings=old.ratings) != old:
        return True
    return any(new.ratings[name].proxy != old.ratings[name].proxy for name in RATING_NAMES)


def _doubtful(artifacts: Mapping[int, Artifact], matches: _Matches) -> Iterator[int]:
    """Where the scan disagrees about something that a person may have said."""
    for number, artifact in artifacts.items():
        facts = matches.known[number][0].facts
        if (artifact.paths, artifact.dependants) != (facts["paths"], facts["dependants"]):
            yield number


async def _said_by_people(session: Session, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Which of paths and dependants somebody gave, by what the history tells."""
    H = HISTORY.c  # noqa: N806  # as above
    said: dict[int, frozenset[str]] = {}
    for some in _some(ids):
        question = select(H.artifact_id, H.before, H.after)
        question = question.where(H.artifact_id.in_(some), H.action != "scan")
        for row in await session.execute(question):
            said[row.artifact_id] = said.get(row.artifact_id, frozenset()) | _given(row)
    return said


def _given(row: Any) -> frozenset[str]:
    """A first entry tells every number; there, none means that nobody gave one."""
    after = row.after or {}
    named = {name for name in ("paths", "dependants") if name in after}
    return frozenset(name for name in named if row.before is not None or after[name])


async def _created(session: Session, change: Change, found: Sequence[Found]) -> list[Artifact]:
    if not found:
        return []
    emails = {owner for each in found if (owner := each.facts.get("owner"))}
    owners = await ids_by_email(session, emails)
    keys = await next_ids(session, len(found))
    return [_new(key, each, owners, change) for key, each in zip(keys, found, strict=True)]


def _new(key: int, found: Found, owners: Mapping[str, str], change: Change) -> Artifact:
    facts, owner = found.facts, found.facts.get("owner")
    if owner and owner in owners:
        facts = facts | Facts(owner=owners[owner])
    facts = _dated(facts, change) | facts
    return create(key, facts, stage=Stage.CREATED, today=change.today, policy=change.policy)


def _dated(facts: Facts, change: Change) -> Facts:
    """Nobody agreed to a date in the past: its time starts on the day it is registered."""
    kind = facts["kind"]
    label = facts.get("label", change.policy.kind(kind).label)
    return Facts(
        expires_on=default_expiry(kind, label, change.today, change.policy),
        review_on=default_review(kind, label, change.today, change.policy),
    )


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _IN_ONE_QUESTION):
        yield ids[start : start + _IN_ONE_QUESTION]
