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
        spoken_for = (*self.claimed, *self.declared)
        return [*self.grouped, *(candidate for candidate, _ in spoken_for)]

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


def findings_in(
    groups: Iterable[FileGroup],
    declared_files: DeclaredFiles,
    facts: RepositoryFacts,
    incidents: Callable[[FileGroup], int],
) -> Findings:
    def candidate(group: FileGroup) -> Candidate:
        return Candidate(group, facts, incidents(group))

    return Findings(
        [candidate(group) for group in groups],
        [(candidate(claim.group()), claim) for claim in declared_files.claims.claims],
        [(candidate(declared.group()), declared) for declared in declared_files.from_register],
    )


def _rank(finding: Finding) -> tuple[int, int, str, str]:
    return -finding.score, -finding.ai_lines, finding.name, finding.identity


def _declared(finding: Finding) -> Finding:
    """What the repository shows of files that a person put on the register."""
    by = "declared on the register"
    return replace(finding, evidence=f"{by}; {finding.evidence}" if finding.ai_lines else by)


def _claimed(finding: Finding, claim: BlockClaim) -> Finding:
    """A finding that is what its block says, and for the rest what the repository shows."""
    facts = claim.block.facts
    by = f"metadata block in {claim.block.where()}"
    return replace(
        finding,
        name=shown(facts.get("name") or finding.name, 80),
        service=facts.get("service") or finding.service,
        team=facts.get("team") or finding.team,
        owner=facts.get("owner") or (None if claim.block.handle else finding.owner),
        owner_suggestion=facts.get("owner") or claim.block.handle or finding.owner_suggestion,
        origin_tool=facts.get("origin_tool") or finding.origin_tool,
        origin_model=facts.get("origin_model") or finding.origin_model,
        created_on=facts.get("created_on") or finding.created_on,
        evidence=f"{by}; {finding.evidence}" if finding.ai_lines else by,
        pieces=(_piece_of(claim.block), *finding.pieces),
    )


def _piece_of(block: Block) -> EvidencePiece:
    facts = block.facts
    tool, model = facts.get("origin_tool"), facts.get("origin_model")
    return in_block(tool, model, shown(block.path), block.line)
