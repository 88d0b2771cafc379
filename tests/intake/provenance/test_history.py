"""What one pass over history credits to whom."""

from pathlib import Path

import pytest

from intake.git.repository import opened
from intake.provenance.history import History, history_in, shallow_commits
from intake.provenance.log import Log, asked, read_log, whole
from intake.provenance.markers import BUILT_IN, By
from tests.intake.repositories import BY_CLAUDE, CLAUDE, DANA, ERIN, Story, code, git

CURSOR = "Co-authored-by: Cursor <cursoragent@cursor.com>"


def history_of(story: Story, *paths: str | bytes) -> History:
    """The history of these paths on `main`."""
    wanted = {path if isinstance(path, bytes) else path.encode() for path in paths}
    return read(story.path, story.tip() or "", wanted)


def read(path: Path, head: str, wanted: set[bytes]) -> History:
    with opened(path) as repository:
        with asked(repository, head, Log()) as coming:
            seen = read_log(repository, coming, BUILT_IN)
        log = whole(repository, seen)
        return history_in(log, wanted, shallow=shallow_commits(repository))


def shares(history: History) -> dict[str, tuple[int, int]]:
    """AI-added and all added lines by path."""
    files = history.files.items()
    return {path.decode(): (file.ai_added, file.added) for path, file in files}


def test_lines_go_to_the_tool_their_commit_names(story: Story) -> None:
    story.commit("Begin", {"a.py": code(10)})
    story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(40)})
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (30, 40)}
    assert history.tools_of(history.files[b"a.py"]) == {By("Claude Code", None): 30}
    assert (history.commits, history.ai_commits) == (2, 1)


def test_a_trailer_that_a_squash_merge_repeats_counts_once(story: Story) -> None:
    body = f"* one\n\n  {BY_CLAUDE}\n\n* two\n\n> {BY_CLAUDE}\n\nReviewed by Erin."
    story.commit(f"Sell (#12)\n\n{body}", {"a.py": code(30)})
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (30, 30)}
    assert history.ai_commits == 1


def test_two_tools_in_one_commit_both_have_its_lines_but_the_file_has_them_once(
    story: Story,
) -> None:
    story.commit(f"Sell\n\n{BY_CLAUDE}\n{CURSOR}", {"a.py": code(30)})
    history = history_of(story, "a.py")
    file = history.files[b"a.py"]
    assert history.tools_of(file) == {By("Claude Code", None): 30, By("Cursor", None): 30}
    assert file.ai_added == 30


def test_a_revert_takes_evidence_away(story: Story) -> None:
    story.commit("Begin", {"a.py": code(10)})
    bad = story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit(f'Revert "More"\n\nThis reverts commit {bad}.', {"a.py": code(10)})
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (0, 10)}
    assert history.ai_commits == 1
    assert not history.credited
    assert len(history.reverting) == 1


def test_an_abbreviated_revert_is_understood(story: Story) -> None:
    bad = story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit(f"Back out\n\nThis reverts commit {bad[:10]}.", {"a.py": code(30)})
    assert shares(history_of(story, "a.py")) == {"a.py": (0, 0)}


def test_a_revert_of_a_revert_gives_evidence_back(story: Story) -> None:
    good = story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(40)})
    revert = story.commit(f'Revert "More"\n\nThis reverts commit {good}.', {"a.py": ""})
    story.commit(f'Reapply "More"\n\nThis reverts commit {revert}.', {"a.py": code(40)})
    assert shares(history_of(story, "a.py")) == {"a.py": (40, 40)}


