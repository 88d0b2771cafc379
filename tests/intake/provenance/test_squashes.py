"""Notes that stayed on the commits which a squash or a cherry-pick was made of."""

from datetime import datetime

import pytest

from intake.provenance.squashes import CommitOrigin, made_in
from intake.scan.scan import Scan, read_repository
from tests.intake.repositories import Story, agent, attested, code, git

KEY = "0123456789abcdef"
BY_NOTE = {KEY: agent("cursor", "gpt-5")}


def noted(lines: int, path: str = "src/retry.py") -> str:
    return attested(f"{path}\n  {KEY} 1-{lines}\n", prompts=BY_NOTE)


def credited(story: Story, now: datetime) -> tuple[int, str | None]:
    """AI-added lines, and the tool of the one finding."""
    scan: Scan = read_repository(story.path, now=now)
    return scan.ai_lines, scan.findings[0].origin_tool if scan.findings else None


@pytest.mark.parametrize(
    ("message", "made"),
    [
        (b"Retry (#12)\n\nWhy", CommitOrigin((), 12)),
        (b"Retry (#12) and more\n\nWhy", None),
        (b"Retry\n\n(#12)", None),
        (
            b"Retry\n\n(cherry picked from commit " + b"a" * 40 + b")",
            CommitOrigin((b"a" * 40,), None),
        ),
        (b"Retry\n\nas cherry picked from commit " + b"a" * 40, None),
        (b"Retry", None),
    ],
)
def test_what_a_message_says_of_where_a_commit_came_from(
    message: bytes, made: CommitOrigin | None
) -> None:
    assert made_in(message) == made


def test_a_squash_merge_is_told_of_by_its_requests_notes(story: Story, now: datetime) -> None:
    """Two commits of the request, of which the branch holds only their squash."""
    base = story.commit("Begin", {"README.md": "Shop"})
    story.branch("request", base)
    one = story.commit("Half", {"src/retry.py": code(30)}, branch="request")
    two = story.commit("Rest", {"src/retry.py": code(60)}, branch="request")
    story.note(one, noted(30))
    story.note(two, noted(25))
    story.commit("Retry captures (#12)", {"src/retry.py": code(60)})
    assert credited(story, now) == (0, None)
    git(story.path, "update-ref", "refs/pull/12/head", two)
    git(story.path, "update-ref", "-d", "refs/heads/request")
    assert credited(story, now) == (55, "Cursor")


def test_a_note_of_its_own_comes_first(story: Story, now: datetime) -> None:
    base = story.commit("Begin", {"README.md": "Shop"})
    story.branch("request", base)
    other = story.commit("All", {"src/retry.py": code(60)}, branch="request")
    story.note(other, noted(60))
    git(story.path, "update-ref", "refs/pull/12/head", other)
    squash = story.commit("Retry captures (#12)", {"src/retry.py": code(60)})
    story.note(squash, noted(40))
    assert credited(story, now) == (40, "Cursor")


def test_a_cherry_pick_is_told_of_by_its_original(story: Story, now: datetime) -> None:
    base = story.commit("Begin", {"README.md": "Shop"})
    story.branch("other", base)
    original = story.commit("Retry", {"src/retry.py": code(60)}, branch="other")
    story.note(original, noted(60))
    words = f"Retry\n\n(cherry picked from commit {original})"
    story.commit(words, {"src/retry.py": code(60)})
    assert credited(story, now) == (60, "Cursor")


def test_a_request_that_was_merged_as_it_is_lends_nothing(story: Story, now: datetime) -> None:
    """Its commits are in the history themselves and speak for themselves."""
    base = story.commit("Begin", {"README.md": "Shop"})
    story.branch("request", base)
    one = story.commit("Half", {"src/retry.py": code(60)}, branch="request")
    story.note(one, noted(60))
    git(story.path, "update-ref", "refs/pull/12/head", one)
    story.commit("Merge", branch="main", merges=[one], files={"src/retry.py": code(60)})
    story.commit("Say why (#12)", {"src/other.py": code(40, "other")})
    assert credited(story, now) == (60, "Cursor")


def test_a_number_that_is_no_request_lends_nothing(story: Story, now: datetime) -> None:
    story.commit("Retry (#999)", {"src/retry.py": code(60)})
    assert credited(story, now) == (0, None)
