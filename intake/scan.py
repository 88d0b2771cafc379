"""`debt scan`, the reading half: from a git repository to a few findings. Values only.

    HEAD → files → one pass of history → contents of the code → blocks, groups → findings

Nothing is written but what the next reading can do without (cache.py), and never into the
repository.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from debt.policy import Policy, built_in
from debt.signals import Signal
from intake.baseline import Baseline, baseline_of
from intake.blocks import Block, may_hold
from intake.claims import Claim, claims_of
from intake.contents import References
from intake.findings import Facts, Finding, finding_of
from intake.following import followed
from intake.git import Ending, Limits, Repository, UnreadableRepository, opened, shown
from intake.grouping import CodeFile, Group, groups_of
from intake.history import FileHistory, History
from intake.kinds import is_code, is_left_out, kind_of
from intake.known import ByGlob, Settled, Theirs, settled
from intake.log import Progress
from intake.manifests import manifest_of
from intake.markers import Markers
from intake.measured import Contents
from intake.notes import Notes
from intake.owners import Owners
from intake.proxies import counted
from intake.reading import reading
from intake.rules import Rules, rules_of
from intake.signals import watched
from intake.traces import Traces, traces_of
from intake.tracked import Tracked, tracked
from intake.traits import Traits
from intake.tree import (
    Blob,
    codeowners_of,
    files_of,
    head_of,
    index_of,
    left_out_by_attributes,
    name_of,
    text_of,
)
from intake.uncollected import uncollected
from storage.known import NOTHING, Declared, Known

__all__ = [
    "Finding",
    "Limits",
    "Scan",
    "UnreadableRepository",
    "read_repository",
    "repository_name",
]

MOST_FAULTS = 50
LOWER_BOUND = "AI shares are lower bounds: a tool can be told to leave no marker."
EARLIER = "lines that were added earlier are nobody's, neither people's nor a tool's."


@dataclass(frozen=True)
class Scan:
    """All that one reading found, costliest finding first.

    `ai_lines` of `all_lines` are added lines of code files that still stand. `mixed` counts files
    with some AI lines, but too few to be findings. Merge commits are in no count. `notes` say what
    limits the reading, one sentence each. `blocks` are the metadata blocks behind findings, by the
    findings' identity, `declared` the artifacts whose globs a person gave, `followed` those whose
    code was moved; `tracked` are all the
    files there are, and `baseline` is what people's code does beside the tools'.
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
    tracked: Tracked | None = None
    baseline: Baseline = field(default_factory=Baseline)


def repository_name(path: Path, ending: Ending | None = None) -> str:
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
    limits: Limits | None = None,
    known: Known = NOTHING,
    since: date | None = None,
    cache: Path | None = None,
    ending: Ending | None = None,
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
            return Scan(repo, "", 0, 0, 0, 0, (), 0, ("The repository has no commits yet.",))
        declared = ByGlob((path, each) for each in known.declared for path in each.paths)
        with reading(repository, head, rules.markers, cache) as read:
            code = _code_of(repository, head, rules.markers, read.contents)
            code = replace(code, declared=declared)
            read.commits(progress)
        history = read.history(code.blobs.keys() | code.manifests, since)
        facts, blocks = _facts(repo, code, history, read.contents, now.timestamp(), rules)
        files = [path for path in facts.lines if is_code(path)]
        moved = {text_of(old): text_of(new) for old, new in history.moved.items()}
        held = _held(known, moved)
        counting = frozenset(path for path in files if _counts(path, facts, held))
        claims = claims_of(blocks, files, counting.__contains__)
        limits_met = [*code.notes, *_unread(read.noted), *claims.faults[:MOST_FAULTS]]
        limits_met += _notes(facts, shallow=bool(read.cut), since=since)
        said = settled(claims, files, known)
        groups = groups_of(_code_files(repository, facts, said, counting), repo, rules.scan)
        tools, people = _written(facts, said, counting)
        both = baseline_of(tools, people, facts.files, facts.lines, history, facts.as_of)
        facts = replace(facts, baseline=both)
        every = [*groups, *said.groups]
        seen = watched(repository, head, every, tools, facts, files=code.files, known=read.mentions)
        scan = _scan(head, facts, said, groups, counting, limits_met)
        scan = replace(scan, findings=tuple(_watched(scan.findings, seen.signals)))
        files_of = {group.identity(repo): group.files for group in groups}
        there = followed(files_of, moved, known.places, code.tracked.stands)
        told = (*scan.notes, *read.done(seen.mentions))
        return replace(scan, tracked=code.tracked, followed=there, notes=told)


