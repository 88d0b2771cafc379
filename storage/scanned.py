"""What a repository scan found, brought into the register without touching people's words."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from debt.artifact import RATING_NAMES, Artifact, Stage, key_of
from debt.dates import default_expiry, default_review
from debt.evidence import Piece
from debt.facts import USUAL_KIND, Facts, amend, create, require_kind
from debt.refusal import Refused
from debt.step import differing, in_conflict, registered, taken
from storage import evidence, retirement
from storage.artifacts import Change, add_all, lock_all, next_ids, save_all
from storage.lists import several
from storage.people import ids_by_email
from storage.store import Session
from storage.tables import ARTIFACT, HISTORY

_IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Said:
    """What a metadata block says, by the register's names, and where it says each: “src/x.py:3”.

    `where[""]` is where it begins. `key` is the artifact's number, if it gives one.
    """

    key: int | None
    facts: Facts
    where: Mapping[str, str]

    def at(self, name: str) -> str:
        return self.where.get(name, self.where[""])


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: how a scan knows it again, all that it says of a new artifact, and on what
    evidence.
    """

    identity: str
    facts: Facts
    pieces: tuple[Piece, ...] = ()
    said: Said | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return self.facts["paths"]

    @property
    def block(self) -> Facts:
        """What its metadata block says; nothing where it has none."""
        return self.said.facts if self.said else Facts()


