"""Where sources agree on who wrote an artifact, where they do not, and how much is kept."""

import pytest

from debt.artifact.evidence import (
    MOST,
    MOST_OF_A_SOURCE,
    Agreement,
    Confidence,
    EvidencePiece,
    EvidenceSource,
    agreement,
    kept,
)
from intake.provenance.markers import BUILT_IN

HIGH, LOW = Confidence.HIGH, Confidence.LOW


def said(
    source: EvidenceSource, commit: str, tool: str | None, sure: Confidence = HIGH
) -> EvidencePiece:
    return EvidencePiece(source, tool, 10, sure, commit=commit)


def test_a_commit_named_twice_by_its_own_words_is_one_commit() -> None:
    pieces = [
        said(source, "a", "Aider") for source in (EvidenceSource.TRAILER, EvidenceSource.IDENTITY)
    ]
    assert agreement(pieces) == Agreement(marked=1)
    assert agreement(pieces).words is None


@pytest.mark.parametrize(
    ("marked", "noted", "contradict"),
    [
        ("Aider", "Aider", 0),
        ("Aider", "Cursor", 1),
        ("Aider", None, 1),
    ],
)
def test_a_note_agrees_or_contradicts(marked: str, noted: str | None, contradict: int) -> None:
    told = agreement(
        [said(EvidenceSource.TRAILER, "a", marked), said(EvidenceSource.NOTE, "a", noted)]
    )
    assert (told.marked, told.contradict) == (1, contradict)
    assert told.both == told.noted == (noted is not None)


def test_one_tool_in_common_is_agreement() -> None:
    both = [said(EvidenceSource.TRAILER, "a", tool) for tool in ("Aider", "Cursor")]
    assert agreement([*both, said(EvidenceSource.NOTE, "a", "Cursor")]).contradict == 0


def test_people_beside_the_same_tool_contradict_nothing() -> None:
    noted = [said(EvidenceSource.NOTE, "a", tool) for tool in ("Aider", None)]
    assert agreement([said(EvidenceSource.TRAILER, "a", "Aider"), *noted]).contradict == 0


def test_an_agent_nobody_named_contradicts_no_tool() -> None:
    noted = said(EvidenceSource.NOTE, "a", "an AI agent", LOW)
    told = agreement([said(EvidenceSource.TRAILER, "a", "Aider"), noted])
    assert (told.both, told.contradict) == (1, 0)


def test_the_agent_nobody_named_has_one_name() -> None:
    assert {BUILT_IN.somebody.tool} == BUILT_IN.unnamed


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Agreement(marked=9), None),
        (Agreement(noted=1), "notes on 1 commit"),
        (Agreement(traced=3), "traces on 3 files"),
        (
            Agreement(marked=9, noted=9, both=7, contradict=1),
            "markers on 9 commits, notes on 7 of them and 2 more, contradicting on 1",
        ),
        (
            Agreement(marked=1, contradict=1),
            "markers on 1 commit, notes on 0 of them, contradicting on 1",
        ),
        (
            Agreement(marked=2_000, noted=2, both=2, traced=1),
            "markers on 2,000 commits, notes on 2 of them, traces on 1 file",
        ),
    ],
)
def test_agreement_in_words(told: Agreement, words: str | None) -> None:
    assert told.words == words


def test_the_newest_of_each_source_are_kept_and_no_more_than_so_many() -> None:
    pieces = [
        said(source, str(number), "Aider") for number in range(300) for source in EvidenceSource
    ]
    some = kept(pieces)
    assert len(some) == MOST
    assert (
        max(sum(piece.source is source for piece in some) for source in EvidenceSource)
        <= MOST_OF_A_SOURCE
    )
    assert some[0].commit == "0"
    one = [said(EvidenceSource.NOTE, str(number), "Aider") for number in range(300)]
    assert [piece.commit for piece in kept(one)] == [str(number) for number in range(200)]
