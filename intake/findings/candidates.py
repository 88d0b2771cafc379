"""Groups of files that may be artifacts, and the facts of the repository that they are in."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from intake.findings import baseline
from intake.findings.baseline import Baseline
from intake.findings.documents import Documents
from intake.findings.grouping import FileGroup
from intake.languages.codeowners import Owners, Ownership
from intake.languages.imports import Reference
from intake.languages.kinds import kind_of, tests_never_name
from intake.languages.references import References
from intake.languages.tests_of import Tests
from intake.provenance.history import FileHistory, History
from intake.provenance.markers import By
from intake.reading.file_signals import FileSignals
from intake.reading.scan_rules import ScanRules

DAY = 86_400
YEAR = 365 * DAY
HIDDEN = re.compile(r"(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com")


@dataclass(slots=True)
class MeasuredFile:
    """One file of code that counts: its lines of code, and what its import lines name.

    `history` is None where no commit that counts touched it. `branches` and `traits` are None where
    they were not measured: only files that may become part of a finding are.
    """

    lines: int
    references: tuple[Reference, ...] = ()
    history: FileHistory | None = None
    branches: int | None = None
    traits: FileSignals | None = None


@dataclass(frozen=True)
class RepositoryFacts:
    """All that was read of a repository. `now` is in seconds since 1970. `files` are those that
    count, by path; `references` are their imports that lead to files of candidates.
    """

    repo: str
    now: float
    rules: ScanRules
    owners: Owners
    history: History
    files: Mapping[str, MeasuredFile]
    documents: Documents = field(default_factory=Documents)
    references: References = field(default_factory=References)
    baseline: Baseline = field(default_factory=Baseline)

    @cached_property
    def as_of(self) -> float:
        """When the newest commit landed: what is measured up to here stays while nobody commits."""
        return min(self.now, max(self.history.landed, default=self.now))

    @cached_property
    def last_seen(self) -> dict[int, int]:
        """When each author's last commit anywhere in the repository landed."""
        seen: dict[int, int] = {}
        for author, landed in zip(self.history.author, self.history.landed, strict=True):
            if landed > seen.get(author, -1):
                seen[author] = landed
        return seen

    @cached_property
    def author_of(self) -> dict[str, int]:
        """People by their addresses, and by their accounts where GitHub hides the address."""
        people = [
            person for person in enumerate(self.history.people) if person[0] in self.last_seen
        ]
        logins = {
            hidden[1]: number for number, address in people if (hidden := HIDDEN.fullmatch(address))
        }
        return logins | {address: number for number, address in people}

    @cached_property
    def histories(self) -> dict[str, FileHistory]:
        """Of the files that have one, by path."""
        return {path: file.history for path, file in self.files.items() if file.history}

    def traits(self, path: str) -> FileSignals | None:
        """What a file says of itself; None where that was not measured."""
        file = self.files.get(path)
        return file.traits if file else None

    def share(self, path: str) -> float:
        """AI-added lines in all lines ever added, 0 to 1."""
        file = self.histories.get(path)
        return file.ai_share if file else 0.0

    def is_sizable(self, path: str) -> bool:
        """Whether it is long enough to count."""
        return self.files[path].lines >= self.rules.scan.min_lines

    def is_mixed(self, path: str) -> bool:
        """Whether tools wrote a part of it, but too little for it to count."""
        scan = self.rules.scan
        return scan.mixed <= self.share(path) < scan.threshold and self.is_sizable(path)

    def imports(self, path: str) -> tuple[str, ...]:
        """The packages of others that an AI-written file imports."""
        traits = self.traits(path)
        return traits.packages if traits else ()

    @cached_property
    def tests(self) -> Tests:
        return Tests(self.files, self.references)

    def is_tested(self, path: str) -> bool:
        traits = self.traits(path)
        return (traits is not None and traits.tested) or self.tests.are_of(path)

    def when(self, landed: float) -> date:
        """The day in UTC, never later than now."""
        return datetime.fromtimestamp(max(0.0, min(landed, self.now)), UTC).date()


@dataclass(frozen=True, eq=False)
class Candidate:
    """A group with what its files have in common; `files` are those of them that have a history.

    `incidents` are those of a year that name an artifact with some of its files.
    """

    group: FileGroup
    facts: RepositoryFacts
    incidents: int = 0

    @cached_property
    def identity(self) -> str:
        return self.group.identity(self.facts.repo)

    @cached_property
    def files(self) -> dict[str, FileHistory]:
        histories = self.facts.histories
        return {path: histories[path] for path in self.group.files if path in histories}

    @cached_property
    def commits(self) -> frozenset[int]:
        return frozenset().union(*(file.commits for file in self.files.values()))

    @cached_property
    def credited(self) -> frozenset[int]:
        """Its commits that name a tool."""
        return self.commits & self.facts.history.credited

    @cached_property
    def landed(self) -> list[int]:
        """When its commits did, in no order."""
        return [self.facts.history.landed[commit] for commit in self.commits]

    @cached_property
    def newest(self) -> int | None:
        return max(self.commits, default=None)

    @cached_property
    def last_year(self) -> frozenset[int]:
        return frozenset(self._since(YEAR))

    @cached_property
    def last_90_days(self) -> frozenset[int]:
        return frozenset(self._since(90 * DAY))

    def _since(self, seconds: int) -> list[int]:
        """Commits that landed in the last so many seconds."""
        landed, start = self.facts.history.landed, self.facts.now - seconds
        return [commit for commit in self.commits if landed[commit] >= start]

    @cached_property
    def people(self) -> Counter[int]:
        return people_of(self.commits, self.facts)

    @cached_property
    def ownership(self) -> Ownership:
        return self.facts.owners.of(self.group.files[0])

    @cached_property
    def dependants(self) -> int:
        """Files outside that refer to one of its own; a test leans on nothing but other tests."""
        dependants = self.facts.references.dependants(self.group.files)
        if self.group.kind == "test_suite":
            return len(dependants)
        return sum(kind_of(path) != "test_suite" for path in dependants)

    @cached_property
    def tested(self) -> bool:
        """Whether there is a test of one of its files."""
        return any(map(self.facts.is_tested, self.group.files))

    @property
    def untested(self) -> bool:
        """Whether it has no test, and is in a language in which code has some."""
        return not (self.tested or all(map(tests_never_name, self.group.files)))

    @property
    def documented(self) -> bool:
        return self.facts.documents.beside(self.group)

    @cached_property
    def known_owners(self) -> set[int]:
        """Those of CODEOWNERS who have committed here: by e-mail, or by GitHub's hidden address."""
        authors = self.facts.author_of
        spellings = (owner.lower().removeprefix("@") for owner in self.ownership.owners)
        return {authors[owner] for owner in spellings if owner in authors}

    @cached_property
    def changes_a_month(self) -> float | None:
        """How often one of its files changes."""
        facts = self.facts
        return baseline.changes_a_month(self.files.values(), facts.history, facts.as_of)

    @cached_property
    def lines_of(self) -> dict[str, int]:
        return {path: self.facts.files[path].lines for path in self.group.files}

    @cached_property
    def tools(self) -> Counter[By]:
        """Lines of each."""
        return self.facts.history.tools_of(*self.files.values())


def people_of(commits: Iterable[int], facts: RepositoryFacts) -> Counter[int]:
    """Commits by author, machines left out; among equals the one seen last comes first."""
    history = facts.history
    authors = (history.author[commit] for commit in sorted(commits, reverse=True))
    return Counter(author for author in authors if author not in history.not_people)
