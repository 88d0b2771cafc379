"""A scan put into the register: what is added and changed, and why, in one transaction."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from math import prod
from typing import Any

from debt.artifact.artifact import RATING_NAMES, Artifact
from debt.artifact.columns import SHEET_COLUMNS, Facts
from debt.change import Change
from debt.policy.policy import Policy
from debt.rules.score import score
from intake.blocks.blocks import Block
from intake.columns.cells import COLUMN_OF_FIELD
from intake.columns.json import public, ratings
from intake.findings.findings import Finding
from intake.scan.scan import Scan
from intake.text.shown import counted, shown
from storage.database import history
from storage.database.store import Session, Store
from storage.lifecycle import proposals
from storage.scans import merge
from storage.scans.matching import BlockFacts, ScanFinding
from storage.scans.merge import BlockConflict, ScanOutcome


@dataclass(frozen=True, slots=True)
class Applied:
    """A scan and what became of its findings; nothing was kept where it was a rehearsal."""

    scan: Scan
    result: ScanOutcome
    kept: bool


async def apply(store: Store, change: Change, scan: Scan) -> Applied:
    """Adds and renews what the scan found; a second time changes nothing."""
    return Applied(scan, await _within(store.change(), change, scan), kept=True)


async def rehearse(store: Store, change: Change, scan: Scan) -> Applied:
    """Like `apply`, then everything is rolled back."""
    return Applied(scan, await _within(store.rehearse(), change, scan), kept=False)


async def _within(
    work: AbstractAsyncContextManager[Session], change: Change, scan: Scan
) -> ScanOutcome:
    findings = [
        _found(finding, scan.repo, scan.blocks.get(finding.identity)) for finding in scan.findings
    ]
    findings = [*map(partial(_known, scan), scan.findings, findings)]
    async with work as session:
        stands = scan.tracked.stands if scan.tracked else merge.all_stand
        reason = _reason(scan)
        result = await merge.put(
            session, change, scan.repo, findings, reason, stands, whole=scan.whole
        )
        waiting = len(result.waiting)
        await proposals.announce(session, change, scan.repo, result.created, waiting)
        await history.seal(session)
        return result


def _known(scan: Scan, finding: Finding, scanned: ScanFinding) -> ScanFinding:
    """With the artifact that it is, as far as that is known from its files."""
    moved_from = scan.followed.get(finding.identity)
    if moved_from is not None:
        return replace(scanned, artifact_id=moved_from, moved=True)
    return replace(scanned, artifact_id=scan.declared.get(finding.identity))


def _reason(scan: Scan) -> str:
    return f"scanned at {scan.head[:12]}"


def _found(finding: Finding, repo: str, block: Block | None) -> ScanFinding:
    """An owner comes from CODEOWNERS by e-mail or not at all: a suggestion is no owner."""
    identity = sha256(f"{repo}\0{finding.identity}".encode()).hexdigest()
    facts = Facts(
        name=finding.name,
        kind=finding.kind,
        repo=repo,
        paths=tuple(path for path in finding.paths if path),
        service=finding.service,
        team=finding.team,
        owner=finding.owner.casefold() if finding.owner else None,
        origin_tool=finding.origin_tool,
        origin_model=finding.origin_model,
        created_on=finding.created_on,
        last_touched=finding.last_touched,
        proxies={name: getattr(finding, name) for name in RATING_NAMES},
        dependants=finding.dependants,
        evidence=finding.evidence,
        signals=finding.signals,
        scan_identity=identity,
    )
    block_facts = _facts_in(block) if block else None
    return ScanFinding(identity, facts, finding.pieces, block_facts, written_on=finding.written_on)


def _facts_in(block: Block) -> BlockFacts:
    """A key that the register does not have makes a new artifact, so it is told and not taken."""
    field_of = {column: name for name, column in COLUMN_OF_FIELD.items()}
    where = {field_of[name]: block.where(name) for name in block.lines}
    return BlockFacts(block.key, block.facts, where | {"": block.where()})


def summary(applied: Applied) -> str:
    """“12 artifacts from 340 AI commits in 5,120; 9 proposed, 3 updated; 41 mixed left out”."""
    scan, result = applied.scan, applied.result
    share = f"{counted(scan.ai_commits, 'AI commit')} in {scan.commits:,}"
    parts = [f"{_artifacts(len(scan.findings))} from {share}", ", ".join(_fates(applied))]
    if scan.mixed:
        parts.append(f"{counted(scan.mixed, 'mixed file')} left out")
    if result.finished or result.missing:
        gone = len(result.finished) + len(result.missing)
        parts.append(f"{_artifacts(gone)} of which no path is left")
    if result.waiting:
        parts.append(f"{len(result.waiting):,} more wait until those are answered")
    if result.taken_over:
        parts.append(
            f"{_artifacts(len(result.taken_over))} of which people's code has taken the place"
        )
    if result.ended:
        parts.append(f"{result.ended:,} belong to artifacts that have ended or were dismissed")
    return "; ".join(part for part in parts if part)


def _artifacts(number: int) -> str:
    return counted(number, "artifact")


def _fates(applied: Applied) -> Iterator[str]:
    result, would = applied.result, "" if applied.kept else "would be "
    yield f"{len(result.created):,} {would}proposed"
    yield f"{len(result.changed):,} {would}updated"
    if result.unchanged:
        yield f"{result.unchanged:,} as they were"


def share(scan: Scan) -> str:
    """How much of the code the tools wrote, at least."""
    part = scan.ai_lines / scan.all_lines if scan.all_lines else 0
    return (
        f"at least {part:.0%} of the added lines of code ({scan.ai_lines:,} of {scan.all_lines:,})"
    )


def details(applied: Applied) -> Iterator[str]:
    """A line for each artifact that is new or differs, with what it was read from, and for what
    waits its turn.
    """
    for artifact in applied.result.created:
        name = " ".join(artifact.name.split())
        what = f"{artifact.kind}, score {score(artifact.ratings)}"
        yield f"proposed {name} ({what}): {artifact.evidence}{_watch(artifact)}"
    for old, new in applied.result.changed:
        name = " ".join(new.name.split())
        yield f"updated  {new.key} {name}: {'; '.join(_changes(old, new))}"
    for artifact in applied.result.finished:
        name = " ".join(artifact.name.split())
        yield f"ended    {artifact.key} {name}: none of its paths is there any more"
    for finding in applied.result.waiting:
        name = " ".join(finding.facts["name"].split())
        yield f"waits    {name} ({finding.facts['kind']}): {finding.facts['evidence']}"
    for key in applied.result.taken_over:
        yield f"people's {key}: tools' share of it is small by now; “retire {key} refactor” ends it"
    for key in applied.result.missing:
        yield f"missing  {key}: none of its paths is there any more; “retire {key}” ends it"


def _watch(artifact: Artifact) -> str:
    return f"; watch: {_shown(artifact, 'signals')}" if artifact.signals else ""


def _changes(old: Artifact, new: Artifact) -> Iterator[str]:
    for name in RATING_NAMES:
        was, rating = old.ratings[name], new.ratings[name]
        if was.proxy != rating.proxy:
            held = ", but a person said " + str(rating.person) if rating.by_person else ""
            yield f"{name} {was.proxy} → {rating.proxy} ({rating.proxy_reason}){held}"
    for field in (*_FROM_CODE, *_FROM_BLOCKS):
        if getattr(old, field) != getattr(new, field):
            yield f"{field.replace('_', ' ')} {_shown(old, field)} → {_shown(new, field)}"


_FROM_CODE = ("dependants", "last_touched", "paths", "evidence", "signals", "code_state")
_FROM_BLOCKS = tuple(
    column.field
    for column in SHEET_COLUMNS
    if column.field not in {"repo", *_FROM_CODE, *RATING_NAMES}
)


def _shown(artifact: Artifact, name: str) -> str:
    value = getattr(artifact, name)
    if name == "signals":
        value = ", ".join(signal.words for signal in artifact.signals)
    words = ";".join(value) if isinstance(value, tuple) else str(value or "none")
    return " ".join(words.split())


def conflicts(applied: Applied) -> Iterator[str]:
    """Where register and metadata block disagree, and what of a block could not be taken."""
    yield from applied.result.refused
    for conflict in applied.result.conflicts:
        register, file = _short(conflict.register), _short(conflict.file)
        name = COLUMN_OF_FIELD[conflict.field]
        where = conflict.where
        yield f"{conflict.key} {name}: register {register}, file says {file} ({where})"
    if applied.result.conflicts:
        yield _ASKED


_ASKED = (
    "The register stays as it is. If the file is right, change the register; "
    "if not, `debt annotate KEY REPO --write` mends the file."
)


def _short(value: object) -> str:
    return shown(" ".join(str(value).split()), 60) if value not in {None, ""} else "nothing"


def _conflict(conflict: BlockConflict) -> dict[str, Any]:
    return {
        "key": conflict.key,
        "field": COLUMN_OF_FIELD[conflict.field],
        "register": _plain(conflict.register),
        "file": _plain(conflict.file),
        "where": conflict.where,
    }


def _explained(artifact: Artifact, policy: Policy) -> dict[str, Any]:
    """With each rating's reason, as `debt show --json` has it, and on what evidence it stands."""
    return public(artifact, policy) | {
        "ratings": ratings(artifact),
        "evidence": artifact.evidence,
    }


