"""What agent-trace records say of the files that stand now."""

import json
from datetime import date, datetime

import pytest

from debt.artifact.evidence import Confidence, EvidenceSource
from intake.findings.findings import Finding
from intake.git.repository import GitLimits
from intake.provenance.markers import BUILT_IN, By
from intake.provenance.traces import Traced, TraceRecord, records_in
from intake.scan.scan import read_repository
from intake.text.ranges import length, merged, without
from tests.growth import LINEAR, growth
from tests.intake.repositories import BY_CLAUDE, Story, attested, code, traced

TRACES = ".agent-trace/traces.jsonl"
CURSOR = By("Cursor", None)
MEDIUM, LOW = Confidence.MEDIUM, Confidence.LOW


def records(text: str | bytes) -> list[TraceRecord]:
    raw = text if isinstance(text, bytes) else text.encode()
    return list(records_in(raw, BUILT_IN))


def flat(path: str, first: int, last: int, **more: object) -> str:
    record = {
        "schema": "agent-trace/v0.1.0",
        "session_id": "x",
        "file_path": path,
        "start_line": first,
        "end_line": last,
        "confidence": 0.9,
        "tool": "claude-code",
    }
    return json.dumps(record | more) + "\n"


def found_in(story: Story, now: datetime) -> Finding:
    (finding,) = read_repository(story.path, now=now).findings
    return finding


def spans(finding: Finding) -> list[tuple[str | None, str | None, int | None, int | None, str]]:
    """Path, tool, lines and confidence of what traces say."""
    return [
        (piece.path, piece.tool, piece.first_line, piece.last_line, piece.confidence)
        for piece in finding.pieces
        if piece.source is EvidenceSource.TRACE
    ]


def test_what_traces_say_goes_with_a_file_that_is_moved(story: Story, now: datetime) -> None:
    """Its records go on naming the path that it had."""
    here = traced("src/retry/worker.py", (1, 25)) + flat("/home/x/shop/src/retry/queue.py", 1, 30)
    files: dict[str | bytes, str | bytes] = {
        "src/retry/worker.py": code(30),
        "src/retry/queue.py": code(30, "q"),
    }
    story.commit("Begin", {TRACES: here, **files})
    story.commit(
        "Move",
        renames={"src/retry/worker.py": "jobs/worker.py", "src/retry/queue.py": "jobs/queue.py"},
    )
    assert spans(found_in(story, now)) == [
        ("jobs/queue.py", "Claude Code", 1, 30, LOW),
        ("jobs/worker.py", "Cursor", 1, 25, MEDIUM),
    ]


# ---------------------------------------------------------------------------- the records


def test_a_record_names_tool_model_and_lines() -> None:
    text = traced("a.py", (1, 4), (9, 9), model_id="anthropic/claude-opus-4-6")
    by = By("Cursor", "claude-opus-4-6")
    assert records(text) == [
        TraceRecord("a.py", by, (1, 4), MEDIUM),
        TraceRecord("a.py", by, (9, 9), MEDIUM),
    ]


@pytest.mark.parametrize("version", ["0.1.0", "1.0", "9.9", None, 3])
def test_the_version_is_not_asked_for(version: object) -> None:
    text = json.loads(traced("a.py", (1, 4))) | {"version": version}
    assert records(json.dumps(text)) == [TraceRecord("a.py", CURSOR, (1, 4), MEDIUM)]


def test_a_ranges_own_contributor_wins() -> None:
    said = json.loads(traced("a.py", (1, 4), (5, 6)))
    ranges = said["files"][0]["conversations"][0]["ranges"]
    ranges[1]["contributor"] = {"type": "human"}
    assert [record.by for record in records(json.dumps(said))] == [CURSOR, None]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("ai", MEDIUM), ("mixed", LOW), (None, LOW), ("unknown", None), ("robot", None), ([], None)],
)
def test_who_contributed_says_how_sure_it_is(kind: object, told: Confidence | None) -> None:
    found = records(traced("a.py", (1, 4), type=kind))
    assert [record.confidence for record in found] == ([told] if told else [])


def test_the_flat_dialect_is_read_with_low_confidence() -> None:
    assert records(flat("/home/dana/shop/a.py", 3, 8)) == [
        TraceRecord("/home/dana/shop/a.py", By("Claude Code", None), (3, 8), LOW)
    ]


def test_a_record_without_a_tool_is_an_agent_nobody_named() -> None:
    found = records(flat("a.py", 3, 8, tool=None, model="gpt-5"))
    assert [(record.by, record.confidence) for record in found] == [
        (By("an AI agent", "gpt-5"), LOW)
    ]


@pytest.mark.parametrize(
    "text",
    [
        traced("a.py", (1, 1)),
        traced("a.py", (0, 4)),
        traced("a.py", (-3, 1 << 40)),
        traced("a.py", (2, 4), tool="mock_ai"),
        flat("a.py", 2, 4, start_line="2"),
        flat("a.py", 2, 4, start_line=True),
        flat("a.py", 2, 4, file_path=None),
        '{"files": 3}\n{"files": [3]}\n{"files": [{"path": "a.py", "conversations": {}}]}\n',
        "[]\nnull\n3\n\n{\n",
        "[" * 200_000,
        '{"files":' * 200_000,
        b"\xff\xfe\x00\n",
    ],
)
def test_what_cannot_be_understood_is_passed_over(text: str | bytes) -> None:
    assert records(text) == []


