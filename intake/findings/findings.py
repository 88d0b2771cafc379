"""One finding: its origin, its owner, and what keeping it may cost."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from math import prod

from debt.artifact.evidence import EvidencePiece, agreement, kept
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Signal
from intake.findings import ratings
from intake.findings.candidates import DAY, HIDDEN, Candidate, RepositoryFacts, people_of
from intake.findings.ratings import CommitActivity, Committers
from intake.languages.kinds import Kind, service_of
from intake.provenance.markers import By
from intake.provenance.pieces import pieces_of
from intake.text.shown import counted, shown


@dataclass(frozen=True)
class Finding:
    """One artifact as the repository shows it.

    `identity` is stable over scans. `owner` is an e-mail from CODEOWNERS and `team` the team's name
    there; `owner_suggestion` is a guess to show, never to record: an `@handle` of CODEOWNERS, else
    the person most active lately. `created_on` is when the first commit that names a tool landed,
    or where only traces do, the first of all. `lines` stand now and are not blank; `ai_lines` of
    `added_lines` were ever added. `evidence` is one sentence, `pieces` what it rests on, the newest
    of each source. `signals` are what is to be watched. `written_on` is when a tool last wrote a
    sizable part of one of its files.
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
    pieces: tuple[EvidencePiece, ...] = ()
    signals: tuple[Signal, ...] = ()
    written_on: date | None = None

    @property
    def score(self) -> int:
        """The product of the four estimates, 1 to 625."""
        four = (self.frequency, self.complexity, self.risk, self.friction)
        return prod(rating.value for rating in four)


def finding_of(candidate: Candidate, signals: tuple[Signal, ...]) -> Finding:
    """Everything a finding says, from what was read."""
    group, facts, files = candidate.group, candidate.facts, candidate.files.values()
    tool, model = _origin(candidate.tools)
    oldest = min(candidate.landed, default=facts.now)
    first = min((facts.history.landed[commit] for commit in candidate.credited), default=oldest)
    pieces = tuple(pieces_of(candidate.files, facts.history, facts.rules.markers.unnamed))
    return Finding(
        identity=candidate.identity,
        name=group.name,
        kind=group.kind,
        paths=group.paths,
        service=_shown(service_of(group.files[0])),
        team=_shown(candidate.ownership.team),
        owner=_shown(candidate.ownership.person),
        owner_suggestion=_shown(_suggestion(candidate)),
        origin_tool=tool,
        origin_model=model,
        created_on=facts.when(first),
        last_touched=facts.when(max(candidate.landed, default=facts.now)),
        frequency=_frequency(candidate),
        complexity=_complexity(candidate),
        risk=_risk(candidate),
        friction=_friction(candidate),
        dependants=candidate.dependants,
        files=len(group.files),
        lines=sum(candidate.lines_of.values()),
        ai_lines=sum(file.ai_added for file in files),
        added_lines=sum(file.added for file in files),
        evidence=_evidence(candidate, pieces),
        pieces=kept(pieces),
        signals=signals,
        written_on=_written_on(candidate),
    )


def _frequency(candidate: Candidate) -> ProxyRating:
    facts = candidate.facts
    oldest = min(candidate.landed, default=facts.now)
    rating = ratings.frequency(
        facts.rules.scale,
        in_90_days=_changes(candidate.last_90_days, facts),
        in_a_year=_changes(candidate.last_year, facts),
        age_days=(facts.now - oldest) / DAY,
    )
    beside = facts.baseline.beside(candidate.changes_a_month)
    return rating._replace(reason=f"{rating.reason} ({beside})") if beside else rating


def _changes(commits: Collection[int], facts: RepositoryFacts) -> CommitActivity:
    landed = facts.history.landed
    return CommitActivity(len(commits), len({landed[commit] // DAY for commit in commits}))


def _complexity(candidate: Candidate) -> ProxyRating:
    facts, files = candidate.facts, candidate.group.files
    return ratings.complexity(
        facts.rules.scale,
        lines=sum(candidate.lines_of.values()),
        branches=sum(facts.files[path].branches or 0 for path in files),
        kind=candidate.group.kind,
        untested=candidate.untested,
    )


def _risk(candidate: Candidate) -> ProxyRating:
    return ratings.risk(
        candidate.facts.rules.scale,
        kind=candidate.group.kind,
        lines_of=candidate.lines_of,
        dependants=candidate.dependants,
        reverts=len(candidate.last_year & candidate.facts.history.reverting),
        incidents=candidate.incidents,
    )


def _friction(candidate: Candidate) -> ProxyRating:
    facts, people, owners = candidate.facts, candidate.people, candidate.known_owners
    asked = owners or {author for author, _ in people.most_common(1)}
    silent = [max(0, int((facts.now - facts.last_seen[author]) // DAY)) for author in asked]
    commits = {facts.history.people[author]: number for author, number in people.items()}
    tests = candidate.tested and candidate.group.kind != "test_suite"
    return ratings.friction(
        facts.rules.scale,
        owned=bool(candidate.ownership.owners),
        catch_all=candidate.ownership.catch_all,
        people=Committers(commits, min(silent, default=None), of_owner=bool(owners)),
        explained={"a document": candidate.documented, "tests": tests},
    )


def _suggestion(candidate: Candidate) -> str | None:
    """Whom to ask: whom CODEOWNERS names, else who was most active, the last year first."""
    ownership = candidate.ownership
    if ownership.person or ownership.handle:
        return ownership.person or ownership.handle
    facts = candidate.facts
    people = people_of(candidate.last_year, facts) or candidate.people
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


def _written_on(candidate: Candidate) -> date | None:
    facts, history = candidate.facts, candidate.facts.history
    landed = [
        history.landed[lines.commit]
        for file in candidate.files.values()
        for lines in file.attributed
        if lines.ai_lines >= facts.rules.scan.min_lines
    ]
    return facts.when(max(landed)) if landed else None


def _evidence(candidate: Candidate, pieces: Iterable[EvidencePiece]) -> str:
    """ "412 of 530 added lines by Claude Code in 9 commits", and how far sources agree."""
    tools = list(dict.fromkeys(by.tool for by, _ in candidate.tools.most_common()))
    named = " and ".join(tools) if len(tools) < 3 else f"{tools[0]} and {len(tools) - 1} others"
    ai_lines = sum(file.ai_added for file in candidate.files.values())
    lines = counted(sum(file.added for file in candidate.files.values()), "added line")
    sentence = f"{ai_lines:,} of {lines} by {named}"
    if candidate.credited:
        sentence += f" in {counted(len(candidate.credited), 'commit')}"
    agreed = agreement(pieces).words
    return f"{sentence}; {agreed}" if agreed else sentence


def _shown(text: str | None) -> str | None:
    return shown(text, 120) if text else None