def _waiting(finding: ScanFinding) -> dict[str, Any]:
    facts = finding.facts
    ratings = {name: facts["proxies"][name][0] for name in RATING_NAMES}
    named = {name: facts[name] for name in ("name", "kind", "evidence")}
    return named | {"paths": list(facts["paths"]), "score": prod(ratings.values())} | ratings


def _plain(value: object) -> object:
    return value if isinstance(value, int) or value is None else str(value)


def as_json(applied: Applied, policy: Policy) -> dict[str, Any]:
    """`debt scan --json`. A new artifact has no key while nothing was kept."""
    scan, result = applied.scan, applied.result
    created = [_explained(artifact, policy) for artifact in result.created]
    return {
        "repo": scan.repo,
        "head": scan.head,
        "commits": scan.commits,
        "ai_commits": scan.ai_commits,
        "ai_lines": scan.ai_lines,
        "all_lines": scan.all_lines,
        "mixed": scan.mixed,
        "baseline": scan.baseline.as_json(),
        "notes": list(scan.notes),
        "kept": applied.kept,
        "created": created if applied.kept else [fields | {"key": None} for fields in created],
        "changed": [
            {"before": _explained(old, policy), "after": _explained(new, policy)}
            for old, new in result.changed
        ],
        "unchanged": result.unchanged,
        "finished": [artifact.key for artifact in result.finished],
        "missing": list(result.missing),
        "taken_over": list(result.taken_over),
        "waiting": [_waiting(finding) for finding in result.waiting],
        "ended": result.ended,
        "conflicts": [_conflict(conflict) for conflict in result.conflicts],
        "refused": list(result.refused),
    }
