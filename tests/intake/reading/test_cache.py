"""What a scan keeps for the next: it saves time, tells nobody anything, and cannot do harm."""

import os
import re
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from debt.policy.markers import TeamMarkers, Tool
from debt.policy.policy import built_in
from intake.git.repository import GitLimits, UnreadableRepository
from intake.reading.cache import MAGIC
from intake.scan.scan import Scan, read_repository
from tests.intake.conftest import NOW
from tests.intake.repositories import (
    BY_CLAUDE,
    Story,
    agent,
    attested,
    code,
    git,
    path_with_slow_git,
)

ANEW = "The newest commit of the last scan is not in this history"


class Reader:
    """Scans one repository, and says how many commits it had to read."""

    def __init__(self, story: Story, cache: Path) -> None:
        self.path, self.cache = story.path, cache

    def scan(self, **more: Any) -> tuple[Scan, int]:
        told: list[int] = []
        scan = read_repository(
            self.path,
            now=NOW,
            cache=self.cache,
            progress=lambda done, _: told.append(done),
            **more,
        )
        return scan, told[-1]

    def anew(self) -> Scan:
        return read_repository(self.path, now=NOW)

    @property
    def file(self) -> Path:
        (file,) = self.cache.iterdir()
        return file


@pytest.fixture
def reader(story: Story, tmp_path: Path) -> Reader:
    """A repository of three commits that was scanned once."""
    story.commit(f"Begin\n\n{BY_CLAUDE}", {"shop/a.py": code(40), "shop/b.py": code(30, "b")})
    story.commit("More", {"shop/a.py": code(50), "README.md": "# Shop\n"})
    story.commit("Move", renames={"shop/b.py": "shop/c.py"})
    reader = Reader(story, tmp_path / "cache" / "scans")
    assert reader.scan() == (reader.anew(), 3)
    return reader


def test_only_new_commits_are_read(story: Story, reader: Reader) -> None:
    story.commit("More", {"shop/c.py": code(45, "b")})
    assert reader.scan() == (reader.anew(), 1)
    assert reader.scan() == (reader.anew(), 0)


def test_a_merged_branch_is_new_however_old_its_commits_are(story: Story, reader: Reader) -> None:
    story.branch("side", git(story.path, "rev-list", "--max-parents=0", "main"))
    side = story.commit("Aside", {"shop/d.py": code(30, "d")}, branch="side", on="2026-05-01")
    story.commit("Merge", {"shop/d.py": code(30, "d")}, merges=[side])
    assert reader.scan() == (reader.anew(), 1)


def test_clocks_that_were_wrong_make_no_commit_count_twice(story: Story, reader: Reader) -> None:
    begun = git(story.path, "rev-list", "--max-parents=0", "main")
    for number in range(9):
        story.commit("Later", {"shop/a.py": code(60 + number)}, on=f"200{number}-01-01")
    reader.scan()
    story.branch("side", begun)
    side = story.commit("Aside", {"shop/d.py": code(30, "d")}, branch="side", on="2026-05-01")
    story.commit("Merge", {"shop/d.py": code(30, "d")}, merges=[side], on="2026-05-02")
    assert reader.scan() == (reader.anew(), 1)


def test_an_older_commit_that_is_checked_out_again_is_read_anew(
    story: Story, reader: Reader
) -> None:
    git(story.path, "update-ref", "refs/heads/main", "main~1")
    scan, read = reader.scan()
    assert (scan.findings, read) == (reader.anew().findings, 2)
    assert scan.notes[-1].startswith(ANEW)


def test_rewritten_history_is_read_anew_and_says_so(story: Story, reader: Reader) -> None:
    git(story.path, "update-ref", "refs/heads/main", "main~1")
    story.commit("Move, in other words", renames={"shop/b.py": "shop/c.py"}, on="2026-06-02")
    scan, read = reader.scan()
    anew = reader.anew()
    assert read == 3
    assert (scan.findings, scan.notes[:-1]) == (anew.findings, anew.notes)
    assert scan.notes[-1].startswith(ANEW)
    assert reader.scan() == (anew, 0)


def test_history_that_is_gone_altogether_is_no_trouble(
    story: Story, reader: Reader, tmp_path: Path
) -> None:
    shutil.rmtree(story.path)
    other = Story(story.path)
    other.commit(f"Another beginning\n\n{BY_CLAUDE}", {"lib/z.py": code(30, "z")})
    scan, read = reader.scan()
    assert ([finding.name for finding in scan.findings], read) == (["lib/z.py"], 1)


def test_notes_that_arrive_later_count(story: Story, reader: Reader) -> None:
    prompts = {"0123456789abcdef": agent("claude")}
    story.note("main~1", attested("shop/a.py\n  0123456789abcdef 1-10\n", prompts=prompts))
    scan, read = reader.scan()
    assert (scan, read) == (reader.anew(), 0)
    assert scan.ai_commits == 2


def test_what_attributes_say_today_is_no_part_of_what_a_commit_added(
    story: Story, reader: Reader
) -> None:
    before = reader.anew().all_lines
    story.commit("Binary", {".gitattributes": "*.py binary -diff\n"})
    assert reader.anew().all_lines == before
    assert reader.scan() == (reader.anew(), 1)


def test_a_team_with_other_tools_reads_everything_anew(story: Story, reader: Reader) -> None:
    housebot = Tool(name="Housebot", emails=("dana@example.org",))
    policy = built_in().model_copy(update={"markers": TeamMarkers(tool=(housebot,))})
    scan, read = reader.scan(policy=policy)
    assert (scan, read) == (read_repository(story.path, now=NOW, policy=policy), 3)
    assert scan.ai_commits == 3