@pytest.mark.parametrize(
    "message",
    [
        'Revert "More (#12)" (#13)\n\nReverts acme/shop#12\n',
        'Revert "More (#12)" (#13)',
        'Revert "More"\n\nReverts #12\r\n',
    ],
)
def test_a_revert_that_only_names_the_request_takes_evidence_away(
    story: Story, message: str
) -> None:
    """As GitHub writes it where requests are squashed with their titles and descriptions."""
    story.commit("Begin", {"a.py": code(10)})
    story.commit(f"More (#12)\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit(message, {"a.py": code(10)})
    file = history_of(story, "a.py").files[b"a.py"]
    assert (file.added, file.ai_added) == (10, 0)


def test_a_reapplied_request_gives_evidence_back(story: Story) -> None:
    story.commit("Begin", {"a.py": code(10)})
    story.commit(f"More (#12)\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit('Revert "More (#12)" (#13)\n\nReverts acme/shop#12', {"a.py": code(10)})
    story.commit('Reapply "More (#12)" (#14)\n\nReverts acme/shop#13', {"a.py": code(40)})
    file = history_of(story, "a.py").files[b"a.py"]
    assert (file.added, file.ai_added) == (40, 30)


def test_a_request_that_is_only_spoken_of_is_not_reverted(story: Story) -> None:
    story.commit("Begin", {"a.py": code(10)})
    story.commit(f"More (#12)\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit("Tidy (#13)\n\nReverts #12 in part", {"a.py": code(41)})
    story.commit("Tidy (#14)\n\nReverts #12", {"a.py": code(42)})
    assert history_of(story, "a.py").files[b"a.py"].ai_added == 30


def test_a_revert_that_does_more_keeps_its_own_lines(story: Story) -> None:
    bad = story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit(
        f"Replace the shop (#13)\n\n* This reverts commit {bad}.\n", {"a.py": code(40, "other")}
    )
    assert shares(history_of(story, "a.py")) == {"a.py": (0, 40)}


def test_evidence_follows_a_renamed_file(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit("Move", renames={"a.py": "shop/b.py"})
    story.commit("Move again", {"shop/c.py": code(42)}, renames={"shop/b.py": "shop/c.py"})
    assert shares(history_of(story, "shop/c.py")) == {"shop/c.py": (40, 42)}


def test_evidence_follows_a_moved_directory_back_and_forth(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"old/a.py": code(40), "old/b.py": code(30, "b")})
    story.commit("Move", renames={"old": "new"})
    story.commit("Move back", renames={"new": "old"})
    assert shares(history_of(story, "old/a.py", "old/b.py")) == {
        "old/a.py": (40, 40),
        "old/b.py": (30, 30),
    }


def test_a_new_file_under_an_old_name_starts_afresh(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit("Move", renames={"a.py": "b.py"})
    story.commit("A new one", {"a.py": code(25, "new")})
    assert shares(history_of(story, "a.py", "b.py")) == {"a.py": (0, 25), "b.py": (40, 40)}


def test_two_files_that_change_places_keep_their_evidence(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(40)})
    story.commit("And", {"b.py": code(30, "b")})
    story.commit("Step aside", renames={"a.py": "c.py"})
    story.commit("One", renames={"b.py": "a.py"})
    story.commit("Other", renames={"c.py": "b.py"})
    assert shares(history_of(story, "a.py", "b.py")) == {"a.py": (0, 30), "b.py": (40, 40)}


def test_merges_add_nothing_of_their_own(story: Story) -> None:
    base = story.commit("Begin", {"a.py": code(10)})
    story.branch("side", base)
    side = story.commit(f"Side\n\n{BY_CLAUDE}", {"b.py": code(30, "b")}, branch="side")
    story.commit("Main", {"a.py": code(12)})
    story.commit(f"Merge\n\n{BY_CLAUDE}", {"b.py": code(30, "b")}, merges=[side])
    history = history_of(story, "a.py", "b.py")
    assert shares(history) == {"a.py": (0, 12), "b.py": (30, 30)}
    assert (history.commits, history.ai_commits) == (3, 1)


def test_files_that_are_gone_or_not_asked_for_are_not_kept(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": code(10), "b.py": code(10, "b"), "c.md": "x\n"})
    story.commit("Drop", deletes=["b.py"])
    assert set(history_of(story, "a.py").files) == {b"a.py"}


def test_a_binary_file_adds_no_lines(story: Story) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"a.py": b"\0\1\2" * 100})
    assert shares(history_of(story, "a.py")) == {"a.py": (0, 0)}


def test_authors_are_people_or_machines(story: Story) -> None:
    story.commit("One", {"a.py": code(1)}, author=DANA)
    story.commit("Two", {"a.py": code(2)}, author="Dana D. <DANA@example.org>")
    story.commit("Three", {"a.py": code(3)}, author=ERIN)
    story.commit("Four", {"a.py": code(4)}, author=CLAUDE)
    story.commit("Five", {"a.py": code(5)}, author="dependabot[bot] <support@github.com>")
    history = history_of(story, "a.py")
    people = {history.people[n] for n in set(history.author) - history.not_people}
    assert people == {"dana@example.org", "erin@example.org"}


def test_commits_a_shallow_clone_was_cut_at_are_no_evidence(story: Story, tmp_path: Path) -> None:
    story.commit("Begin", {"a.py": code(100)})
    story.commit(f"More\n\n{BY_CLAUDE}", {"a.py": code(110)})
    story.commit(f"Even more\n\n{BY_CLAUDE}", {"a.py": code(120)})
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{story.path}", str(tmp_path / "shallow"))
    history = read(tmp_path / "shallow", story.tip() or "", {b"a.py"})
    assert shares(history) == {"a.py": (10, 120)}


def test_hostile_messages_and_names_break_nothing(story: Story) -> None:
    fake = "\1" + "0" * 40 + "\n1\nDana\nx\ny\nz\nHi"
    rows = f"\n99\t0\ta.py\n\x00{fake}\x0099\t0\ta.py\x00"
    story.commit(f"Sell{fake}\n{rows}".replace("\0", "\\0"), {"a.py": code(10)})
    story.commit(b"\xff\xfe\xfa not utf-8\n\n" + BY_CLAUDE.encode(), {"a.py": code(30)})
    story.commit("", {"a.py": code(31)}, author="\1 \2 <>")
    history = history_of(story, "a.py")
    assert shares(history) == {"a.py": (20, 31)}
    assert history.commits == 3


def test_a_message_of_megabytes_is_read_from_its_beginning(story: Story) -> None:
    story.commit(f"Sell\n\n{BY_CLAUDE}\n" + "word " * 1_000_000, {"a.py": code(30)})
    story.commit("More", {"a.py": code(33)})
    assert shares(history_of(story, "a.py")) == {"a.py": (30, 33)}


def test_progress_is_told_in_all_and_at_the_end(story: Story) -> None:
    for number in range(3):
        story.commit(f"{number}", {"a.py": code(number)})
    told: list[tuple[int, int | None]] = []
    with (
        opened(story.path) as repository,
        asked(repository, story.tip() or "", Log()) as coming,
    ):
        read_log(repository, coming, BUILT_IN, lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]
