"""`debt` as the program that is installed: exit status, streams, pipes and signals."""

import fcntl
import json
import os
import signal
import subprocess
import termios
import time
from array import array
from pathlib import Path
from typing import IO

import pytest

from bot.cli.parsers.table import COMMANDS
from tests.bot.cli.terminal import SHEET, Terminal, program
from tests.intake.repositories import BY_CLAUDE, Story, code, path_with_slow_git

# They take long to load, and help needs none of them.
LIBRARIES = (
    "alembic aiohttp asyncio jinja2 matplotlib pydantic slack_bolt slack_sdk sqlalchemy".split()
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_help_names_every_command(terminal: Terminal) -> None:
    said = terminal.really("--help")
    assert (said.status, said.err) == (0, "")
    assert all(f"    {command.name} " in said.out for command in COMMANDS)


@pytest.mark.parametrize("words", [["--help"], ["scan", "--help"], ["dance"]])
def test_help_and_usage_errors_wait_for_no_library(words: list[str], terminal: Terminal) -> None:
    """Python itself lists what it imports."""
    said = terminal.really(*words, environment={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rpartition("|")[2].strip() for line in said.err.splitlines()}
    assert "bot.cli.parsers.table" in imported
    assert imported.isdisjoint(LIBRARIES)


def test_a_first_day_from_a_spreadsheet_to_evidence(terminal: Terminal) -> None:
    terminal.file("register.csv", SHEET)
    assert terminal.really("import", "register.csv").out.startswith("2 rows: 2 created")
    assert (terminal.folder / "debt.db").exists()
    listed = terminal.really("list", "orphans")
    assert listed.lines[0].startswith("D-2 ")
    history = terminal.really("history", "--format", "jsonl")
    assert {json.loads(line)["by"] for line in history.lines} == {"cli:dana"}
    for said in (listed, history, terminal.really("check", "--offline")):
        assert (said.status, said.err) == (0, "")
        assert "\x1b" not in said.out


def test_a_failure_is_one_line_and_no_traceback(terminal: Terminal) -> None:
    for words in (["list"], ["show", "D-1"], ["import", "absent.csv"], ["scan", "."], ["serve"]):
        said = terminal.really(*words)
        assert (said.status, said.out) == (1, "")
        assert said.err.count("\n") == 1
        assert said.err.startswith("debt: ")
        assert "\x1b" not in said.err


def test_a_question_asked_the_wrong_way_is_status_two(terminal: Terminal) -> None:
    assert terminal.really("dance").status == 2
    assert terminal.really().status == 2


def test_a_value_in_env_file_counts_and_the_environment_counts_more(terminal: Terminal) -> None:
    terminal.file(".env", "DATABASE_URL=sqlite:///other.db\nPORT=no\n")
    assert "PORT" in terminal.really("migrate").err
    assert terminal.really("migrate", environment={"PORT": "3000"}).status == 0
    assert (terminal.folder / "other.db").exists()


def test_an_env_file_that_is_no_text_is_named(terminal: Terminal) -> None:
    terminal.file(".env", b"PORT=\xff\xfe\n")
    said = terminal.really("list")
    assert (said.status, said.err) == (1, "debt: .env is not UTF-8 text\n")


def test_a_line_of_the_env_file_that_is_no_value_is_named_and_nothing_is_done(
    terminal: Terminal,
) -> None:
    terminal.file(".env", "# ours\nPORT=3000\nDATABASE_URL sqlite:///other.db\n")
    said = terminal.really("migrate")
    assert (said.status, said.out, said.err) == (1, "", "debt: .env:3: is not NAME=value\n")
    assert [file.name for file in terminal.folder.iterdir()] == [".env"]


def test_an_env_file_saved_by_windows_counts(terminal: Terminal) -> None:
    terminal.file(".env", b"\xef\xbb\xbfDATABASE_URL=sqlite:///other.db\r\nPORT=3000\r\n")
    assert terminal.really("migrate").status == 0
    assert (terminal.folder / "other.db").exists()


def test_streams_that_a_scheduler_closed_are_nothing_to_stumble_over(terminal: Terminal) -> None:
    terminal.really("import", "-", given=SHEET)
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f"{program()} list {closed}"],
            cwd=terminal.folder,
            env=terminal.variables,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_leaves_early_is_not_complained_about(terminal: Terminal) -> None:
    rows = "".join(f"worker {number},acme/web,src/{number}\n" for number in range(5_000))
    terminal.really("import", "-", given=f"name,repo,paths\n{rows}")
    with subprocess.Popen(
        [program(), "export"],
        cwd=terminal.folder,
        env=terminal.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(20) == 1


def test_a_full_disk_is_named(terminal: Terminal) -> None:
    terminal.really("migrate")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [program(), "export"],
            cwd=terminal.folder,
            env=terminal.variables,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "debt: standard output: No space left on device\n",
    )


def test_an_import_that_is_interrupted_leaves_nothing_behind(terminal: Terminal) -> None:
    with subprocess.Popen(
        [program(), "import", "-"],
        cwd=terminal.folder,
        env=terminal.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None
        running.stdin.write(SHEET.encode())
        running.stdin.flush()
        _until_it_has_read(running.stdin)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, b"", b"")
    assert terminal.really("list").out == "Nothing on the register matches.\n"


def _until_it_has_read(pipe: IO[bytes]) -> None:
    """What was written is no longer in the pipe; the register is made before a row is read."""
    deadline, unread = time.monotonic() + 20, array("i", [1])
    while unread[0]:
        assert time.monotonic() < deadline
        fcntl.ioctl(pipe, termios.FIONREAD, unread)


def test_a_scan_that_is_killed_leaves_register_and_cache_as_they_were(terminal: Terminal) -> None:
    story = Story(terminal.folder / "shop")
    story.commit(f"Work\n\n{BY_CLAUDE}", {"src/retry/worker.py": code(60)})
    assert terminal.really("scan", "shop").status == 0
    (kept,) = (terminal.folder / ".cache" / "debt" / "scans").iterdir()
    before = kept.read_bytes(), terminal.really("history", "--format", "jsonl").out
    story.commit(f"Work\n\n{BY_CLAUDE}", {"src/retry/worker.py": code(90)})
    slow = terminal.variables | {"PATH": path_with_slow_git(terminal.folder)}
    scan = subprocess.Popen([program(), "scan", "shop"], cwd=terminal.folder, env=slow)
    reached = terminal.folder / "reached"
    while not reached.exists():
        assert scan.poll() is None
        time.sleep(0.05)
    scan.kill()
    scan.wait()
    os.kill(int(reached.read_text()), signal.SIGKILL)
    assert (kept.read_bytes(), terminal.really("history", "--format", "jsonl").out) == before
    assert [*kept.parent.iterdir()] == [kept]
    assert "1 updated" in terminal.really("scan", "shop").out
