"""A repository that nobody vouches for: nothing of it runs, nothing beside it is read, it ends."""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from intake.git.repository import GitLimits, PastLimit, UnreadableRepository
from intake.scan.scan import Scan, read_repository
from tests.intake.repositories import BY_CLAUDE, Story, code, git

WITH_CLAUDE = "Sell\n\n" + BY_CLAUDE
SECRET = "the-operator's-own-secret"


class Trap:
    """A program that leaves a trace wherever it is started from, and a file that is not theirs."""

    def __init__(self, folder: Path) -> None:
        self.canary = folder / "canary"
        self.secret = folder / "secret"
        self.secret.write_text(f"{SECRET}\n")
        self.program = folder / "trap.sh"
        self.program.write_text(f"#!/bin/sh\ntouch '{self.canary}'\ncat\n")
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


@pytest.fixture
def shop(story: Story) -> Story:
    story.commit("Begin", {"cart.py": code(40, "cart"), "CODEOWNERS": "* @acme/shop\n"})
    story.commit(WITH_CLAUDE, {"pay/retry.py": code(60)}, on="2026-06-10")
    return story


def configured(directory: Path, settings: dict[str, str], file: str = "config") -> None:
    for key, value in settings.items():
        git(directory, "config", "--file", str(directory / ".git" / file), "--add", key, value)


# Each takes the repository and the trap, and sets one up; what a scan finds stays the same.


def a_file_that_is_included(story: Story, trap: Trap) -> None:
    more = trap.secret.with_name("more.config")
    more.write_text(
        f"[core]\n\tfsmonitor = {trap.program}\n\tpager = {trap.program}\n"
        f'[diff "evil"]\n\ttextconv = {trap.program}\n\tcommand = {trap.program}\n'
        f"[diff]\n\texternal = {trap.program}\n[alias]\n\tlog = !{trap.program}\n"
    )
    (story.path / ".git" / "info").mkdir(exist_ok=True)
    (story.path / ".git" / "info" / "attributes").write_text("* diff=evil\n")
    configured(story.path, {"include.path": str(more), "includeIf.gitdir:/.path": str(more)})


def a_file_of_the_operator_as_configuration(story: Story, trap: Trap) -> None:
    """It is no configuration, so git refuses; nothing of what is in it may be told."""
    configured(story.path, {"include.path": str(trap.secret)})


def configuration_of_the_work_tree(story: Story, trap: Trap) -> None:
    configured(story.path, {"extensions.worktreeConfig": "true"})
    settings = {"core.fsmonitor": str(trap.program), "core.worktree": "/", "core.bare": "false"}
    configured(story.path, settings, "config.worktree")


def traces_to_a_file(story: Story, trap: Trap) -> None:
    settings = dict.fromkeys(("trace2.normalTarget", "trace2.eventTarget"), str(trap.canary))
    configured(story.path, settings)


def words_and_order_of_the_log(story: Story, trap: Trap) -> None:
    settings = {
        "color.ui": "always", "core.abbrev": "4", "core.quotePath": "true",
        "core.ignoreCase": "true",
        "diff.algorithm": "patience", "diff.context": "0", "diff.ignoreSubmodules": "all",
        "diff.mnemonicPrefix": "true", "diff.noprefix": "true", "diff.renames": "copies",
        "diff.renameLimit": "1", "diff.statGraphWidth": "1", "diff.submodule": "log",
        "diff.suppressBlankEmpty": "true", "diff.colorMoved": "zebra", "format.pretty": "oneline",
        "format.notes": "*", "i18n.commitEncoding": "ISO-8859-1", "log.date": "relative",
        "log.decorate": "full", "log.diffMerges": "off", "log.excludeDecoration": "*",
        "log.follow": "true", "log.graphColors": "red", "log.initialDecorationSet": "all",
        "log.abbrevCommit": "true", "log.showRoot": "false", "mailmap.file": "/dev/zero",
        "notes.displayRef": "refs/notes/*", "core.notesRef": "refs/notes/other",
        "core.excludesFile": "/dev/zero", "blame.ignoreRevsFile": "/dev/zero",
    }  # fmt: skip
    configured(story.path, settings)


