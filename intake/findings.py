"""What is said of one artifact: where it came from, whose it is, what keeping it may cost."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from math import prod

from debt.evidence import Piece, agreement, kept
from debt.proxy import ProxyRating
from debt.signals import Signal
from intake import proxies
from intake.baseline import Baseline, changes_a_month
from intake.contents import References
from intake.git import shown
from intake.grouping import Group
from intake.history import FileHistory, History
from intake.kinds import Kind, kind_of, service_of
from intake.markers import By
from intake.owners import Owners, Ownership
from intake.proxies import People, counted
from intake.rules import Rules
from intake.sources import pieces_of
from intake.traits import Traits

DAY = 86_400
YEAR = 365 * DAY
HIDDEN = re.compile(r"(?:\d+\+)?([\w-]+)@users\.noreply\.github\.com")
TEST_WORDS = re.compile(r"^test_|[._-](?:test|tests|spec|cy)$|(?:Test|Tests|Spec)$")


@dataclass(frozen=True)
class Finding:
    """One artifact as the repository shows it.

    `identity` is stable over scans. `owner` is an e-mail from CODEOWNERS and `team` the team's name
    there; `owner_suggestion` is a guess to show, never to record: an `@handle` of CODEOWNERS, else
    the person most active lately. `created_on` is when the first commit that names a tool landed,
    or where only traces do, the first of all. `lines` stand now and are not blank; `ai_lines` of
    `added_lines` were ever added. `evidence` is one sentence, `pieces` what it rests on, the newest
    of each source. `signals` are what is to be watched.
    """

    identity: str
    name: str
    kind: Kind
    paths: tuple[str, ...]
    service: str | None
    team: str | None
    owner: str | None
    owner_suggestion: str | None
    origin_tool: str
    origin_model: str | None
    created_on: date
    last_touched: date
    frequency: ProxyRating
    complexity: ProxyRating
    risk: ProxyRating
    friction: ProxyRating
    dependants: int
    files: int
    lines: int
    ai_lines: int
    added_lines: int
    evidence: str
    pieces: tuple[Piece, ...] = ()
    signals: tuple[Signal, ...] = ()

    @property
    def score(self) -> int:
        """The product of the four estimates, 1 to 625."""
        ratings = (self.frequency, self.complexity, self.risk, self.friction)
        return prod(rating.value for rating in ratings)


@dataclass(frozen=True)
class Facts:
    """All that was read of a repository, by path. `now` is in seconds since 1970."""

    repo: str
    now: float
    rules: Rules
    owners: Owners
    history: History
    files: Mapping[str, FileHistory]
    lines: Mapping[str, int]
    branches: Mapping[str, int]
    references: References
    traits: Mapping[str, Traits] = field(default_factory=dict)
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
        people = [each for each in enumerate(self.history.people) if each[0] in self.last_seen]
        logins = {hidden[1]: at for at, known in people if (hidden := HIDDEN.fullmatch(known))}
        return logins | {known: at for at, known in people}

    def imports(self, path: str) -> tuple[str, ...]:
        """The packages of others that an AI-written file imports."""
        traits = self.traits.get(path)
        return traits.packages if traits else ()

    @cached_property
    def tested_names(self) -> frozenset[str]:
        """File names, without suffix, that tests carry in their own."""
        tests = (path for path in self.lines if kind_of(path) == "test_suite")
        return frozenset(TEST_WORDS.sub("", _stem(path)).lower() for path in tests)

    def is_tested(self, path: str) -> bool:
        """Whether a test is named after the file or imports it."""
        if _stem(path).lower() in self.tested_names:
            return True
        return any(kind_of(by) == "test_suite" for by in self.references.into.get(path, ()))

    def when(self, landed: float) -> date:
        """The day in UTC, never later than now."""
        return datetime.fromtimestamp(max(0.0, min(landed, self.now)), UTC).date()


@dataclass(frozen=True)
class _Artifact:
    """A group with what its files have in common."""

    group: Group
    facts: Facts
    commits: frozenset[int] = field(default_factory=frozenset)

    def since(self, seconds: int) -> frozenset[int]:
        """Commits that landed in the last so many seconds."""
        landed, start = self.facts.history.landed, self.facts.now - seconds
        return frozenset(commit for commit in self.commits if landed[commit] >= start)

    @cached_property
    def landed(self) -> list[int]:
        return [self.facts.history.landed[commit] for commit in self.commits]

    @cached_property
    def credited(self) -> frozenset[int]:
        return self.commits & self.facts.history.credited

    @cached_property
    def lines_of(self) -> dict[str, int]:
        return {path: self.facts.lines[path] for path in self.group.files}

    @cached_property
    def histories(self) -> list[FileHistory]:
        files = self.facts.files
        return [files[path] for path in self.group.files if path in files]

    @cached_property
    def tools(self) -> Counter[By]:
        lines: Counter[By] = Counter()
        for file in self.histories:
            lines.update(file.tools)
        return lines


def finding_of(group: Group, facts: Facts) -> Finding:
    """Everything a finding says, from what was read."""
    by_path = {path: facts.files[path] for path in group.files if path in facts.files}
    files = by_path.values()
    artifact = _Artifact(group, facts, frozenset().union(*(file.commits for file in files)))
    ownership = facts.owners.of(group.files[0])
    people = people_of(artifact.commits, facts)
    tool, model = _origin(artifact.tools)
    oldest = min(artifact.landed, default=facts.now)
    first = min((facts.history.landed[commit] for commit in artifact.credited), default=oldest)
    dependants = len(facts.references.dependants(group.files))
    pieces = tuple(pieces_of(by_path, facts.history, facts.rules.markers.unnamed))
    return Finding(
        identity=group.identity(facts.repo),
        name=group.name,
        kind=group.kind,
        paths=group.paths,
        service=_shown(service_of(group.files[0])),
        team=_shown(ownership.team),
        owner=_shown(ownership.person),
        owner_suggestion=_shown(_suggestion(artifact, ownership)),
        origin_tool=tool,
        origin_model=model,
        created_on=facts.when(first),
        last_touched=facts.when(max(artifact.landed, default=facts.now)),
        frequency=_frequency(artifact),
        complexity=_complexity(artifact),
        risk=_risk(artifact, dependants),
        friction=_friction(artifact, ownership, people),
        dependants=dependants,
        files=len(group.files),
        lines=sum(artifact.lines_of.values()),
        ai_lines=sum(file.ai_added for file in files),
        added_lines=sum(file.added for file in files),
        evidence=_evidence(artifact, pieces),
        pieces=kept(pieces),
    )


def _frequency(artifact: _Artifact) -> ProxyRating:
    facts = artifact.facts
    oldest = min(artifact.landed, default=facts.now)
    found = proxies.frequency(
        facts.rules.scale,
        in_90_days=len(artifact.since(90 * DAY)),
        in_a_year=len(artifact.since(YEAR)),
        age_days=(facts.now - oldest) / DAY,
    )
    a_file = changes_a_month(artifact.histories, facts.history, facts.as_of)
    beside = facts.baseline.beside(a_file)
    return found._replace(reason=f"{found.reason} ({beside})") if beside else found


def _complexity(artifact: _Artifact) -> ProxyRating:
    facts, files = artifact.facts, artifact.group.files
    return proxies.complexity(
        facts.rules.scale,
        lines=sum(artifact.lines_of.values()),
        branches=sum(facts.branches.get(path, 0) for path in files),
        kind=artifact.group.kind,
        tested=any(facts.is_tested(path) for path in files),
    )


def _risk(artifact: _Artifact, dependants: int) -> ProxyRating:
    return proxies.risk(
        artifact.facts.rules.scale,
        kind=artifact.group.kind,
        lines_of=artifact.lines_of,
        dependants=dependants,
        reverts=len(artifact.since(YEAR) & artifact.facts.history.reverting),
    )


def _friction(artifact: _Artifact, ownership: Ownership, people: Counter[int]) -> ProxyRating:
    facts = artifact.facts
    silent = None
    if people:
        most_active = people.most_common(1)[0][0]
        silent = max(0, int((facts.now - facts.last_seen[most_active]) // DAY))
    commits = {facts.history.people[author]: number for author, number in people.items()}
    return proxies.friction(
        facts.rules.scale,
        owned=bool(ownership.owners),
        catch_all=ownership.catch_all,
        people=People(commits, silent),
    )


def people_of(commits: Iterable[int], facts: Facts) -> Counter[int]:
    """Commits by author, machines left out; among equals the one seen last comes first."""
    history = facts.history
    authors = (history.author[commit] for commit in sorted(commits))
    return Counter(author for author in authors if author not in history.not_people)


def _suggestion(artifact: _Artifact, ownership: Ownership) -> str | None:
    """Whom to ask: whom CODEOWNERS names, else who was most active, the last year first."""
    if ownership.person or ownership.handle:
        return ownership.person or ownership.handle
    facts = artifact.facts
    people = people_of(artifact.since(YEAR), facts) or people_of(artifact.commits, facts)
    if not people:
        return None
    known = facts.history.people[people.most_common(1)[0][0]]
    login = HIDDEN.fullmatch(known)
    return f"@{login[1]}" if login else known


def _origin(tools: Counter[By]) -> tuple[str, str | None]:
    """The tool with most lines, and its model with most lines."""
    by_tool: Counter[str] = Counter()
    for by, lines in tools.items():
        by_tool[by.tool] += lines
    if not by_tool:
        return "unknown", None
    tool = by_tool.most_common(1)[0][0]
    models = Counter(
        {by.model: lines for by, lines in tools.items() if by.tool == tool and by.model}
    )
    return tool, models.most_common(1)[0][0] if models else None


def _evidence(artifact: _Artifact, pieces: Iterable[Piece]) -> str:
    """ "412 of 530 added lines by Claude Code in 9 commits", and how far sources agree."""
    tools = list(dict.fromkeys(by.tool for by, _ in artifact.tools.most_common()))
    named = " and ".join(tools) if len(tools) < 3 else f"{tools[0]} and {len(tools) - 1} others"
    ai_lines = sum(file.ai_added for file in artifact.histories)
    lines = counted(sum(file.added for file in artifact.histories), "added line")
    said = f"{ai_lines:,} of {lines} by {named}"
    if artifact.credited:
        said += f" in {counted(len(artifact.credited), 'commit')}"
    agreed = agreement(pieces).words
    return f"{said}; {agreed}" if agreed else said


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _shown(text: str | None) -> str | None:
    return shown(text, 120) if text else None
