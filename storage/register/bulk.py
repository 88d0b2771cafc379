"""The rows of a spreadsheet into the register, and the whole register out of it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from debt.artifact.artifact import Artifact, Stage
from debt.artifact.columns import Facts
from debt.artifact.lifecycle import require_live
from debt.change import Change
from debt.refusal import Refused
from debt.rules.facts import amend, create
from storage.database import history
from storage.database.store import Session
from storage.register import evidence
from storage.register.artifacts import add_all, keep_above, lock_all, next_ids, save_all
from storage.register.people import ids_by_email
from storage.register.queries import everything, several

CHUNK = 2_000
HIGHEST_GIVEN = 1_000_000_000


@dataclass(frozen=True, slots=True)
class BulkRow:
    """What one record says. Without a key it is a new artifact; `line` is where it starts."""

    line: int
    artifact_id: int | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a record, and with which field where it is about one."""

    line: int
    field: str | None
    words: str


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of some rows; those with a fault were left out."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: tuple[RowFault, ...] = ()

    def __add__(self, other: "BulkOutcome") -> "BulkOutcome":
        return BulkOutcome(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.faults + other.faults,
        )


async def begin(session: Session, highest: int = 0) -> None:
    """Before the first rows: nobody else writes, and keys are given above the highest named."""
    await lock_all(session)
    await keep_above(session, min(highest, HIGHEST_GIVEN))


async def put(
    session: Session, change: Change, rows: Sequence[BulkRow], reason: str
) -> BulkOutcome:
    """Creates what is new, amends what differs, and seals the history of both.

    For some thousands of rows at a time, after `begin`. New artifacts count as retained.
    """
    owners = await ids_by_email(session, set(_emails(rows)))
    known = await several(session, [row.artifact_id for row in rows if row.artifact_id])
    sorting = _Sorting(change, reason, owners, known)
    keyless = sum(row.artifact_id is None for row in rows)
    keys = iter(await next_ids(session, keyless) if keyless else ())
    for row in rows:
        sorting.take(row, row.artifact_id or next(keys))
    await add_all(session, change, sorting.created, action="import", reason=reason)
    await evidence.declare(session, sorting.created)
    await save_all(session, change, sorting.changed, action="import", reason=reason)
    await history.seal(session)
    return sorting.outcome()


def _emails(rows: Sequence[BulkRow]) -> Iterator[str]:
    for row in rows:
        owner = row.facts.get("owner")
        if owner and "@" in owner:
            yield owner


class _Sorting:
    """One chunk on its way: what is new, what differs, what is as it was, what is refused."""

    def __init__(
        self, change: Change, reason: str, owners: dict[str, str], known: dict[int, Artifact]
    ) -> None:
        self._change, self._reason = change, reason
        self._owners, self._known = owners, known
        self.created: list[Artifact] = []
        self.changed: list[tuple[Artifact, Artifact]] = []
        self._unchanged = 0
        self._faults: list[RowFault] = []

    def take(self, row: BulkRow, key: int) -> None:
        try:
            self._place(row.facts, key)
        except Refused as refused:
            self._faults.append(RowFault(row.line, refused.field, str(refused)))

    def _place(self, facts: Facts, key: int) -> None:
        """An e-mail that Slack knows by now is the person it belongs to."""
        owner = facts.get("owner")
        if owner and owner in self._owners:
            facts = facts | Facts(owner=self._owners[owner])
        old = self._known.get(key)
        if old is None:
            self.created.append(self._new(facts, key))
        else:
            self._amend(old, facts)

    def _new(self, facts: Facts, key: int) -> Artifact:
        if key > HIGHEST_GIVEN:
            raise Refused(f"New keys go up to D-{HIGHEST_GIVEN}.", field="key")
        stage, today, policy = Stage.RETAINED, self._change.today, self._change.policy
        return create(key, facts, stage=stage, today=today, policy=policy, said=self._reason)

    def _amend(self, old: Artifact, facts: Facts) -> None:
        today, policy = self._change.today, self._change.policy
        new = amend(old, facts, policy=policy, today=today, said=self._reason)
        if new == old:
            self._unchanged += 1
            return
        require_live(old.key, old.stage)
        self.changed.append((old, new))

    def outcome(self) -> BulkOutcome:
        return BulkOutcome(
            len(self.created), len(self.changed), self._unchanged, tuple(self._faults)
        )


async def everybody(session: Session) -> AsyncIterator[Artifact]:
    """The whole register in the order of its keys, page by page."""
    after = 0
    while page := await everything(session, after, CHUNK):
        for artifact in page:
            yield artifact
        after = page[-1].id