def _held(known: Known, moved: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether a file belongs to a live artifact that a scan found, or did before it was moved."""
    held = ByGlob((glob, True) for glob in known.held)
    followed = {new for old, new in moved.items() if held.of(old)}
    return lambda path: path in followed or held.of(path) is not None


@dataclass(frozen=True)
class _Code:
    """Files that may count by their path, and those of them that .gitattributes vouches for.

    `directories` are those, each with its slash, about which a metadata block speaks; `declared`
    is what a person put on the register.
    """

    blobs: Mapping[bytes, Blob]
    vouched: set[bytes]
    owners: Owners
    directories: tuple[str, ...]
    tracked: Tracked
    traces: Traces
    files: Mapping[bytes, Blob]
    notes: list[str] = field(default_factory=list)
    declared: ByGlob[Declared] = field(default_factory=ByGlob)

    @property
    def manifests(self) -> set[bytes]:
        return {path for path in self.files if manifest_of(text_of(path))}

    def speaks_of(self, path: str) -> bool:
        """Whether somebody has said that it belongs to an artifact."""
        return path.startswith(self.directories) or self.declared.of(path) is not None


def _code_of(repository: Repository, head: str, markers: Markers, contents: Contents) -> _Code:
    """Code files at the head, without those that path, size or attributes leave out, and what
    else has a metadata block.
    """
    files = files_of(repository, head)
    blobs = {path: blob for path, blob in files.items() if _may_count(text_of(path))}
    notes: list[str] = []
    out: set[bytes] = set()
    vouched: set[bytes] = set()
    if attributes := {path: blob for path, blob in files.items() if _is_attributes(path)}:
        if index_of(repository, attributes):
            out, vouched = left_out_by_attributes(repository, blobs)
        else:
            notes.append("Git refused some paths, so .gitattributes was not read.")
    most = repository.limits.blob_bytes
    large = sum(blob.size > most and is_code(text_of(path)) for path, blob in blobs.items())
    if large:
        size = f"{repository.limits.blob_bytes // 1000:,} kB"
        were = "was" if large == 1 else "were"
        notes.append(f"{counted(large, 'file')} of more than {size} {were} left out.")
    kept = {
        path: blob
        for path, blob in blobs.items()
        if path not in out
        and (path in vouched or not is_left_out(text_of(path)))
        and blob.size <= repository.limits.blob_bytes
    }
    others = {path: blob for path, blob in kept.items() if not is_code(text_of(path))}
    blocks = _blocks_of(others, contents)
    with_block = {block.path for block in blocks}
    kept = {
        path: blob
        for path, blob in kept.items()
        if path not in others or text_of(path) in with_block
    }
    traces = traces_of(repository, files, kept, markers)
    if traces.too_large:
        were = "was" if traces.too_large == 1 else "were"
        notes.append(f"{counted(traces.too_large, 'agent trace')} {were} too large to be read.")
    owners = Owners(codeowners_of(repository, files))
    there = tracked(map(text_of, files))
    return _Code(kept, vouched, owners, tuple(_directories(blocks)), there, traces, files, notes)


def _is_attributes(path: bytes) -> bool:
    return path.rpartition(b"/")[2] == b".gitattributes"


def _may_count(path: str) -> bool:
    return is_code(path) or may_hold(path)


def _blocks_of(blobs: Mapping[bytes, Blob], contents: Contents) -> list[Block]:
    """The blocks of files that are no code; only those that say something of an artifact."""
    found = [block for seen in contents.seen(blobs) for block in seen.blocks]
    return [block for block in found if block.declares or block.faults]


def _directories(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if block.directory is not None:
            yield f"{block.directory}/" if block.directory else ""


def _facts(
    repo: str,
    code: _Code,
    history: History,
    contents: Contents,
    now: float,
    rules: Rules,
) -> tuple[Facts, list[Block]]:
    """Read the contents once, measure what counts, and hear what files say of themselves."""
    blocks: list[Block] = []
    lines: dict[str, int] = {}
    forks: dict[str, int] = {}
    traits: dict[str, Traits] = {}
    references = References(text_of(path) for path in code.blobs)
    near = {path for path in code.blobs if _is_near(path, code, history, rules)}
    for raw, measured, said, content in contents.seen(code.blobs, near=near, again=code.traces.of):
        path = text_of(raw)
        blocks += said
        ours = any(block.declares for block in said)
        unwanted = measured.generated and raw not in code.vouched and not ours
        if measured.lines is None or unwanted:
            continue
        lines[path] = measured.lines
        references.note(path, measured.references)
        if content is not None and raw in code.traces.of and raw in history.files:
            history.files[raw].trace(code.traces.of[raw].spans(len(content.splitlines())))
        if measured.branches is not None and (ours or raw in near):
            forks[path] = measured.branches
        if measured.traits is not None and (ours or raw in near):
            traits[path] = measured.traits
    files = {path: file for raw, file in history.files.items() if (path := text_of(raw)) in lines}
    facts = Facts(repo, now, rules, code.owners, history, files, lines, forks, references, traits)
    return facts, blocks


def _is_near(path: bytes, code: _Code, history: History, rules: Rules) -> bool:
    """Whether it may become part of a finding."""
    named = path in code.traces.of or code.speaks_of(text_of(path))
    return named or _share(history.files.get(path)) >= rules.scan.mixed


def _scan(
    head: str,
    facts: Facts,
    said: Settled,
    groups: Iterable[Group],
    counting: frozenset[str],
    notes: list[str],
) -> Scan:
    findings = [finding_of(group, facts) for group in groups]
    claimed = [(_claimed(claim, facts), claim.block) for claim in said.claims.claims]
    declared = [(_declared(theirs, facts), theirs.declared) for theirs in said.theirs]
    findings += [finding for finding, _ in (*claimed, *declared)]
    findings.sort(key=lambda found: (-found.score, -found.ai_lines, found.name, found.identity))
    return Scan(
        repo=facts.repo,
        head=head,
        commits=facts.history.commits,
        ai_commits=facts.history.ai_commits,
        ai_lines=sum(
            file.ai_added for path, file in facts.files.items() if path not in said.denied
        ),
        all_lines=sum(file.added for file in facts.files.values()),
        findings=tuple(findings),
        mixed=sum(
            _is_mixed(path, facts)
            for path in facts.lines
            if path not in counting and not said.has(path)
        ),
        notes=tuple(notes),
        baseline=facts.baseline,
        blocks={finding.identity: block for finding, block in claimed},
        declared={finding.identity: each.artifact_id for finding, each in declared},
    )


def _declared(theirs: Theirs, facts: Facts) -> Finding:
    """What the repository shows of files that a person put on the register."""
    found, by = finding_of(theirs.group(), facts), "declared on the register"
    return replace(found, evidence=f"{by}; {found.evidence}" if found.ai_lines else by)


def _watched(
    findings: Iterable[Finding], signals: Mapping[str, tuple[Signal, ...]]
) -> Iterator[Finding]:
    return (replace(found, signals=signals[found.identity]) for found in findings)


def _written(facts: Facts, said: Settled, counting: frozenset[str]) -> tuple[set[str], set[str]]:
    """Files of tools and files of people; what somebody says of one comes first."""
    tools, people = set(said.taken), set(said.denied)
    for path, lines in facts.lines.items():
        if lines >= facts.rules.scan.min_lines and is_code(path) and not said.has(path):
            if path in counting:
                tools.add(path)
            elif not _is_mixed(path, facts):
                people.add(path)
    return tools, people


def _claimed(claim: Claim, facts: Facts) -> Finding:
    """A finding that is what its block says, and for the rest what the repository shows."""
    found, said = finding_of(claim.group(), facts), claim.block.facts
    by = f"metadata block in {claim.block.where()}"
    return replace(
        found,
        name=shown(said.get("name") or found.name, 80),
        service=said.get("service") or found.service,
        team=said.get("team") or found.team,
        owner=said.get("owner") or (None if claim.block.handle else found.owner),
        owner_suggestion=said.get("owner") or claim.block.handle or found.owner_suggestion,
        origin_tool=said.get("origin_tool") or found.origin_tool,
        origin_model=said.get("origin_model") or found.origin_model,
        created_on=said.get("created_on") or found.created_on,
        evidence=f"{by}; {found.evidence}" if found.ai_lines else by,
    )


def _code_files(
    repository: Repository, facts: Facts, said: Settled, counting: frozenset[str]
) -> list[CodeFile]:
    """Every file that nobody speaks for, with whether it counts; owners matter only near those
    that do.
    """
    counting = frozenset(path for path in counting if not said.has(path))
    near = {path.partition("/")[0] for path in counting}
    files = []
    for path, lines in facts.lines.items():
        repository.check_time()
        if path in said.taken or not is_code(path):
            continue
        owners = facts.owners.of(path).owners if path.partition("/")[0] in near else ()
        counts, apart = path in counting, path in said.dismissed
        files.append(CodeFile(path, kind_of(path), lines, counts, owners, apart))
    return files


def _counts(path: str, facts: Facts, held: Callable[[str], bool]) -> bool:
    """Whether tools wrote enough of it; what is an artifact already needs less to stay one."""
    scan, share = facts.rules.scan, _share(facts.files.get(path))
    enough = facts.lines[path] >= scan.min_lines and share >= scan.leave
    return enough and (share >= scan.threshold or held(path))


def _is_mixed(path: str, facts: Facts) -> bool:
    scan, share = facts.rules.scan, _share(facts.files.get(path))
    return facts.lines[path] >= scan.min_lines and scan.mixed <= share < scan.threshold


def _share(file: FileHistory | None) -> float:
    """AI-added lines in all added lines, 0 to 1."""
    return file.ai_added / file.added if file and file.added else 0.0


def _unread(noted: Notes) -> Iterator[str]:
    """What git-ai's notes hold that this reading could not use."""
    if noted.too_large:
        were = "was" if noted.too_large == 1 else "were"
        yield f"{counted(noted.too_large, 'git-ai note')} {were} too large to be read."
    if noted.elsewhere:
        are = "is" if noted.elsewhere == 1 else "are"
        yield f"{counted(noted.elsewhere, 'git-ai note')} {are} on commits outside this branch."


def _notes(facts: Facts, *, shallow: bool, since: date | None) -> list[str]:
    notes = []
    if since:
        notes.append(f"Only commits that landed since {since} (UTC) count; {EARLIER}")
    if shallow:
        found = f"its {facts.history.commits:,} newest commits"
        notes.append(f"This clone is shallow: only {found} were read, the rest is unknown.")
    if facts.owners.passed_over:
        passed = counted(facts.owners.passed_over, "line")
        notes.append(f"CODEOWNERS: passed over {passed} that GitHub would not understand.")
    return [*notes, LOWER_BOUND]