def other_parents_and_other_commits(story: Story, trap: Trap) -> None:
    """Grafts and replacements show a history that nobody committed."""
    head = story.tip() or ""
    forged = story.commit("Forged", {"pay/retry.py": code(60)}, branch="forged")
    (story.path / ".git" / "info").mkdir(exist_ok=True)
    (story.path / ".git" / "info" / "grafts").write_text(f"{head}\n")
    git(story.path, "update-ref", f"refs/replace/{head}", forged)


def a_submodule(story: Story, trap: Trap) -> None:
    configured(
        story.path,
        {
            "submodule.evil.update": f"!{trap.program}",
            "submodule.evil.url": f"ext::{trap.program}",
            "submodule.evil.active": "true",
            "submodule.recurse": "true",
        },
    )


def hooks_of_every_kind(story: Story, trap: Trap) -> None:
    hooks = story.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc",
                 "fsmonitor-watchman", "query-watchman", "post-rewrite", "pre-commit"):  # fmt: skip
        (hooks / name).symlink_to(trap.program)


def programs_to_reach_others(story: Story, trap: Trap) -> None:
    keys = ("core.sshCommand", "core.gitProxy", "core.askPass", "credential.helper",
            "core.alternateRefsCommand", "uploadpack.packObjectsHook", "remote.origin.vcs",
            "remote.origin.uploadpack", "gpg.program", "gpg.ssh.program", "core.editor",
            "sequence.editor", "merge.evil.driver", "mergetool.evil.cmd", "interactive.diffFilter",
            "browser.evil.cmd", "sendemail.smtpServer", "trailer.evil.command", "trailer.evil.cmd",
            "filter.evil.process", "filter.evil.clean", "filter.evil.smudge",
            "pager.log")  # fmt: skip
    configured(story.path, dict.fromkeys(keys, str(trap.program)))
    configured(story.path, {"protocol.ext.allow": "always", "remote.origin.promisor": "true"})


def objects_that_are_elsewhere(story: Story, trap: Trap) -> None:
    """As a clone that shares another's: legitimate, if nothing runs."""
    store = story.path / ".git" / "objects"
    away = trap.secret.parent / "elsewhere"
    store.rename(away)
    (store / "info").mkdir(parents=True)
    (store / "info" / "alternates").write_text(f"{away}\n/etc\n/nowhere\n{trap.secret}\n")


def a_directory_that_is_a_link(story: Story, trap: Trap) -> None:
    away = trap.secret.parent / "away.git"
    (story.path / ".git").rename(away)
    (story.path / ".git").symlink_to(away)


TRICKS = (
    a_file_that_is_included, configuration_of_the_work_tree, traces_to_a_file,
    words_and_order_of_the_log, other_parents_and_other_commits, a_submodule, hooks_of_every_kind,
    programs_to_reach_others, objects_that_are_elsewhere, a_directory_that_is_a_link,
)  # fmt: skip


def told(scan: Scan) -> object:
    return scan.commits, scan.ai_commits, scan.ai_lines, scan.all_lines, scan.findings, scan.notes


@pytest.mark.parametrize("trick", TRICKS)
def test_nothing_runs_and_the_scan_finds_what_it_found_before(
    shop: Story, trap: Trap, now: datetime, trick: Callable[[Story, Trap], None]
) -> None:
    before = read_repository(shop.path, now=now)
    assert before.ai_commits == 1
    trick(shop, trap)
    assert told(read_repository(shop.path, now=now)) == told(before)
    assert not trap.canary.exists()


