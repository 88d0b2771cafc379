"""Git runs nothing of the repository's own, says what is missing, and is always gone."""

import gc
import os
import stat
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intake.git.pipes import READER
from intake.git.processes import Cancellation
from intake.git.repository import GitLimits, PastLimit, UnreadableRepository, opened
from intake.scan.scan import read_repository
from intake.text.shown import shown
from tests.intake.conftest import NOW
from tests.intake.repositories import BY_CLAUDE, Story, code, git

Started = list["subprocess.Popen[bytes]"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Every process that is started, to see that it ends."""
    seen: Started = []
    popen: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def remembered(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        process = popen(*arguments, **options)
        seen.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", remembered)
    return seen


def booby_trap(story: Story, canary: Path) -> None:
    """Set everything in the repository's own configuration that could start a program."""
    trap = story.path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch '{canary}'\ncat\n")
    trap.chmod(trap.stat().st_mode | stat.S_IXUSR)
    hooks = story.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in (
        "post-index-change",
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ):
        (hooks / hook).write_text(trap.read_text())
        (hooks / hook).chmod(0o755)
    (story.path / ".git" / "info").mkdir(exist_ok=True)
    (story.path / ".git" / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    settings = {
        "core.fsmonitor": str(trap),
        "core.hooksPath": str(hooks),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "core.gitProxy": str(trap),
        "core.alternateRefsCommand": str(trap),
        "core.editor": str(trap),
        "diff.external": str(trap),
        "diff.evil.textconv": str(trap),
        "diff.evil.command": str(trap),
        "filter.evil.smudge": str(trap),
        "filter.evil.clean": str(trap),
        "filter.evil.process": str(trap),
        "filter.evil.required": "true",
        "gpg.program": str(trap),
        "log.showSignature": "true",
        "credential.helper": str(trap),
        "pager.log": str(trap),
        "alias.log": f"!{trap}",
        "alias.ls-tree": f"!{trap}",
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "remote.origin.partialCloneFilter": "blob:none",
        "uploadpack.packObjectsHook": str(trap),
        "diff.orderFile": "/dev/zero",
        "diff.relative": "true",
        "log.showRoot": "false",
        "log.follow": "true",
        "core.worktree": "/nonexistent",
        "core.bigFileThreshold": "1",
        "include.path": "/nonexistent/config",
    }
    for key, value in settings.items():
        git(story.path, "config", "--file", str(story.path / ".git" / "config"), key, value)


def test_nothing_of_a_hostile_repository_runs(story: Story, tmp_path: Path, now: datetime) -> None:
    files: dict[str | bytes, str | bytes] = {
        "shop/a.py": code(40),
        ".gitattributes": "* diff=evil filter=evil\n",
    }
    story.commit(f"Sell\n\n{BY_CLAUDE}", files)
    canary = tmp_path / "canary"
    booby_trap(story, canary)
    scan = read_repository(story.path, now=now)
    assert not canary.exists()
    assert (scan.ai_commits, scan.ai_lines) == (1, 40)


def test_the_trap_would_have_caught_plain_git(story: Story, tmp_path: Path) -> None:
    story.commit("Sell", {"a.py": code(3)})
    canary = tmp_path / "canary"
    booby_trap(story, canary)
    git_directory = str(story.path / ".git")
    careless = ("-c", "diff.orderFile=/dev/null", "-c", "log.showRoot=true")
    with suppress(AssertionError):
        git(tmp_path, "--git-dir", git_directory, *careless, "show", "--ext-diff", "HEAD")
    assert canary.exists()


def test_missing_contents_are_not_fetched(story: Story, tmp_path: Path, now: datetime) -> None:
    story.commit("Sell", {"a.py": code(30)})
    git(story.path, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    source = f"file://{story.path}"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", source, str(partial))
    with pytest.raises(
        UnreadableRepository, match="this partial clone lacks file contents"
    ) as error:
        read_repository(partial, now=now)
    assert "\n" not in str(error.value)
    assert str(partial) in str(error.value)


def test_reading_leaves_no_trace_in_the_repository(story: Story, now: datetime) -> None:
    story.commit("Sell", {"a.py": code(30), ".gitattributes": "*.js linguist-vendored\n"})
    before = {path: path.stat().st_mtime_ns for path in story.path.rglob("*")}
    read_repository(story.path, now=now)
    assert {path: path.stat().st_mtime_ns for path in story.path.rglob("*")} == before


def test_a_directory_without_repository_is_refused_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(UnreadableRepository, match="this is not a git repository"),
        opened(tmp_path),
    ):
        pass
    missing = tmp_path / "nowhere"
    with pytest.raises(UnreadableRepository, match="there is no such directory"), opened(missing):
        pass


def test_a_directory_within_a_repository_is_told_which(story: Story) -> None:
    inside = story.path / "src" / "retry"
    inside.mkdir(parents=True)
    with pytest.raises(UnreadableRepository) as refused, opened(inside):
        pass
    assert str(refused.value) == (
        f"{inside}: this is not a git repository, but a part of one: {story.path}."
    )


def test_a_file_is_no_repository(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("gitdir")
    with pytest.raises(UnreadableRepository, match="this is not a git repository"), opened(file):
        pass


def test_git_that_is_not_installed_is_named(
    story: Story, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(UnreadableRepository, match="git is not installed, or not on PATH"):
        read_repository(story.path, now=now)


def test_gits_own_complaint_is_passed_on(story: Story) -> None:
    with opened(story.path) as repository:
        with pytest.raises(UnreadableRepository, match="git could not read it: ") as error:
            repository.once("ls-tree", "nothing")
        assert repository.answer("rev-parse", "--verify", "--quiet", "HEAD") is None
    assert "\n" not in str(error.value)


def test_a_damaged_repository_is_refused(story: Story, now: datetime) -> None:
    story.commit("Sell", {"a.py": code(30)})
    for path in [*(story.path / ".git" / "objects").rglob("*")]:
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"damaged")
    with pytest.raises(UnreadableRepository, match="git could not read it: "):
        read_repository(story.path, now=now)


def test_a_reading_that_takes_too_long_is_stopped(story: Story, started: Started) -> None:
    with opened(story.path, GitLimits(seconds=0.3)) as repository:
        with (
            pytest.raises(UnreadableRepository, match="took more than 0 seconds"),
            repository.output("-c", "alias.wait=!sleep 60", "wait") as stdout,
        ):
            stdout.read()
        with pytest.raises(UnreadableRepository):
            repository.check_time()
    assert all(process.returncode is not None for process in started)


def test_output_beyond_the_limit_is_refused(story: Story, started: Started) -> None:
    story.commit("Sell", {f"{number}.py": "" for number in range(500)})
    with opened(story.path, GitLimits(output_bytes=1000)) as repository:
        with pytest.raises(UnreadableRepository, match="is more than"):
            repository.once("ls-tree", "-z", "HEAD")
        with (
            pytest.raises(UnreadableRepository, match="is more than"),
            repository.tokens("ls-tree", "-z", "HEAD") as tokens,
        ):
            list(tokens)
    assert all(process.returncode is not None for process in started)


def test_a_history_that_would_fill_the_memory_is_refused(story: Story, now: datetime) -> None:
    story.commit("Sell", {f"{number}.py": "" for number in range(20)})
    with pytest.raises(PastLimit, match="its history takes more than 0 MB of memory"):
        read_repository(story.path, now=now, limits=GitLimits(log_bytes=5000))


def test_the_collector_rests_for_a_scan_and_no_longer(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(UnreadableRepository):
        read_repository(tmp_path, now=now)
    assert gc.isenabled()


def test_a_repository_with_too_many_files_is_refused(story: Story, now: datetime) -> None:
    story.commit("Sell", {f"{number}.py": "" for number in range(20)})
    with pytest.raises(UnreadableRepository, match="more than 10 files"):
        read_repository(story.path, now=now, limits=GitLimits(files=10))


def test_a_reading_can_be_ended_from_another_thread(story: Story, started: Started) -> None:
    """Whatever git waits for: here, somebody to write into a pipe."""
    story.commit("Sell", {"a.py": code(3)})
    os.mkfifo(story.path / ".git" / "objects" / "info" / "alternates")
    ending = Cancellation()
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(read_repository, story.path, now=NOW, ending=ending)
        while not started:
            assert not reading.done()
        ending.end()
        with pytest.raises(UnreadableRepository):
            reading.result(20)
    assert all(process.returncode is not None for process in started)


def read_one_token_and_raise(path: Path, interruption: BaseException, ahead: int) -> None:
    with (
        opened(path) as repository,
        repository.tokens("log", "-z", "-p", "HEAD", "--", ahead=ahead) as tokens,
    ):
        next(tokens)
        raise interruption


@pytest.mark.parametrize("ahead", [0, 1, 64 << 20])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_git_ends_when_its_reader_is_interrupted(
    story: Story, started: Started, interruption: type[BaseException], ahead: int
) -> None:
    """And so does whoever reads ahead of it."""
    story.commit("Sell", {f"{number}.py": code(9) for number in range(2000)})
    with pytest.raises(interruption):
        read_one_token_and_raise(story.path, interruption(), ahead)
    assert started
    assert all(process.returncode is not None for process in started)
    for thread in threading.enumerate():
        if thread.name == READER:
            thread.join(10)
            assert not thread.is_alive()


def test_what_was_read_ahead_is_taken_whole_and_in_order(story: Story) -> None:
    paths = [f"{number:05}-{'x' * 200}.py" for number in range(3000)]
    story.commit("Sell", dict.fromkeys(paths, "x"))
    with opened(story.path) as repository:
        for ahead in (1, 64 << 20):
            with repository.tokens("ls-tree", "-z", "--name-only", "HEAD", ahead=ahead) as tokens:
                assert [token.decode() for token in tokens] == paths


def test_text_from_outside_is_shown_in_one_printable_line() -> None:
    assert shown("a\nb\x1b[31m") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m"
    assert shown("caf\udce9").isprintable()
    assert shown("x" * 500, 10) == "xxxxxxxxx…"
