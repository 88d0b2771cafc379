"""What git-ai's notes attest, as they are found in public repositories."""

import gc
import json
from datetime import datetime
from pathlib import Path

import pytest

from intake.git.repository import GitLimits, opened
from intake.provenance.history import History, history_in
from intake.provenance.log import Log, asked, read_log, whole
from intake.provenance.markers import BUILT_IN, By
from intake.provenance.notes import NoteClaim, note_in, notes_of
from intake.scan.scan import read_repository
from tests.growth import LINEAR, growth
from tests.intake.repositories import BY_CLAUDE, Story, agent, attested, code, git

PROMPT, SHORT = "0123456789abcdef", "abcdef0"
SESSION = "s_0123456789abcd::t_0123456789abcd"
PERSON = "h_0123456789abcd"
CLAUDE = {PROMPT: agent("claude", "claude-opus-4-6")}
CLAUDE_CODE = By("Claude Code", "claude-opus-4-6")
SOMEBODY = By("an AI agent", None)


def note(lines: str, **tables: object) -> dict[bytes, NoteClaim]:
    return note_in(attested(lines, **tables).encode(), BUILT_IN)


def tools(lines: str, **tables: object) -> dict[By, int]:
    """Lines of `a.py` by tool."""
    return dict(note(lines, **tables)[b"a.py"].tools)


def history_of(story: Story, *paths: str) -> History:
    head = story.tip() or ""
    with opened(story.path) as repository:
        with asked(repository, head, Log()) as coming:
            read = read_log(repository, coming, BUILT_IN)
        log = whole(repository, read)
        notes = notes_of(repository, log.shas, BUILT_IN)
        wanted = {path.encode() for path in paths}
        return history_in(log, wanted, notes=notes.of)


def shares(history: History) -> dict[str, tuple[int, int]]:
    files = history.files.items()
    return {path.decode(): (file.ai_added, file.added) for path, file in files}


# ---------------------------------------------------------------------------- the format


def test_a_prompt_names_tool_and_model() -> None:
    assert tools(f"a.py\n  {PROMPT} 1-4,9\n", prompts=CLAUDE) == {CLAUDE_CODE: 5}
    assert tools(f"a.py\n  {SHORT} 7\n", prompts={SHORT: agent("cursor")}) == {
        By("Cursor", None): 1
    }


def test_a_session_is_known_by_what_stands_before_the_colons() -> None:
    sessions = {"s_0123456789abcd": agent("github-copilot", "gpt-5")}
    assert tools(f"a.py\n  {SESSION} 1-2\n", sessions=sessions) == {
        By("GitHub Copilot", "gpt-5"): 2
    }


@pytest.mark.parametrize(
    "key", [PROMPT, SESSION, "ai_agent", "0b6b2d1c-6a9b-4f4e-8f43-d4b6f1c0a111"]
)
def test_a_key_without_metadata_is_an_agent_nobody_named(key: str) -> None:
    assert tools(f"a.py\n  {key} 1-3\n") == {SOMEBODY: 3}


def test_a_uuid_with_metadata_is_its_tool() -> None:
    key = "0b6b2d1c-6a9b-4f4e-8f43-d4b6f1c0a111"
    assert tools(f"a.py\n  {key} 1-3\n", prompts={key: agent("codex")}) == {By("Codex", None): 3}


@pytest.mark.parametrize("key", [PERSON, "human"])
def test_lines_of_people_are_not_a_tools(key: str) -> None:
    claim = note(f"a.py\n  {key} 3-6\n  {PROMPT} 1-4\n", prompts=CLAUDE)[b"a.py"]
    assert claim == NoteClaim({CLAUDE_CODE: 2}, 2, 4)


def test_overlapping_ranges_count_a_line_once() -> None:
    lines = f"a.py\n  {PROMPT} 1-4,3-6,2\n  {SHORT} 5-8\n"
    claim = note(lines, prompts=CLAUDE | {SHORT: agent("cursor")})[b"a.py"]
    assert claim == NoteClaim({CLAUDE_CODE: 6, By("Cursor", None): 4}, 8, 0)


@pytest.mark.parametrize("model", ["default", "unknown", "<synthetic>", "", None, 7, {}])
def test_a_model_that_is_no_model_is_none(model: object) -> None:
    prompts = {PROMPT: {"agent_id": {"tool": "claude", "model": model}}}
    assert tools(f"a.py\n  {PROMPT} 1\n", prompts=prompts) == {By("Claude Code", None): 1}


def test_a_tool_that_only_tests_use_attests_nothing() -> None:
    assert note(f"a.py\n  {PROMPT} 1-9\n", prompts={PROMPT: agent("mock_ai")}) == {}