def refused(path: Path, now: datetime, limits: GitLimits | None = None) -> str:
    with pytest.raises(UnreadableRepository) as error:
        read_repository(path, now=now, limits=limits)
    said = str(error.value)
    assert "\n" not in said
    assert said.isprintable()
    assert SECRET not in said
    return said


def a_ref_that_is_a_link(story: Story, trap: Trap) -> None:
    ref = story.path / ".git" / "refs" / "heads" / "main"
    ref.unlink()
    ref.symlink_to(trap.secret)


def a_head_that_is_a_link(story: Story, trap: Trap) -> None:
    head = story.path / ".git" / "HEAD"
    head.unlink()
    head.symlink_to(trap.secret)


def a_head_that_leaves(story: Story, trap: Trap) -> None:
    (story.path / ".git" / "HEAD").write_text("ref: ../../../../secret\n")


def objects_that_are_a_file(story: Story, trap: Trap) -> None:
    for path in (story.path / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
            path.symlink_to(trap.secret)


@pytest.mark.parametrize(
    "trick",
    [
        a_file_of_the_operator_as_configuration,
        a_ref_that_is_a_link,
        a_head_that_is_a_link,
        a_head_that_leaves,
        objects_that_are_a_file,
    ],
)
def test_what_is_beside_the_repository_is_not_told(
    shop: Story, trap: Trap, now: datetime, trick: Callable[[Story, Trap], None]
) -> None:
    """It may be read as an empty one, or be refused."""
    trick(shop, trap)
    with suppress(UnreadableRepository):
        scan = read_repository(shop.path, now=now)
        assert (scan.commits, scan.notes) == (0, ("The repository has no commits yet.",))
        return
    refused(shop.path, now)


@pytest.mark.parametrize("pointer", ["../../nowhere", "/etc", "/dev/zero", "\0\xff", "x" * 9000])
def test_a_repository_that_points_away_is_no_repository(
    shop: Story, now: datetime, pointer: str
) -> None:
    (shop.path / ".git" / "commondir").write_text(pointer)
    assert "not a git repository" in refused(shop.path, now)
    (shop.path / ".git" / "commondir").unlink()
    (shop.path / ".git").rename(shop.path / "git")
    (shop.path / ".git").write_text(f"gitdir: {pointer}\n")
    assert "not a git repository" in refused(shop.path, now)


@pytest.mark.parametrize("name", [".git", ".git/commondir", ".git/HEAD"])
def test_pointers_of_gigabytes_are_not_read(shop: Story, now: datetime, name: str) -> None:
    if name == ".git":
        (shop.path / ".git").rename(shop.path / "git")
    with (shop.path / name).open("wb") as file:
        file.write(b"gitdir: /nowhere" if name == ".git" else b"/nowhere")
        file.truncate(200 << 30)
    refused(shop.path, now)


def commit_of_many_zeros(story: Story, size: int) -> None:
    head = git(story.path, "cat-file", "commit", story.tip() or "")
    endless = story.path.parent / "commit"
    with endless.open("wb") as file:
        file.write(f"{head}\n\n".encode())
        file.truncate(size)
    commit = git(story.path, "hash-object", "-t", "commit", "-w", "--literally", str(endless))
    endless.unlink()
    (story.path / ".git" / "refs" / "heads" / "main").write_text(f"{commit}\n")


def test_a_commit_of_gigabytes_takes_no_more_memory_than_it_may(shop: Story, now: datetime) -> None:
    commit_of_many_zeros(shop, 300 << 20)
    said = refused(shop.path, now, GitLimits(memory_bytes=200 << 20))
    assert said == f"{shop.path}: reading it took more than 200 MB of memory."


@pytest.mark.parametrize("name", ["commondir", "HEAD", "config", "objects/info/alternates"])
def test_a_pipe_that_nobody_writes_to_ends_with_the_time(
    shop: Story, now: datetime, name: str
) -> None:
    file = shop.path / ".git" / name
    file.unlink(missing_ok=True)
    file.parent.mkdir(exist_ok=True)
    os.mkfifo(file)
    began = time.monotonic()
    with suppress(UnreadableRepository):  # `commondir` counts only where it is a file
        read_repository(shop.path, now=now, limits=GitLimits(seconds=2))
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "name", ["CODEOWNERS", ".github/CODEOWNERS", ".gitattributes", "pay/.gitattributes",
             "debt.yml", "pay/debt.yml", ".agent-trace/traces.jsonl", ".mailmap", "pay/x.md"],
)  # fmt: skip
def test_a_link_in_place_of_a_file_says_nothing(
    shop: Story, now: datetime, tmp_path: Path, name: str
) -> None:
    """Wherever it leads to: out of the tree, or to a file in it."""
    secret = tmp_path / "out"
    secret.write_text("* @the-secret-team\n*.py linguist-vendored\nowner: mallory@example.org\n")
    shop.commit("Say who", deletes=["CODEOWNERS"])
    before = read_repository(shop.path, now=now)
    for target in (str(secret), "../../out", "cart.py", ".", "/dev/zero"):
        shop.commit("Link", links={name: target})
        git(shop.path, "checkout", "-q", "-f", "main")
        scan = read_repository(shop.path, now=now)
        assert [finding.paths for finding in scan.findings] == [("pay/retry.py",)]
        assert [finding.owner for finding in scan.findings] == [
            finding.owner for finding in before.findings
        ]
        assert "secret" not in repr(scan.findings)


