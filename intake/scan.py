"""`debt scan`, the reading half: from a git repository to a few findings. Values only.

    HEAD → files → one pass of history → contents of the code → blocks, groups → findings

Nothing is written but what the next reading can do without (cache.py), and never into the
repository.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from intake.blocks import Block, may_hold
from intake.claims import Claim, Claims, claims_of
from intake.contents import References
from intake.findings import Facts, Finding, finding_of
from intake.git import Limits, Repository, UnreadableRepository, opened, shown
from intake.grouping import CodeFile, groups_of
from intake.history import FileHistory, History
from intake.kinds import GROUPING, is_code, is_left_out, kind_of
from intake.log import Progress
from intake.markers import BUILT_IN, Markers
from intake.measured import Contents
from intake.notes import Notes
from intake.owners import Owners
from intake.proxies import counted
from intake.reading import reading
from intake.traces import Traces, traces_of
from intake.tracked import Tracked, tracked
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

__all__ = ["Finding", "Limits", "Scan", "UnreadableRepository", "read_repository"]

MOST_FAULTS = 50
LOWER_BOUND = "AI shares are lower bounds: a tool can be told to leave no marker."
EARLIER = "lines that were added earlier are nobody's, neither people's nor a tool's."


@dataclass(frozen=True)
class Scan:
    """All that one reading found, costliest finding first.

    `ai_lines` of `all_lines` are added lines of code files that still stand. `mixed` counts files
    with some AI lines, but too few to be findings. Merge commits are in no count. `notes` say what
    limits the reading, one sentence each. `blocks` are the metadata blocks behind findings, by the
    findings' identity; `tracked` are all the files there are.
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
    tracked: Tracked | None = None


def read_repository(
    path: Path,
    *,
    name: str | None = None,
    now: datetime,
    progress: Progress | None = None,
    markers: Markers = BUILT_IN,
    limits: Limits | None = None,
    since: date | None = None,
    cache: Path | None = None,
) -> Scan:
    """Read a work tree or a bare repository at its HEAD. `now` is aware; time windows end there.

    Only commits that landed on the day `since` (in UTC) or later count. What was read is kept in
    the directory `cache`, and read there instead the next time: the scan is the same, but faster.
    `progress` is told commits read and in all. Raises UnreadableRepository with one clear line
    where there is no repository, a clone lacks what its history needs, or a limit is passed.
    """
    with opened(path, limits) as repository:
        repo = shown(name) if name else name_of(repository)
        head = head_of(repository)
        if head is None:
            return Scan(repo, "", 0, 0, 0, 0, (), 0, ("The repository has no commits yet.",))
        with reading(repository, head, markers, cache) as read:
            code = _code_of(repository, head, markers, read.contents)
            read.commits(progress)
        history = read.history(code.blobs.keys(), since)
        facts, blocks = _facts(repo, code, history, read.contents, now.timestamp(), markers)
        files = [path for path in facts.lines if is_code(path)]
        claims = claims_of(blocks, files, lambda path: path in facts.lines and _counts(path, facts))
        limits_met = [*code.notes, *_unread(read.noted), *claims.faults[:MOST_FAULTS]]
        limits_met += _notes(facts, shallow=bool(read.cut), since=since)
        scan = _scan(repository, head, facts, claims, limits_met)
        return replace(scan, tracked=code.tracked, notes=(*scan.notes, *read.done()))


@dataclass(frozen=True)
class _Code:
    """Files that may count by their path, and those of them that .gitattributes vouches for.

    `directories` are those, each with its slash, about which a metadata block speaks.
    """

    blobs: Mapping[bytes, Blob]
    vouched: set[bytes]
    owners: Owners
    directories: tuple[str, ...]
    tracked: Tracked
    traces: Traces
    notes: list[str] = field(default_factory=list)


def _code_of(repository: Repository, head: str, markers: Markers, contents: Contents) -> _Code:
    """Code files at the head, without those that path, size or attributes leave out, and what
    else has a metadata block.
    """
    files = files_of(repository, head)
    blobs = {path: blob for path, blob in files.items() if _may_count(text_of(path))}
    notes: list[str] = []
    out: set[bytes] = set()
    vouched: set[bytes] = set()
    if any(path.rpartition(b"/")[2] == b".gitattributes" for path in files):
        if index_of(repository, head):
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
    return _Code(kept, vouched, owners, tuple(_directories(blocks)), there, traces, notes)


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


@uncollected
def _facts(
    repo: str,
    code: _Code,
    history: History,
    contents: Contents,
    now: float,
    markers: Markers,
) -> tuple[Facts, list[Block]]:
    """Read the contents once, measure what counts, and hear what files say of themselves."""
    blocks: list[Block] = []
    lines: dict[str, int] = {}
    forks: dict[str, int] = {}
    references = References(text_of(path) for path in code.blobs)
    near = {path for path in code.blobs if _is_near(path, code, history)}
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
    files = {path: file for raw, file in history.files.items() if (path := text_of(raw)) in lines}
    known = Facts(repo, now, code.owners, history, markers.unnamed, files, lines, forks, references)
    return known, blocks


def _is_near(path: bytes, code: _Code, history: History) -> bool:
    """Whether it may become part of a finding."""
    named = path in code.traces.of or text_of(path).startswith(code.directories)
    return named or _share(history.files.get(path)) >= GROUPING.mixed


@uncollected
def _scan(
    repository: Repository, head: str, facts: Facts, claims: Claims, notes: list[str]
) -> Scan:
    groups = groups_of(_code_files(repository, facts, claims), facts.repo)
    findings = [finding_of(group, facts) for group in groups]
    claimed = [(_claimed(claim, facts), claim.block) for claim in claims.claims]
    findings += [finding for finding, _ in claimed]
    findings.sort(key=lambda found: (-found.score, -found.ai_lines, found.name, found.identity))
    return Scan(
        repo=facts.repo,
        head=head,
        commits=facts.history.commits,
        ai_commits=facts.history.ai_commits,
        ai_lines=sum(
            file.ai_added for path, file in facts.files.items() if path not in claims.denied
        ),
        all_lines=sum(file.added for file in facts.files.values()),
        findings=tuple(findings),
        mixed=sum(_is_mixed(path, facts) for path in facts.lines if not _is_settled(path, claims)),
        notes=tuple(notes),
        blocks={finding.identity: block for finding, block in claimed},
    )


def _is_settled(path: str, claims: Claims) -> bool:
    """Whether a metadata block says what the file is."""
    return path in claims.claimed or path in claims.denied


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


def _code_files(repository: Repository, facts: Facts, claims: Claims) -> list[CodeFile]:
    """Every file that no block speaks for, with whether it counts; owners matter only near those
    that do.
    """
    counting = {
        path for path in facts.lines if _counts(path, facts) and not _is_settled(path, claims)
    }
    near = {path.partition("/")[0] for path in counting}
    files = []
    for path, lines in facts.lines.items():
        repository.check_time()
        if path in claims.claimed or not is_code(path):
            continue
        owners = facts.owners.of(path).owners if path.partition("/")[0] in near else ()
        files.append(CodeFile(path, kind_of(path), lines, path in counting, owners))
    return files


def _counts(path: str, facts: Facts) -> bool:
    enough = facts.lines[path] >= GROUPING.min_lines
    return enough and _share(facts.files.get(path)) >= GROUPING.threshold


def _is_mixed(path: str, facts: Facts) -> bool:
    enough = facts.lines[path] >= GROUPING.min_lines
    return enough and GROUPING.mixed <= _share(facts.files.get(path)) < GROUPING.threshold


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
