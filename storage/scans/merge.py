"""What a repository scan found, brought into the register without touching people's words."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from debt.artifact.artifact import RATING_NAMES, Artifact, CodeState, Stage, key_of
from debt.artifact.columns import Facts
from debt.change import Change
from debt.refusal import Refused
from debt.rules.facts import USUAL_KIND, amend, create, require_kind
from debt.rules.file_sync import differing, in_conflict, otherwise, taken
from storage.database.store import Session
from storage.lifecycle import retirement
from storage.nudges.attention import Matter, Why, bring_up
from storage.register import evidence
from storage.register.artifacts import add_all, lock_all, next_ids, save_all
from storage.register.people import ids_by_email
from storage.register.queries import several
from storage.scans.matching import BlockFacts, Matches, ScanFinding, candidates, is_open
from storage.scans.register_paths import said_by_people

_IN_ONE_QUESTION = 500


@dataclass(frozen=True, slots=True)
class BlockConflict:
    """What register and block say of one thing; the register's word stays."""

    key: str
    field: str
    register: object
    file: object
    where: str


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What became of the findings; `ended` ones belong to artifacts whose life is over, those that
    somebody dismissed among them.

    `created` are proposals; `waiting` found no room beside those that nobody has answered yet.
    `refused` says what of a metadata block the register could not take, a line each. `finished`
    were on their way out, or never accepted, and have ended, since none of their paths is left.
    Somebody is to retire the others of which the same is true (`missing`, by key), and those whose
    code is mostly people's now (`taken_over`).
    """

    created: tuple[Artifact, ...]
    changed: tuple[tuple[Artifact, Artifact], ...]
    unchanged: int
    ended: int
    conflicts: tuple[BlockConflict, ...] = ()
    refused: tuple[str, ...] = ()
    finished: tuple[Artifact, ...] = ()
    missing: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()
    waiting: tuple[ScanFinding, ...] = ()


@dataclass(slots=True)
class _Answers:
    """What is told of the metadata blocks while they are brought in."""

    conflicts: list[BlockConflict] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def all_stand(_paths: Sequence[str]) -> bool:
    """Where nobody has looked."""
    return True


async def put(
    session: Session,
    change: Change,
    repo: str,
    found: Sequence[ScanFinding],
    reason: str,
    stands: Callable[[Sequence[str]], bool] = all_stand,
    *,
    whole: bool = True,
) -> ScanOutcome:
    """Adds what is new and renews what a scan had estimated; a second time changes nothing.

    A finding is known by the key its metadata block gives, else by its identity, else by a path it
    shares with a live artifact of the repository. What a person set stays: names, kinds, labels,
    owners, dates, ratings, and paths and dependants that somebody gave; but paths follow the code.
    A block fills what nobody has said; where it disagrees with somebody, that is a conflict. What
    is on its way out ends where none of its paths `stands` any more; anything else is marked for
    somebody to retire. Code is not taken to be people's unless the `whole` history was read.
    """
    await lock_all(session)
    answers = _Answers()
    rows = await candidates(session, repo)
    matches = Matches(found, rows)
    answers.refused += matches.strays
    left = _left(rows, matches, stands, whole=whole)
    finished = [await retirement.gone(session, change, row.id) for row in left.over]
    coming, waiting = _as_many_as_fit(matches.new, change, _unanswered(rows, left))
    renewed = await _renewed(session, change, matches, answers)
    changed = renewed + await _marked(session, left.states)
    created = await _created(session, change, coming, answers)
    await add_all(session, change, created, action="scan", reason=reason)
    await save_all(session, change, changed, action="scan", reason=reason)
    await evidence.put(session, _evidence(matches, coming, created))
    await _ask(session, change, changed)
    return ScanOutcome(
        created=tuple(created),
        changed=tuple(changed),
        unchanged=len(matches.known) - len(renewed),
        ended=matches.ended,
        conflicts=tuple(answers.conflicts),
        refused=tuple(answers.refused),
        finished=tuple(finished),
        missing=left.keys(CodeState.GONE),
        taken_over=left.keys(CodeState.TAKEN_OVER),
        waiting=tuple(waiting),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """Artifacts that no finding is any more: those that are over, and what becomes of the others'
    marks.
    """

    over: Sequence[Any]
    states: Mapping[int, CodeState | None]

    def keys(self, state: CodeState) -> tuple[str, ...]:
        return tuple(key_of(number) for number, one in self.states.items() if one is state)


def _left(
    rows: Sequence[Any],
    matches: Matches,
    stands: Callable[[Sequence[str]], bool],
    *,
    whole: bool,
) -> _Left:
    """What is gone and on its way out, or was never accepted, is over. What else is gone is to be
    retired by somebody, what is back is not; what a scan had found is people's code where its paths
    still stand. Of those a scan of a part of history says nothing.
    """
    left = [row for row in rows if is_open(row) and row.id not in matches.known]
    gone = {row.id for row in left if not stands(row.paths)}
    over = [row for row in left if row.id in gone and _leaves(row)]
    told = [row for row in left if row not in over and (whole or row.id in gone)]
    states = {row.id: _state(row, gone) for row in told}
    return _Left(over, states)


def _as_many_as_fit(
    new: Sequence[ScanFinding], change: Change, unanswered: int
) -> tuple[Sequence[ScanFinding], Sequence[ScanFinding]]:
    """Those that the policy lets come beside what nobody has answered yet, and those that wait."""
    room = max(0, change.policy.scan.max_new - unanswered)
    return new[:room], new[room:]


async def _ask(
    session: Session, change: Change, pairs: Sequence[tuple[Artifact, Artifact]]
) -> None:
    """Who owns an artifact hears of what its block says otherwise since this scan, once."""
    for old, new in pairs:
        if set(new.disputed) - set(old.disputed) and new.reachable and new.owner:
            matter = Matter(new.id, Why.OTHERWISE, change.today)
            await bring_up(session, new.owner, [matter], change.at)


def _leaves(row: Any) -> bool:
    """Whether it is over once its code is gone: on its way out, or never accepted."""
    return row.stage in {Stage.RETIRING, Stage.PROPOSED}


def _unanswered(rows: Sequence[Any], left: _Left) -> int:
    """Proposals that go on waiting for somebody."""
    over = {row.id for row in left.over}
    return sum(row.stage == Stage.PROPOSED and row.id not in over for row in rows)


def _state(row: Any, gone: Collection[int]) -> CodeState | None:
    if row.id in gone:
        return CodeState.GONE
    return CodeState.TAKEN_OVER if row.live and row.scan_identity else None


async def _marked(
    session: Session, states: Mapping[int, CodeState | None]
) -> list[tuple[Artifact, Artifact]]:
    """Each of them whose mark differs, as it was and as it is to be."""
    pairs = []
    for some in _some(sorted(states)):
        for number, old in (await several(session, some)).items():
            new = replace(old, code_state=states[number])
            pairs += [(old, new)] if new != old else []
    return pairs


def _evidence(
    matches: Matches, coming: Sequence[ScanFinding], created: Sequence[Artifact]
) -> evidence.Pieces:
    known = {number: found.pieces for number, (found, _) in matches.known.items()}
    return known | {
        artifact.id: found.pieces for artifact, found in zip(created, coming, strict=True)
    }


async def _renewed(
    session: Session, change: Change, matches: Matches, answers: _Answers
) -> list[tuple[Artifact, Artifact]]:
    artifacts: dict[int, Artifact] = {}
    for some in _some(sorted(matches.known)):
        artifacts |= await several(session, some)
    owners = await _owners(session, [found for found, _ in matches.known.values()])
    by_people = await said_by_people(session, list(_doubtful(artifacts, matches)))
    pairs = []
    for number, old in artifacts.items():
        found, by_identity = matches.known[number]
        told = by_people.get(number, frozenset())
        estimates = _estimates(found, told, by_identity)
        new = amend(old, estimates, policy=change.policy, today=change.today)
        new = replace(new, code_state=None, otherwise=old.otherwise if found.said else ())
        if found.said:
            new = _with_block(new, found.said, told, owners, change, answers)
        if _differs(old, new):
            pairs.append((old, new))
    return pairs


def _with_block(
    artifact: Artifact,
    said: BlockFacts,
    told: frozenset[str],
    owners: Mapping[str, str],
    change: Change,
    answers: _Answers,
) -> Artifact:
    """The artifact with what its block may fill in; the rest is answered."""
    facts = _understood(said, owners, change, answers)
    names = in_conflict(artifact, facts, told)
    artifact = replace(artifact, otherwise=otherwise(artifact, names, said.facts, said.file_of))
    for name in artifact.disputed:
        file = said.facts[name]  # type: ignore[literal-required]  # names of Facts, as they came
        register = artifact.register_value(name)
        answers.conflicts.append(BlockConflict(artifact.key, name, register, file, said.at(name)))
    reason = f"said in {said.at('')}"

    def amended(given: Facts) -> Artifact:
        return amend(artifact, given, policy=change.policy, today=change.today, said=reason)

    return _as_far_as_it_goes(amended, taken(artifact, facts, told), said, answers)


def _as_far_as_it_goes(
    make: Callable[[Facts], Artifact], facts: Facts, said: BlockFacts, answers: _Answers
) -> Artifact:
    """What comes of the block without what the register refuses of it."""
    try:
        return make(facts)
    except Refused as refused:
        answers.refused.append(f"{said.at(refused.field or '')}: {refused}")
        rest: Any = {name: value for name, value in facts.items() if name != refused.field}
        fewer: Facts = rest if refused.field in facts else Facts()
        return _as_far_as_it_goes(make, fewer, said, answers)


def _understood(
    said: BlockFacts, owners: Mapping[str, str], change: Change, answers: _Answers
) -> Facts:
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


def _estimates(found: ScanFinding, said: frozenset[str], by_identity: bool) -> Facts:
    """Of all that a finding says, what a scan may renew."""
    facts = found.facts
    renewed = Facts(
        proxies=facts["proxies"],
        last_touched=facts["last_touched"],
        evidence=facts["evidence"],
        signals=facts["signals"],
    )
    if "dependants" not in said and "dependants" not in found.block:
        renewed["dependants"] = facts["dependants"]
    if found.moved or (by_identity and "paths" not in said):
        renewed["paths"] = facts["paths"]
    if found.moved:
        renewed["scan_identity"] = found.identity
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


def _doubtful(artifacts: Mapping[int, Artifact], matches: Matches) -> Iterator[int]:
    """Where the scan disagrees about something that a person may have said."""
    for number, artifact in artifacts.items():
        found = matches.known[number][0]
        facts = found.facts
        estimates = (artifact.paths, artifact.dependants) != (facts["paths"], facts["dependants"])
        if estimates or differing(artifact, found.block):
            yield number


async def _owners(session: Session, found: Iterable[ScanFinding]) -> dict[str, str]:
    """The Slack ids of the owners whom findings name by e-mail."""
    each_owner = (
        facts.get("owner") for finding in found for facts in (finding.facts, finding.block)
    )
    return await ids_by_email(session, {owner for owner in each_owner if owner})


async def _created(
    session: Session, change: Change, found: Sequence[ScanFinding], answers: _Answers
) -> list[Artifact]:
    if not found:
        return []
    owners = await _owners(session, found)
    keys = await next_ids(session, len(found))
    return [
        _new(key, finding, owners, change, answers)
        for key, finding in zip(keys, found, strict=True)
    ]


def _new(
    key: int, found: ScanFinding, owners: Mapping[str, str], change: Change, answers: _Answers
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
    stage, today, policy = Stage.PROPOSED, change.today, change.policy
    return create(key, facts, stage=stage, today=today, policy=policy, said=said)


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _IN_ONE_QUESTION):
        yield ids[start : start + _IN_ONE_QUESTION]