def test_a_tool_we_have_not_heard_of_is_called_as_it_calls_itself() -> None:
    prompts = {PROMPT: agent("brand-new-agent\x1b[31m\ud800")}
    assert tools(f"a.py\n  {PROMPT} 1\n", prompts=prompts) == {By("brand-new-agent[31m", None): 1}


def test_quoted_paths_hold_spaces_quotes_and_new_lines() -> None:
    names = ("my file.py", 'b/"quoted" x.py', "a/new\nline.py")
    lines = "".join(f'"{name}"\n  {PROMPT} 1\n' for name in names)
    assert set(note(lines, prompts=CLAUDE)) == {
        b"my file.py",
        b'b/"quoted" x.py',
        b"a/new\nline.py",
    }


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"---\n{}",
        b"---\n" + b'{"prompts": {}}',
        b"a.py\n",
        b"  0123456789abcdef 1-4\n---\n{}",
        b"a.py\n  0123456789abcdef\n---\n{}",
        b"a.py\n  0123456789abcdef 9-1,x,-,1-,99999999999999999999\n---\n{}",
        b"\xff\xfe\x00" * 100,
        b'"never ends\n  0123456789abcdef 1-4\n---\n{}',
    ],
)
def test_what_attests_nothing_attests_nothing(text: bytes) -> None:
    assert all(claim.ai == 0 for claim in note_in(text, BUILT_IN).values())


@pytest.mark.parametrize(
    "metadata",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"prompts": []}',
        b'{"prompts": {"0123456789abcdef": 3}}',
        b'{"prompts": {"0123456789abcdef": {"agent_id": {"tool": null}}}}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
    ],
)
def test_broken_metadata_leaves_lines_without_a_name(metadata: bytes) -> None:
    text = f"a.py\n  {PROMPT} 1-4\n---\n".encode()
    assert note_in(text + metadata, BUILT_IN)[b"a.py"] == NoteClaim({SOMEBODY: 4}, 4, 0)


def test_invalid_utf_8_in_metadata_is_read_past() -> None:
    metadata = json.dumps({"prompts": CLAUDE}).encode().replace(b"Dana", b"D\xff\xfen")
    text = f"caf\udce9.py\n  {PROMPT} 1-4\n---\n".encode("utf-8", "surrogateescape")
    assert note_in(text + metadata, BUILT_IN)[b"caf\xe9.py"].tools == {CLAUDE_CODE: 4}


def test_ten_thousand_ranges_are_read_in_time_that_grows_with_their_number() -> None:
    def lines(size: int) -> tuple[int, int]:
        ranges = ",".join(f"{number * 3}-{number * 3 + 1}" for number in range(1, size + 1))
        people = ",".join(f"{number * 6}" for number in range(1, size + 1))
        text = f"a.py\n  {PROMPT} {ranges}\n  human {people}\n"
        claim = note(text, prompts=CLAUDE)[b"a.py"]
        return claim.ai, claim.people

    assert lines(10_000) == (20_000 - 5_000, 10_000)
    assert growth(lines, 1_250, runs=3) < LINEAR


def test_a_transcript_of_megabytes_is_left_behind() -> None:
    secret = "/home/dana/secret " * 300_000
    prompts = {PROMPT: agent("claude", messages=[{"type": "user", "text": secret}])}
    claims = note(f"a.py\n  {PROMPT} 1-4\n", prompts=prompts)
    assert claims[b"a.py"].ai == 4
    del prompts
    gc.collect()
    assert "secret" not in repr(claims)


# ------------------------------------------------------------------------------ in history


def test_a_note_credits_the_lines_it_claims(story: Story) -> None:
    sha = story.commit("Sell", {"a.py": code(40)})
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-30\n", prompts=CLAUDE))
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (30, 40)}
    assert history.tools_of(history.files[b"a.py"]) == {CLAUDE_CODE: 30}
    assert (history.ai_commits, len(history.credited)) == (1, 1)


def test_a_note_never_claims_more_than_its_commit_added(story: Story) -> None:
    story.commit("Begin", {"a.py": code(40)})
    sha = story.commit("More", {"a.py": code(50)})
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-900\nb.py\n  {PROMPT} 1-9\n", prompts=CLAUDE))
    assert shares(history_of(story, "a.py", "b.py")) == {"a.py": (10, 50)}


def test_a_commit_credited_by_trailer_and_note_counts_once(story: Story) -> None:
    sha = story.commit(f"Sell\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-30\n", prompts=CLAUDE))
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (40, 40)}
    assert history.tools_of(history.files[b"a.py"]) == {CLAUDE_CODE: 40}
    assert history.ai_commits == 1