@dataclass(frozen=True, slots=True)
class Conflict:
    """What register and block say of one thing; the register's word stays."""

    key: str
    field: str
    register: object
    file: object
    where: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of the findings; `ended` ones belong to artifacts whose life is over.

    `refused` says what of a metadata block the register could not take, a line each. `finished`
    were on their way out and have ended, since none of their paths is left; `missing` are the keys
    of others of which the same is true.
    """

    created: tuple[Artifact, ...]
    changed: tuple[tuple[Artifact, Artifact], ...]
    unchanged: int
    ended: int
    conflicts: tuple[Conflict, ...] = ()
    refused: tuple[str, ...] = ()
    finished: tuple[Artifact, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class _Answers:
    """What is told of the metadata blocks while they are brought in."""

    conflicts: list[Conflict] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def all_stand(_paths: Sequence[str]) -> bool:
    """Where nobody has looked."""
    return True


async def put(
    session: Session,
    change: Change,
    repo: str,
    found: Sequence[Found],
    reason: str,
    stands: Callable[[Sequence[str]], bool] = all_stand,
) -> Scanned:
    """Adds what is new and renews what a scan had estimated; a second time changes nothing.

    A finding is known by the key its metadata block gives, else by its identity, else by a path it
    shares with a live artifact of the repository. What a person set stays: names, kinds, labels,
    owners, dates, ratings, and paths and dependants that somebody gave. A block fills what nobody
    has said; where it disagrees with somebody, that is a conflict. What is on its way out ends
    where none of its paths `stands` any more; for anything else that is only told.
    """
    await lock_all(session)
    answers = _Answers()
    candidates = await _candidates(session, repo)
    matches = _Matches(found, candidates)
    answers.refused += matches.strays
    changed = await _renewed(session, change, matches, answers)
    created = await _created(session, change, matches.new, answers)
    await add_all(session, change, created, action="scan", reason=reason)
    await save_all(session, change, changed, action="scan", reason=reason)
    await evidence.put(session, _evidence(matches, created))
    live = [row for row in candidates if row.live and row.id not in matches.known]
    lost = [row for row in live if not stands(row.paths)]
    return Scanned(
        created=tuple(created),
        changed=tuple(changed),
        unchanged=len(matches.known) - len(changed),
        ended=matches.ended,
        conflicts=tuple(answers.conflicts),
        refused=tuple(answers.refused),
        finished=tuple(
            [await retirement.gone(session, change, row.id) for row in lost if _leaves(row)]
        ),
        missing=tuple(key_of(row.id) for row in lost if not _leaves(row)),
    )


def _leaves(row: Any) -> bool:
    return bool(row.stage == Stage.RETIRING)


async def _candidates(session: Session, repo: str) -> list[Any]:
    A = ARTIFACT.c  # noqa: N806  # the columns' short name, as in storage.lists
    question = select(A.id, A.scan_identity, A.paths, A.live, A.stage).where(A.repo == repo)
    return list(await session.execute(question.order_by(A.id)))


class _Matches:
    """Which artifact each finding is: `known` by id, with whether by its key or identity.

    `strays` are the keys of metadata blocks that no artifact of the repository has.
    """

    def __init__(self, found: Sequence[Found], candidates: Sequence[Any]) -> None:
        self.known: dict[int, tuple[Found, bool]] = {}
        self.new: list[Found] = []
        self.strays: list[str] = []
        self.ended = 0
        self._by_key = {row.id: row for row in candidates}
        self._by_identity = {row.scan_identity: row for row in candidates if row.scan_identity}
        self._at: dict[str, list[int]] = {}
        for row in candidates:
            for path in row.paths if row.live else ():
                self._at.setdefault(path, []).append(row.id)
        unkeyed = [each for each in found if not self._by_block(each)]
        for each in [each for each in unkeyed if not self._by_name(each)]:
            self._by_path(each)

    def _by_block(self, found: Found) -> bool:
        if found.said is None or found.said.key is None:
            return False
        row = self._by_key.get(found.said.key)
        key, where = key_of(found.said.key), found.said.at("key")
        if row is None:
            self.strays.append(f"{where}: {key} is no artifact of this repository")
        elif row.id in self.known:
            self.strays.append(f"{where}: another block has said {key} already")
        return self._is(row, found)

    def _by_name(self, found: Found) -> bool:
        return self._is(self._by_identity.get(found.identity), found)

    def _is(self, row: Any, found: Found) -> bool:
        """Whether the finding is that artifact; another one may be it already."""
        if row is None or row.id in self.known:
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
    session: Session, change: Change, matches: _Matches, answers: _Answers
) -> list[tuple[Artifact, Artifact]]:
    artifacts: dict[int, Artifact] = {}
    for some in _some(sorted(matches.known)):
        artifacts |= await several(session, some)
    owners = await _owners(session, [found for found, _ in matches.known.values()])
    by_people = await _said_by_people(session, list(_doubtful(artifacts, matches)))
    pairs = []
    for number, old in artifacts.items():
        found, by_identity = matches.known[number]
        told = by_people.get(number, frozenset())
        new = amend(old, _estimates(found, told, by_identity), policy=change.policy)
        if found.said:
            new = _with_block(new, found.said, told, owners, change, answers)
        if _differs(old, new):
            pairs.append((old, new))
    return pairs


def _with_block(
    artifact: Artifact,
    said: Said,
    told: frozenset[str],
    owners: Mapping[str, str],
    change: Change,
    answers: _Answers,
) -> Artifact:
    """The artifact with what its block may fill in; the rest is answered."""
    facts = _understood(said, owners, change, answers)
    for name in in_conflict(artifact, facts, told):
        file = said.facts[name]  # type: ignore[literal-required]  # names of Facts, as they came
        register = registered(artifact, name)
        answers.conflicts.append(Conflict(artifact.key, name, register, file, said.at(name)))
    reason = f"said in {said.at('')}"

    def amended(given: Facts) -> Artifact:
        return amend(artifact, given, policy=change.policy, said=reason)

    return _as_far_as_it_goes(amended, taken(artifact, facts, told), said, answers)


def _as_far_as_it_goes(
    make: Callable[[Facts], Artifact], facts: Facts, said: Said, answers: _Answers
) -> Artifact:
    """What comes of the block without what the register refuses of it."""
    try:
        return make(facts)
    except Refused as refused:
        answers.refused.append(f"{said.at(refused.field or '')}: {refused}")
        rest: Any = {name: value for name, value in facts.items() if name != refused.field}
        fewer: Facts = rest if refused.field in facts else Facts()
        return _as_far_as_it_goes(make, fewer, said, answers)


def _understood(said: Said, owners: Mapping[str, str], change: Change, answers: _Answers) -> Facts:
    """What the block says, in the register's terms; a kind that the policy lacks is answered."""
    facts = _owned(said.facts, owners)
    try:
        require_kind(facts.get("kind", USUAL_KIND), change.policy)
    except Refused as refused:
        answers.refused.append(f"{said.at('kind')}: {refused}")
        facts = facts.copy()
        del facts["kind"]
    return facts