def test_a_clone_that_was_deepened_is_read_anew(
    story: Story, reader: Reader, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{story.path}", str(clone))
    reader.path = clone
    reader.cache = tmp_path / "other"
    assert reader.scan()[1] == 2
    git(clone, "-c", "protocol.file.allow=always", "fetch", "-q", "--unshallow")
    assert reader.scan() == (reader.anew(), 3)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def flip(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def pickled(file: Path) -> None:
    file.write_bytes(b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x08touch /x\x85R.")


def of_an_older_format(file: Path) -> None:
    raw = b'debt scan\n{"version": "x", "parts": {}}\n'
    file.write_bytes(raw + sha256(raw).digest())


def signed_but_foreign(file: Path) -> None:
    raw = file.read_bytes()
    raw = raw[: raw.index(b"\n", len(MAGIC)) + 1] + b"\x91" * 100_000
    file.write_bytes(raw + sha256(raw).digest())


def endless(file: Path) -> None:
    os.truncate(file, 1 << 40)


def a_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_dead_link(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nowhere"))


@pytest.mark.parametrize(
    "damage",
    [cut, flip, empty, pickled, of_an_older_format, signed_but_foreign, endless, a_dead_link],
)
def test_a_damaged_file_is_read_past_and_replaced(
    reader: Reader, damage: Callable[[Path], None]
) -> None:
    damage(reader.file)
    assert reader.scan() == (reader.anew(), 3)
    assert reader.scan() == (reader.anew(), 0)
    assert reader.file.is_file()


def test_another_repositorys_file_is_of_no_use(
    reader: Reader, tmp_path: Path, now: datetime
) -> None:
    other = Story(tmp_path / "other")
    other.commit("Begin", {"x.py": code(20)})
    theirs = Reader(other, tmp_path / "theirs")
    theirs.scan()
    shutil.copy(theirs.file, reader.file)
    assert reader.scan() == (reader.anew(), 3)


def test_where_nothing_can_be_kept_the_scan_says_so_and_is_complete(
    reader: Reader, tmp_path: Path
) -> None:
    a_directory(reader.file)
    scan, read = reader.scan()
    assert (scan.findings, read) == (reader.anew().findings, 3)
    assert scan.notes[-1] == "The next scan has to read everything again: Is a directory."
    reader.cache = tmp_path / "shop" / ".git" / "HEAD" / "scans"
    assert reader.scan()[0] == reader.anew()


def test_it_is_for_its_owner_only_and_named_by_a_hash(reader: Reader) -> None:
    assert stat.S_IMODE(reader.cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(reader.file.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{32}\.scan", reader.file.name)


def test_nothing_is_kept_within_what_is_scanned(reader: Reader) -> None:
    for inside in (reader.path / "cache", reader.path / ".git" / "cache"):
        reader.cache = inside
        assert reader.scan() == (reader.anew(), 3)
        assert not inside.exists()


def test_neither_messages_nor_conversations_nor_code_are_in_it(
    story: Story, reader: Reader
) -> None:
    prompt = agent("claude", messages=[{"type": "user", "text": "a secret prompt"}])
    story.commit("A secret subject\n\nA secret body", {"shop/d.py": "secret_code = 1\n" * 30})
    note = attested("shop/d.py\n  0123456789abcdef 1-10\n", prompts={"0123456789abcdef": prompt})
    story.note(story.tip() or "", note)
    assert reader.scan()[0].ai_commits == 2
    assert b"shop/d.py" in reader.file.read_bytes()
    assert b"secret" not in reader.file.read_bytes()


def test_names_that_are_no_text_are_kept_too(story: Story, reader: Reader) -> None:
    prompts = {"0123456789abcdef": agent("\ud800claude", "opus\ud800\udfff\x00")}
    story.note("main", attested("shop/c.py\n  0123456789abcdef 1-999999999\n", prompts=prompts))
    story.commit("More", {"shop/d.rs": b"use \xff::x;\nuse shop\xff;\n" * 30})
    assert reader.scan() == (reader.anew(), 1)
    assert reader.scan() == (reader.anew(), 0)


def test_scans_at_the_same_time_do_not_harm_each_other(story: Story, reader: Reader) -> None:
    story.commit("More", {"shop/c.py": code(45, "b")})
    anew = reader.anew()
    with ThreadPoolExecutor(4) as many:
        scans = [many.submit(reader.scan) for _ in range(8)]
    assert all(scan.result()[0] == anew for scan in scans)
    assert reader.scan() == (anew, 0)
    assert reader.file.is_file()


def test_too_much_and_what_nobody_finished_is_cleared_away(story: Story, reader: Reader) -> None:
    large, unfinished = reader.cache / "large.scan", reader.cache / "x.part"
    for file in (large, unfinished, reader.cache / "theirs.txt"):
        file.touch()
        os.utime(file, (0, 0))
    os.truncate(large, 1 << 30)
    story.commit("More", {"shop/c.py": code(45, "b")})
    reader.scan()
    assert {file.suffix for file in reader.cache.iterdir()} == {".scan", ".txt"}
    assert not large.exists()


def test_a_scan_that_runs_out_of_time_leaves_what_was_kept(
    story: Story, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reader.file.read_bytes()
    story.commit("More", {"shop/c.py": code(45, "b")})
    monkeypatch.setenv("PATH", path_with_slow_git(tmp_path))
    with pytest.raises(UnreadableRepository, match="took more than"):
        reader.scan(limits=GitLimits(seconds=2))
    assert (tmp_path / "reached").exists()
    assert reader.file.read_bytes() == before
