"""`debt scan`, the reading half: from a git repository to a few findings. Values only.

    HEAD → files → one pass of history → contents of the code → blocks, groups → findings

Nothing is written but what the next reading can do without (cache.py), and never into the
repository.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from debt.artifact.registered_paths import NOTHING, RegisteredPaths
from debt.policy.policy import Policy, built_in
from intake.blocks.blocks import Block
from intake.findings.attribution import attribution_of
from intake.findings.baseline import Baseline, Written, baseline_of
from intake.findings.candidates import MeasuredFile, RepositoryFacts
from intake.findings.documents import Documents
from intake.findings.findings import Finding
from intake.findings.grouping import groups_of
from intake.findings.moves import followed, moved_on, moves_of
from intake.findings.register_paths import incidents_of
from intake.findings.results import findings_in
from intake.git.presence import TrackedPaths
from intake.git.processes import Cancellation
from intake.git.repository import GitLimits, UnreadableRepository, opened
from intake.git.tree import head_of, name_of, text_of
from intake.languages.references import References
from intake.provenance.history import FileHistory, History
from intake.provenance.log import Progress
from intake.reading.file_measures import Contents
from intake.reading.scan_rules import ScanRules, rules_of
from intake.reading.selection import CodeSelection, by_glob, code_of
from intake.reading.session import Reading, reading
from intake.signals.signals import signals_of
from intake.text.shown import counted, shown
from intake.text.without_gc import uncollected

__all__ = [
    "Finding",
    "GitLimits",
    "Scan",
    "UnreadableRepository",
    "read_repository",
    "repository_name",
]

MOST_FAULTS = 50
NO_COMMITS = "The repository has no commits yet."
LOWER_BOUND = "AI shares are lower bounds: a tool can be told to leave no marker."
EARLIER = "lines that were added earlier are nobody's, neither people's nor a tool's."


@dataclass(frozen=True)
class Scan:
    """All that one reading found, costliest finding first.

    `ai_lines` of `all_lines` are added lines of code files that still stand. `mixed` counts files
    with some AI lines, but too few to be findings. Merge commits are in no count. `notes` say what
    limits the reading, one sentence each. `blocks` are the metadata blocks behind findings, by the
    findings' identity, `declared` the artifacts whose globs a person gave, `followed` those whose
    code was moved; `tracked` are all the files there are, and `baseline` is what people's code does
    beside the tools'. It is `whole` where all of history counted: else what was not found may be
    older.
    """

    repo: str
    head: str
    commits: int
    ai_commits: int
    ai_lines: int
    all_lines: int
    findings: tuple[Finding, ...]
    mixed: int
    notes: tuple[str, ...]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    declared: Mapping[str, int] = field(default_factory=dict)
    followed: Mapping[str, int] = field(default_factory=dict)
    tracked: TrackedPaths | None = None
    baseline: Baseline = field(default_factory=Baseline)
    whole: bool = True


def repository_name(path: Path, ending: Cancellation | None = None) -> str:
    """What the register calls it where nobody says otherwise. Raises UnreadableRepository."""
    with opened(path, ending=ending) as repository:
        return name_of(repository)


@uncollected
def read_repository(
    path: Path,
    *,
    name: str | None = None,
    now: datetime,
    progress: Progress | None = None,
    policy: Policy | None = None,
    limits: GitLimits | None = None,
    known: RegisteredPaths = NOTHING,
    since: date | None = None,
    cache: Path | None = None,
    ending: Cancellation | None = None,
) -> Scan:
    """Read a work tree or a bare repository at its HEAD. `now` is aware; time windows end there.
    `known` is what the register says of its paths.

    Only commits that landed on the day `since` (in UTC) or later count. What was read is kept in
    the directory `cache`, and read there instead the next time: the scan is the same, but faster.
    `policy`, where it is not the built-in one, says by what files count and are rated. `progress`
    is told commits read and in all; whoever holds `ending` can end the reading. Raises
    UnreadableRepository with one clear line where there is no repository, a clone lacks what its
    history needs, or a limit is passed.
    """
    rules = rules_of(policy or built_in())
    with opened(path, limits, ending) as repository:
        repo = shown(name) if name else name_of(repository)
        head = head_of(repository)
        if head is None:
            return Scan(repo, "", 0, 0, 0, 0, (), 0, (NO_COMMITS,), whole=False)
        with reading(repository, head, rules.markers, cache, since) as read:
            code = code_of(repository, read.files, rules.markers, read.contents, known.declared)
            blocks = _blocks_in(code, read.contents)
            read.commits(progress)
        history = read.history(code.blobs.keys() | code.manifests)
        known, code = _moved_on(known, code, history)
        files = _measured(code, blocks, history, read.contents, rules)
        documents = Documents(map(text_of, code.files))
        facts = RepositoryFacts(
            repo, now.timestamp(), rules, code.owners, history, files, documents
        )
        return _scan(read, code, facts, blocks, known)


def _moved_on(
    known: RegisteredPaths, code: CodeSelection, history: History
) -> tuple[RegisteredPaths, CodeSelection]:
    """Declared paths and traces, moved along to where history moved their files."""
    moved = {old: new.path for old, new in history.moved.items()}
    code = replace(code, traces=code.traces.following(moved))
    if not known.declared:
        return known, code
    files = {text_of(path) for path in code.blobs}
    known = moved_on(known, moves_of(history), files, code.tracked.stands)
    return known, replace(code, declared=by_glob(known.declared))


def _blocks_in(code: CodeSelection, contents: Contents) -> list[Block]:
    """The metadata blocks of all files, each read once while git looks through history."""
    return [block for seen in contents.read(code.blobs) for block in seen.blocks]


def _measured(
    code: CodeSelection,
    blocks: Iterable[Block],
    history: History,
    contents: Contents,
    rules: ScanRules,
) -> dict[str, MeasuredFile]:
    """The files that count, by path, in the order of the tree; generated ones count only where
    .gitattributes or a block says so.
    """
    ours = {block.path for block in blocks if block.declares}
    near = {path for path in code.blobs if _is_near(path, code, history, rules)}
    _look_closer(code, near, history, contents)
    files = {}
    for raw in code.blobs:
        path, content = text_of(raw), contents.measured[raw]
        unwanted = content.generated and raw not in code.vouched and path not in ours
        if content.lines is not None and not unwanted:
            closer = raw in near or path in ours
            files[path] = MeasuredFile(
                content.lines,
                content.references,
                history.files.get(raw),
                content.branches if closer else None,
                content.traits if closer else None,
            )
    return files


def _look_closer(
    code: CodeSelection, near: Container[bytes], history: History, contents: Contents
) -> None:
    """Measures more of those that are near, and traces lines to those whom traces name."""
    traces = code.traces.of
    closer = {path: blob for path, blob in code.blobs.items() if path in near}
    for raw, _, _, content in contents.read(closer, near=near, again=traces):
        if raw in traces and raw in history.files:
            history.files[raw].trace(traces[raw].spans(len(content.splitlines())))


def _is_near(path: bytes, code: CodeSelection, history: History, rules: ScanRules) -> bool:
    """Whether it may become part of a finding."""
    file = history.files.get(path)
    by_tools = file is not None and file.ai_share >= rules.scan.mixed
    return by_tools or path in code.traces.of or code.speaks_of(text_of(path))


def _scan(
    read: Reading,
    code: CodeSelection,
    facts: RepositoryFacts,
    blocks: Iterable[Block],
    known: RegisteredPaths,
) -> Scan:
    """Turns the facts into a Scan. The cache is written last."""
    repository, head, history = read.repository, read.head, facts.history
    attribution = attribution_of(facts, blocks, known)
    groups = groups_of(attribution.code_files(repository, facts), facts.repo, facts.rules.scan)
    tools, people = attribution.written(facts)
    asked = [path for group in (*groups, *attribution.declared.groups) for path in group.files]
    named = {path: file.references for path, file in facts.files.items() if file.references}
    references = References(map(text_of, code.blobs), named, asked)
    facts = replace(facts, references=references, baseline=_baseline_of(tools, people, facts))
    findings = findings_in(groups, attribution.declared, facts, incidents_of(known))
    signals = signals_of(
        repository, head, findings.every, tools, facts, files=code.files, known=read.mentions()
    )
    movable = (*findings.grouped, *(candidate for candidate, _ in findings.claimed))
    files_of = {candidate.identity: candidate.group.files for candidate in movable}
    ours = (
        file.ai_added
        for path, file in facts.histories.items()
        if path not in attribution.declared.denied
    )
    faults = attribution.declared.claims.faults[:MOST_FAULTS]
    return Scan(
        repo=facts.repo,
        head=head,
        commits=history.commits,
        ai_commits=history.ai_commits,
        ai_lines=sum(ours),
        all_lines=sum(file.added for file in facts.histories.values()),
        findings=findings.findings(signals.signals),
        mixed=attribution.mixed(facts),
        notes=(*code.notes, *faults, *_limits(read, facts), *read.done(signals.mentions)),
        blocks={candidate.identity: claim.block for candidate, claim in findings.claimed},
        declared={
            candidate.identity: group.declared.artifact_id for candidate, group in findings.declared
        },
        followed=followed(files_of, attribution.moved, known, code.stands)
        | {
            candidate.identity: group.declared.artifact_id
            for candidate, group in findings.declared
            if group.declared.moved
        },
        tracked=code.tracked,
        baseline=facts.baseline,
        whole=not (read.since or read.shallow),
    )


def _baseline_of(tools: Iterable[str], people: Iterable[str], facts: RepositoryFacts) -> Baseline:
    """Tools' code beside people's, with files that are gone."""
    scan = facts.rules.scan
    gone = [file for file in facts.history.gone if file.added >= scan.min_lines]
    ai_lines = sum(file.added for file in gone if file.ai_share >= scan.threshold)
    people_lines = sum(file.added for file in gone if file.ai_share < scan.mixed)
    both = (
        Written(_standing(tools, facts), ai_lines),
        Written(_standing(people, facts), people_lines),
    )
    return baseline_of(*both, facts.history, facts.as_of)


def _standing(paths: Iterable[str], facts: RepositoryFacts) -> list[tuple[FileHistory, int]]:
    there = (path for path in sorted(paths) if path in facts.histories)
    return [(facts.histories[path], facts.files[path].lines) for path in there]


def _limits(read: Reading, facts: RepositoryFacts) -> Iterator[str]:
    """What this reading could not use, or did not see."""
    noted = read.noted
    if noted.too_large:
        were = "was" if noted.too_large == 1 else "were"
        yield f"{counted(noted.too_large, 'git-ai note')} {were} too large to be read."
    if noted.elsewhere:
        are = "is" if noted.elsewhere == 1 else "are"
        yield f"{counted(noted.elsewhere, 'git-ai note')} {are} on commits outside this branch."
    if read.since:
        yield f"Only commits that landed since {read.since} (UTC) count; {EARLIER}"
    if read.shallow:
        number = facts.history.commits
        were_read = "commit was" if number == 1 else f"{number:,} commits were"
        yield f"This clone is shallow: only its newest {were_read} read, the rest is unknown."
    if facts.owners.passed_over:
        passed = counted(facts.owners.passed_over, "line")
        yield f"CODEOWNERS: passed over {passed} that GitHub would not understand."
    yield LOWER_BOUND