def _owned(facts: Facts, owners: Mapping[str, str]) -> Facts:
    """With the Slack id of an owner whom Slack knows."""
    owner = facts.get("owner")
    return facts | Facts(owner=owners[owner]) if owner and owner in owners else facts


def _estimates(found: Found, said: frozenset[str], by_identity: bool) -> Facts:
    """Of all that a finding says, what a scan may renew."""
    facts = found.facts
    renewed = Facts(
        proxies=facts["proxies"], last_touched=facts["last_touched"], evidence=facts["evidence"]
    )
    if "dependants" not in said and "dependants" not in found.block:
        renewed["dependants"] = facts["dependants"]
    if by_identity and "paths" not in said:
        renewed["paths"] = facts["paths"]
    return renewed


def _differs(old: Artifact, new: Artifact) -> bool:
    """Whether more than the words of an estimate changed: “silent for 12 days” does every day."""
    if replace(new, ratings=old.ratings) != old:
        return True
    return any(
        (new.ratings[name].proxy, new.ratings[name].person)
        != (old.ratings[name].proxy, old.ratings[name].person)
        for name in RATING_NAMES
    )


def _doubtful(artifacts: Mapping[int, Artifact], matches: _Matches) -> Iterator[int]:
    """Where the scan disagrees about something that a person may have said."""
    for number, artifact in artifacts.items():
        found = matches.known[number][0]
        facts = found.facts
        estimates = (artifact.paths, artifact.dependants) != (facts["paths"], facts["dependants"])
        if estimates or differing(artifact, found.block):
            yield number


async def _said_by_people(session: Session, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What of each artifact somebody gave or took away, by what the history tells."""
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
    return frozenset(name for name in after if row.before is not None or after[name])


async def _owners(session: Session, found: Iterable[Found]) -> dict[str, str]:
    """The Slack ids of the owners whom findings name by e-mail."""
    each_owner = (facts.get("owner") for each in found for facts in (each.facts, each.block))
    return await ids_by_email(session, {owner for owner in each_owner if owner})


async def _created(
    session: Session, change: Change, found: Sequence[Found], answers: _Answers
) -> list[Artifact]:
    if not found:
        return []
    owners = await _owners(session, found)
    keys = await next_ids(session, len(found))
    return [_new(key, each, owners, change, answers) for key, each in zip(keys, found, strict=True)]


def _new(
    key: int, found: Found, owners: Mapping[str, str], change: Change, answers: _Answers
) -> Artifact:
    """What its block says comes first, unless the register refuses it."""
    usual = _owned(found.facts, owners)
    if found.said is None:
        return _made(key, usual, change)
    reason = f"said in {found.said.at('')}"

    def made(given: Facts) -> Artifact:
        return _made(key, usual | given, change, reason)

    given = _understood(found.said, owners, change, answers)
    return _as_far_as_it_goes(made, given, found.said, answers)


def _made(key: int, facts: Facts, change: Change, said: str = "") -> Artifact:
    facts = _dated(facts, change) | facts
    stage, today, policy = Stage.CREATED, change.today, change.policy
    return create(key, facts, stage=stage, today=today, policy=policy, said=said)


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