def bomb(story: Story, levels: int) -> None:
    """A tree of trees, each of them ten times the next one: few objects, 10ⁿ files."""
    inner = git(story.path, "hash-object", "-w", "--stdin", stdin=b"x = 1\n")
    entry = f"100644 blob {inner}\tf%d.py\n"
    for _ in range(levels):
        listed = "".join(entry % number for number in range(10))
        tree = git(story.path, "mktree", stdin=listed.encode())
        entry = f"040000 tree {tree}\td%d\n"
    who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
    commit = git(story.path, *who, "commit-tree", tree, "-m", "Boom")
    git(story.path, "update-ref", "refs/heads/main", commit)


def test_a_tree_of_ten_billion_files_is_refused(story: Story, now: datetime) -> None:
    bomb(story, 10)
    began = time.monotonic()
    said = refused(story.path, now, GitLimits(files=20_000))
    assert said == f"{story.path}: it holds more than 20,000 files."
    assert time.monotonic() - began < 20


def test_directories_in_directories_without_end_are_refused_or_read(
    story: Story, now: datetime
) -> None:
    story.commit(WITH_CLAUDE, {"d/" * 5_000 + "f.py": code(30), "a.py": code(30, "a")})
    with suppress(UnreadableRepository):
        assert read_repository(story.path, now=now).ai_commits == 1
        return
    refused(story.path, now)


def test_a_file_of_gigabytes_is_never_read(story: Story, now: datetime) -> None:
    """Four thousand million zeros are four megabytes in git."""
    huge = story.path.parent / "huge.py"
    with huge.open("wb") as file:
        file.truncate(700 << 20)
    oid = git(story.path, "-c", "core.bigFileThreshold=1m", "hash-object", "-w", str(huge))
    huge.unlink()
    story.commit(WITH_CLAUDE, {"a.py": code(30)})
    head = story.tip() or ""
    listed = git(story.path, "ls-tree", head) + f"\n100644 blob {oid}\thuge.py\n"
    listed += f"100644 blob {oid}\tCODEOWNERS\n100644 blob {oid}\tdebt.yml\n"
    tree = git(story.path, "mktree", stdin=listed.encode())
    who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
    commit = git(story.path, *who, "commit-tree", tree, "-p", head, "-m", WITH_CLAUDE)
    git(story.path, "update-ref", "refs/heads/main", commit)
    began = time.monotonic()
    scan = read_repository(story.path, now=now)
    assert [finding.paths for finding in scan.findings] == [("a.py",)]
    assert "1 file of more than 1,048 kB was left out." in scan.notes
    assert time.monotonic() - began < 30