def test_no_line_is_counted_twice_or_taken_from_people() -> None:
    told = Traced()
    for record in records(
        traced("a.py", (1, 10), (8, 20))
        + traced("a.py", (15, 30), tool="codex")
        + traced("a.py", (3, 4), type="human")
    ):
        told.take(record)
    assert told.spans(25) == [
        (CURSOR, (1, 2), MEDIUM),
        (CURSOR, (5, 20), MEDIUM),
        (By("Codex", None), (21, 25), MEDIUM),
    ]


def test_ranges_are_put_together_cut_and_counted() -> None:
    assert merged([(5, 6), (1, 2), (3, 3), (9, 8), (6, 7)]) == [(1, 3), (5, 7)]
    assert without([(1, 10), (20, 30)], [(0, 2), (5, 5), (9, 22), (30, 40)]) == [
        (3, 4),
        (6, 8),
        (23, 29),
    ]
    assert without([(1, 3)], []) == [(1, 3)]
    assert length([(1, 3), (5, 5)]) == 4


def test_ten_thousand_ranges_are_read_in_time_that_grows_with_their_number() -> None:
    def lines(ranges: int) -> int:
        text = traced("a.py", *[(number * 3, number * 3 + 1) for number in range(1, ranges + 1)])
        attributed = Traced()
        for record in records(text):
            attributed.take(record)
        return length(span.lines for span in attributed.spans(1 << 30))

    assert lines(10_000) == 20_000
    assert growth(lines, 1_250, runs=3) < LINEAR


# ---------------------------------------------------------------------------- in a scan


def test_a_file_without_a_marker_counts_by_its_traces(story: Story, now: datetime) -> None:
    story.commit("Begin", {"shop/a.py": code(40)}, on="2026-02-03")
    story.commit("Trace", {TRACES: traced("shop/a.py", (1, 30))}, on="2026-03-01")
    found = found_in(story, now)
    assert (found.origin_tool, found.created_on) == ("Cursor", date(2026, 2, 3))
    assert found.evidence == "30 of 40 added lines by Cursor; traces on 1 file"
    assert spans(found) == [("shop/a.py", "Cursor", 1, 30, "medium")]


def test_commits_that_name_a_tool_win_and_traces_are_told_beside_them(
    story: Story, now: datetime
) -> None:
    files: dict[str | bytes, str | bytes] = {"a.py": code(40), TRACES: traced("a.py", (1, 10))}
    story.commit(f"Begin\n\n{BY_CLAUDE}", files)
    found = found_in(story, now)
    assert found.evidence == (
        "40 of 40 added lines by Claude Code in 1 commit; markers on 1 commit, traces on 1 file"
    )
    assert spans(found) == [("a.py", "Cursor", 1, 10, "medium")]


def test_lines_beyond_the_files_end_are_none(story: Story, now: datetime) -> None:
    story.commit("Begin", {"a.py": code(25), TRACES: traced("a.py", (1, 9_000))})
    assert spans(found_in(story, now)) == [("a.py", "Cursor", 1, 25, "medium")]


def test_traces_are_found_anywhere_and_by_the_paths_in_the_wild(
    story: Story, now: datetime
) -> None:
    names = ("shop/back/slash.py", "shop/absolute.py", "shop/windows.py", "shop/web/beside.py")
    said = (
        traced("shop\\back\\slash.py", (1, 30))
        + flat("/home/dana/work/checkout/shop/absolute.py", 1, 30)
        + flat("C:\\Users\\dana\\shop\\windows.py", 1, 30)
        + traced(".shell-history", (1, 30))
        + traced(".sessions", (1, 30))
        + traced("../../etc/passwd", (1, 30))
        + traced("/", (1, 30))
    )
    files: dict[str | bytes, str | bytes] = {name: code(30, name[5]) for name in names}
    files[TRACES] = said
    files[f"shop/web/{TRACES}"] = traced("beside.py", (1, 30))
    story.commit("Begin", files)
    scan = read_repository(story.path, now=now)
    told = {path for finding in scan.findings for path, *_ in spans(finding)}
    assert told == set(names)


def test_a_trace_file_beyond_the_size_limit_is_left_out_and_said(
    story: Story, now: datetime
) -> None:
    story.commit("Begin", {"a.py": code(40), TRACES: traced("a.py", (1, 40)) * 100})
    scan = read_repository(story.path, now=now, limits=GitLimits(note_bytes=9_000))
    assert (scan.findings, scan.notes[0]) == ((), "1 agent trace was too large to be read.")


def test_hostile_names_in_traces_and_notes_come_out_printable(story: Story, now: datetime) -> None:
    name = 'a/new\nline "quoted".py'
    files: dict[str | bytes, str | bytes] = {name: code(40), b"caf\xe9.py": code(40, "cafe")}
    text = traced(name, (1, 40), tool="\x1b[31m<!channel>\ud800") + traced("caf\xe9.py", (1, 40))
    sha = story.commit("Begin", files | {TRACES: text})
    story.note(sha, attested('"a/new\nline "quoted".py"\n  ai_agent 1-20\n'))
    scan = read_repository(story.path, now=now)
    (found,) = scan.findings
    said = [found.evidence, *(str(piece) for piece in found.pieces), *found.paths]
    assert all(text.isprintable() for text in said)
    assert found.origin_tool == "an AI agent"