def test_lines_a_note_gives_to_people_are_theirs_whatever_the_trailer_says(story: Story) -> None:
    sha = story.commit(f"Sell\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-30\n  human 31-40\n", prompts=CLAUDE))
    assert shares(history_of(story, "a.py")) == {"a.py": (30, 40)}


def test_a_note_follows_a_renamed_file_and_goes_with_a_revert(story: Story) -> None:
    good = story.commit("Sell", {"a.py": code(40)})
    story.note(good, attested(f"a.py\n  {PROMPT} 1-40\n", prompts=CLAUDE))
    story.commit("Move", renames={"a.py": "shop/a.py"})
    bad = story.commit("More", {"shop/a.py": code(60)})
    story.note(bad, attested(f"shop/a.py\n  {PROMPT} 41-60\n", prompts=CLAUDE))
    story.commit(f'Revert "More"\n\nThis reverts commit {bad}.', {"shop/a.py": code(40)})
    assert shares(history_of(story, "shop/a.py")) == {"shop/a.py": (40, 40)}


def test_notes_on_other_commits_count_for_none(story: Story, now: datetime) -> None:
    base = story.commit("Begin", {"a.py": code(30)})
    story.branch("gone", base)
    lost = story.commit("Lost", {"a.py": code(60)}, branch="gone")
    story.note(lost, attested(f"a.py\n  {PROMPT} 31-60\n", prompts=CLAUDE))
    scan = read_repository(story.path, now=now)
    assert scan.findings == ()
    assert scan.notes[0] == "1 git-ai note is on commits outside this branch."


def test_a_note_beyond_the_size_limit_is_left_out_and_said(story: Story, now: datetime) -> None:
    sha = story.commit("Sell", {"a.py": code(40)})
    prompts = {PROMPT: agent("claude", messages=["secret " * 1_000_000])}
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-40\n", prompts=prompts))
    scan = read_repository(story.path, now=now, limits=GitLimits(note_bytes=5_000_000))
    assert (scan.findings, scan.notes[0]) == ((), "1 git-ai note was too large to be read.")
    (found,) = read_repository(story.path, now=now).findings
    assert found.evidence.startswith("40 of 40 added lines by Claude Code in 1 commit")
    assert "secret" not in repr(found)


def test_notes_spread_over_directories_are_found(story: Story, tmp_path: Path) -> None:
    """Git does so by itself beyond some hundreds; here by hand."""
    sha = story.commit("Sell", {"a.py": code(40)})
    story.note(sha, attested(f"a.py\n  {PROMPT} 1-40\n", prompts=CLAUDE))
    blob = git(story.path, "rev-parse", f"refs/notes/ai:{sha}")
    inner = git(story.path, "mktree", stdin=f"100644 blob {blob}\t{sha[2:]}\n".encode())
    outer = git(story.path, "mktree", stdin=f"040000 tree {inner}\t{sha[:2]}\n".encode())
    git(story.path, "update-ref", "refs/notes/ai", outer)
    assert shares(history_of(story, "a.py")) == {"a.py": (40, 40)}


def test_the_sentence_says_how_far_trailers_and_notes_agree(story: Story, now: datetime) -> None:
    """Three by trailer: one noted too, one contradicted by a tool, one by a person; one by note."""
    claimed = {"prompts": CLAUDE}
    both = story.commit(f"One\n\n{BY_CLAUDE}", {"a.py": code(30)})
    story.note(both, attested(f"a.py\n  {PROMPT} 1-30\n", **claimed))
    other = story.commit(f"Two\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.note(other, attested(f"a.py\n  {PROMPT} 31-40\n", prompts={PROMPT: agent("cursor")}))
    person = story.commit(f"Three\n\n{BY_CLAUDE}", {"a.py": code(45)})
    story.note(person, attested("a.py\n  human 41-45\n"))
    alone = story.commit("Four", {"a.py": code(60)})
    story.note(alone, attested(f"a.py\n  {PROMPT} 46-60\n", **claimed))
    (found,) = read_repository(story.path, now=now).findings
    assert found.evidence == (
        "55 of 60 added lines by Claude Code and Cursor in 4 commits; "
        "markers on 3 commits, notes on 2 of them and 1 more, contradicting on 2"
    )
    told = [(piece.source, piece.tool, piece.lines, piece.confidence) for piece in found.pieces]
    assert told == [
        ("note", "Claude Code", 15, "high"),
        ("trailer", "Claude Code", 0, "high"),
        ("note", None, 5, "high"),
        ("trailer", "Claude Code", 10, "high"),
        ("note", "Cursor", 10, "high"),
        ("trailer", "Claude Code", 30, "high"),
        ("note", "Claude Code", 30, "high"),
    ]
    assert found.pieces[0].commit == alone