def test_a_commit_that_says_too_much_is_read_from_its_beginning(
    story: Story, now: datetime
) -> None:
    endless = f"{WITH_CLAUDE}\n\n" + "word " * 4_000_000
    story.commit(endless, {"a.py": code(30)}, author=f"{'x' * 100_000} <dana@example.org>")
    scan = read_repository(story.path, now=now)
    assert scan.commits == 1
    assert all(len(finding.evidence) < 10_000 for finding in scan.findings)


def test_a_history_beyond_the_limits_is_refused_in_one_line(story: Story, now: datetime) -> None:
    for number in range(30):
        story.commit("On", {f"{'p' * 200}{number}.py": code(3)})
    assert "is more than" in refused(story.path, now, GitLimits(output_bytes=1_000))
    assert "of memory" in refused(story.path, now, GitLimits(log_bytes=4_000))
    with pytest.raises(PastLimit):
        read_repository(story.path, now=now, limits=GitLimits(seconds=0))


def growing(story: Story) -> Iterator[str]:
    for number in range(5):
        yield story.commit(WITH_CLAUDE, {f"later/{number}.py": code(40, f"n{number}")})


def test_what_comes_while_it_is_read_counts_the_next_time(shop: Story, now: datetime) -> None:
    before, head = read_repository(shop.path, now=now), shop.tip()
    later = growing(shop)
    scan = read_repository(shop.path, now=now, progress=lambda *_: next(later, None))  # type: ignore[arg-type]  # what it gives back is nobody's business
    assert scan.head == head != shop.tip()
    assert told(scan) == told(before)
    assert read_repository(shop.path, now=now).head == shop.tip()


def test_what_goes_while_it_is_read_is_one_clear_line(shop: Story, now: datetime) -> None:
    def empty(*_: object) -> None:
        for path in (shop.path / ".git" / "objects").rglob("*"):
            if path.is_file():
                path.unlink()

    with pytest.raises(UnreadableRepository) as error:
        read_repository(shop.path, now=now, progress=empty)
    assert str(error.value).startswith(f"{shop.path}: ")
    assert "\n" not in str(error.value)


def test_refs_and_names_that_look_like_options_are_none(
    story: Story, now: datetime, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    author = f"--upload-pack=touch {canary} <--output={canary}@example.org>"
    story.commit(WITH_CLAUDE, {"--output=x.py": code(30), "-x/-.py": code(30, "x")}, author=author)
    head = story.tip() or ""
    git(story.path, "update-ref", f"refs/heads/--output={canary.name}", head)
    git(story.path, "symbolic-ref", "HEAD", f"refs/heads/--output={canary.name}")
    scan = read_repository(story.path, now=now)
    assert scan.ai_commits == 1
    assert not canary.exists()


def test_a_signature_is_nothing_to_start_a_program_for(
    shop: Story, trap: Trap, now: datetime
) -> None:
    commit = git(shop.path, "cat-file", "commit", shop.tip() or "")
    about, _, message = commit.partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = f"{about}\n{signature}\n\n{message}\n".encode()
    signed_id = git(shop.path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed)
    git(shop.path, "update-ref", "refs/heads/main", signed_id)
    configured(shop.path, {"log.showSignature": "true", "gpg.program": str(trap.program)})
    assert read_repository(shop.path, now=now).ai_commits == 1
    assert not trap.canary.exists()
    with suppress(AssertionError):
        git(shop.path, "log", "-1")
    assert trap.canary.exists()


def test_every_thread_and_directory_of_a_reading_is_gone(
    shop: Story, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = set(threading.enumerate())
    read_repository(shop.path, now=now)
    bomb(shop, 6)
    refused(shop.path, now, GitLimits(files=1_000))
    assert [*scratch.iterdir()] == []
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()
