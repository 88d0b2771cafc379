"""Which artifact of the register each finding of a scan is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from debt.artifact.artifact import Stage, key_of
from debt.artifact.columns import Facts
from debt.artifact.evidence import EvidencePiece
from storage.database.store import Session
from storage.tables import ARTIFACT


@dataclass(frozen=True, slots=True)
class BlockFacts:
    """What a metadata block says, by the register's names, and where it says each: “src/x.py:3”.

    `where[""]` is where it begins. `key` is the artifact's number, if it gives one.
    """

    key: int | None
    facts: Facts
    where: Mapping[str, str]

    def at(self, name: str) -> str:
        return self.where.get(name, self.where[""])

    def file_of(self, name: str) -> str:
        """The file alone: lines come and go."""
        return self.at(name).rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """One finding: how a scan knows it again, all that it says of a new artifact, and on what
    evidence. `artifact_id` is whose files these are, by globs that a person gave or, where they
    have `moved`, by history. `written_on` is when a tool last wrote a sizable part of it.
    """

    identity: str
    facts: Facts
    pieces: tuple[EvidencePiece, ...] = ()
    said: BlockFacts | None = None
    artifact_id: int | None = None
    moved: bool = False
    written_on: date | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        return self.facts["paths"]

    @property
    def block(self) -> Facts:
        """What its metadata block says; nothing where it has none."""
        return self.said.facts if self.said else Facts()


async def candidates(session: Session, repo: str) -> list[Any]:
    A = ARTIFACT.c  # noqa: N806  # the columns' short name, as in storage.lists
    columns = (
        A.id, A.scan_identity, A.paths, A.live, A.stage, A.name, A.kind, A.changed_at, A.created_on,
    )  # fmt: skip
    question = select(*columns).where(A.repo == repo)
    return list(await session.execute(question.order_by(A.id)))


def is_open(row: Any) -> bool:
    """Whether a scan may still renew it: it is live, or proposed and not answered yet."""
    return bool(row.live or row.stage == Stage.PROPOSED)


class Matches:
    """Which artifact each finding is: `known` by id, with whether by its key or identity.

    `strays` are the keys of metadata blocks that no artifact of the repository has.
    """

    def __init__(self, found: Sequence[ScanFinding], rows: Sequence[Any]) -> None:
        self.known: dict[int, tuple[ScanFinding, bool]] = {}
        self.new: list[ScanFinding] = []
        self.strays: list[str] = []
        self.ended = 0
        self._by_key = {row.id: row for row in rows}
        self._by_identity = _by_identity(rows)
        dismissed = (row for row in rows if row.stage == Stage.DISMISSED)
        self._dismissed = {path for row in dismissed for path in row.paths}
        self._at: dict[str, list[int]] = {}
        for row in rows:
            for path in row.paths if is_open(row) else ():
                self._at.setdefault(path, []).append(row.id)
        unkeyed = [finding for finding in found if not self._by_block(finding)]
        for finding in [finding for finding in unkeyed if not self._by_name(finding)]:
            self._by_path(finding)

    def _by_block(self, found: ScanFinding) -> bool:
        if found.said is None or found.said.key is None:
            return False
        row = self._by_key.get(found.said.key)
        key, where = key_of(found.said.key), found.said.at("key")
        if row is None:
            self.strays.append(f"{where}: {key} is no artifact of this repository")
        elif row.id in self.known:
            self.strays.append(f"{where}: another block has said {key} already")
        return self._is(row, found)

    def _by_name(self, found: ScanFinding) -> bool:
        if found.artifact_id is not None:
            return self._is(self._by_key.get(found.artifact_id), found)
        row = self._by_identity.get(found.identity)
        return row is not None and _means(row, found) and self._is(row, found)

    def _is(self, row: Any, found: ScanFinding) -> bool:
        """Whether the finding is that artifact; another one may be it already."""
        if row is None or row.id in self.known:
            return False
        if is_open(row):
            self.known[row.id] = (found, True)
        else:
            self.ended += 1
        return True

    def _by_path(self, found: ScanFinding) -> None:
        at = (number for path in found.paths for number in self._at.get(path, ()))
        shared = Counter(number for number in at if number not in self.known)
        if self._dismissed.issuperset(found.paths):
            self.ended += 1  # since the reading began
        elif shared:
            self.known[shared.most_common(1)[0][0]] = (found, False)
        else:
            self.new.append(found)


def _by_identity(rows: Sequence[Any]) -> dict[str, Any]:
    """The newest of each identity, but for what was dismissed: a reading leaves its files out, so
    that what is found beside them is something else.
    """
    return {
        row.scan_identity: row
        for row in sorted(rows, key=is_open)
        if row.scan_identity and row.stage != Stage.DISMISSED
    }


def _means(row: Any, found: ScanFinding) -> bool:
    """Siblings in a directory go by its name: once some have ended, others may come after them. So
    does what tools have written in the same place since then.
    """
    if is_open(row):
        return True
    anew = found.written_on and row.changed_at and found.written_on > row.changed_at.date()
    return not anew and not set(found.paths).isdisjoint(row.paths)
