"""Findings of a scan: candidates with what history, a block or a person says of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from debt.artifact.evidence import EvidencePiece, in_block
from debt.artifact.signals import Signal
from intake.blocks.blocks import Block
from intake.findings.candidates import Candidate, RepositoryFacts
from intake.findings.claims import BlockClaim
from intake.findings.findings import Finding, finding_of
from intake.findings.grouping import FileGroup
from intake.findings.register_paths import DeclaredFiles, DeclaredGroup
from intake.text.shown import shown


@dataclass(frozen=True)
class Findings:
    """Groups of our own, and artifacts that are as a metadata block or a person says."""

    grouped: Sequence[Candidate]
    claimed: Sequence[tuple[Candidate, BlockClaim]]
    declared: Sequence[tuple[Candidate, DeclaredGroup]]

    @property
    def every(self) -> list[Candidate]:
        said = (*self.claimed, *self.declared)
        return [*self.grouped, *(candidate for candidate, _ in said)]

    def findings(self, signals: Mapping[str, tuple[Signal, ...]]) -> tuple[Finding, ...]:
        """With what is to be watched of each, costliest first."""
        return tuple(sorted(self._findings(signals), key=_rank))

    def _findings(self, signals: Mapping[str, tuple[Signal, ...]]) -> Iterator[Finding]:
        for candidate in self.grouped:
            yield finding_of(candidate, signals[candidate.identity])
        for candidate, claim in self.claimed:
            yield _claimed(finding_of(candidate, signals[candidate.identity]), claim)
        for candidate, _ in self.declared:
            yield _declared(finding_of(candidate, signals[candidate.identity]))


def found_in(
    groups: Iterable[FileGroup],
    said: DeclaredFiles,
    facts: RepositoryFacts,
    incidents: Callable[[FileGroup], int],
) -> Findings:
    def candidate(group: FileGroup) -> Candidate:
        return Candidate(group, facts, incidents(group))

    return Findings(
        [candidate(group) for group in groups],
        [(candidate(claim.group()), claim) for claim in said.claims.claims],
        [(candidate(theirs.group()), theirs) for theirs in said.theirs],
    )


def _rank(each: Finding) -> tuple[int, int, str, str]:
    return -each.score, -each.ai_lines, each.name, each.identity


def _declared(found: Finding) -> Finding:
    """What the repository shows of files that a person put on the register."""
    by = "declared on the register"
    return replace(found, evidence=f"{by}; {found.evidence}" if found.ai_lines else by)


def _claimed(found: Finding, claim: BlockClaim) -> Finding:
    """A finding that is what its block says, and for the rest what the repository shows."""
    said = claim.block.facts
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
        pieces=(_piece_of(claim.block), *found.pieces),
    )


def _piece_of(block: Block) -> EvidencePiece:
    said = block.facts
    tool, model = said.get("origin_tool"), said.get("origin_model")
    return in_block(tool, model, shown(block.path), block.line)
