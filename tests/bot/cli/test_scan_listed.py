"""`debt scan` without REPO: all repositories of the policy or of a list, whatever one does."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from bot.cli.invocation import Invocation
from bot.cli.parsers.table import parser
from bot.cli.runner import answer
from tests.bot.cli.terminal import Terminal, is_over, program
from tests.bot.cli.test_command_line import done, refused
from tests.bot.cli.test_progress import Screen
from tests.intake.repositories import BY_CLAUDE, Story, code

WITH_CLAUDE = "Work\n\n" + BY_CLAUDE


@pytest.fixture(params=["sqlite", "postgresql"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    url = str(request.getfixturevalue(f"{request.param}_url"))
    return Terminal(tmp_path, {"DATABASE_URL": url, "XDG_CACHE_HOME": f"{tmp_path}/cache"})


@pytest.fixture
def fresh(tmp_path: Path) -> Terminal:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    return Terminal(tmp_path, environment | {"XDG_CACHE_HOME": f"{tmp_path}/cache"})


@pytest.fixture
def shop(tmp_path: Path) -> Story:
    story = Story(tmp_path / "shop")
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    return story


@pytest.fixture
def web(tmp_path: Path) -> Story:
    story = Story(tmp_path / "web")
    story.commit(WITH_CLAUDE, {"src/price/widget.py": code(60, "price")}, on="2026-11-02")
    return story


def policy(terminal: Terminal, **places: str) -> str:
    """A policy with acme/… repositories, each at a `url` or a `path`."""
    lines = [f"[repositories.'acme/{name}']\n{place}\n" for name, place in places.items()]
    file = terminal.file("policy.toml", "".join(lines))
    terminal.environment["DEBT_POLICY"] = file
    return file


def repos_on(terminal: Terminal) -> list[str]:
    listed = json.loads(terminal.says("list", "proposed", "--json").out)
    return sorted(artifact["repo"] for artifact in listed)


def test_all_repositories_of_the_policy_are_scanned(
    terminal: Terminal, shop: Story, web: Story
) -> None:
    policy(terminal, shop=f"url = '{shop.path}'", web=f"path = '{web.path}'")
    told = done(terminal.says("scan"))
    assert [line for line in told.splitlines() if not line.startswith(" ")] == [
        "acme/shop",
        "acme/web",
    ]
    assert told.count("  1 artifact from 1 AI commit in 1; 1 proposed") == 2
    assert repos_on(terminal) == ["acme/shop", "acme/web"]
    shop.commit(WITH_CLAUDE, {"src/refund/worker.py": code(90, "refund")}, on="2026-11-03")
    again = json.loads(done(terminal.says("scan", "--json")))
    assert [(each["repo"], len(each["created"])) for each in again] == [
        ("acme/shop", 1),
        ("acme/web", 0),
    ]


def test_one_that_fails_is_named_and_stops_no_other(
    terminal: Terminal, shop: Story, web: Story, tmp_path: Path
) -> None:
    policy(
        terminal,
        gone=f"url = '{tmp_path}/gone'",
        shop=f"url = '{shop.path}'\nbranch = 'nope'",
        missing=f"path = '{tmp_path}/missing'",
        web=f"url = '{web.path}'",
    )
    said = terminal.says("scan")
    assert (said.status, said.out.splitlines()[0]) == (1, "acme/web")
    gone, nope, missing = said.err.splitlines()
    why = "git could not fetch it:"
    assert gone == (
        f"debt: acme/gone: {tmp_path}/gone: {why} '{tmp_path}/gone' does not appear to be a git "
        "repository"
    )
    assert nope == f"debt: acme/shop: {shop.path}: {why} couldn't find remote ref refs/heads/nope"
    assert missing == f"debt: acme/missing: {tmp_path}/missing: there is no such directory."
    assert repos_on(terminal) == ["acme/web"]
    told = terminal.says("scan", "--json")
    errors = [each.get("error", "") for each in json.loads(told.out)]
    assert [bool(error) for error in errors] == [True, True, True, False]
    assert told.status == 1


def test_a_list_is_scanned_instead_of_the_policys(fresh: Terminal, shop: Story, web: Story) -> None:
    policy(fresh, shop=f"url = '{shop.path}'")
    ours = fresh.file("ours.toml", f"[repositories.'acme/web']\nurl = '{web.path}'\n")
    assert "1 would be proposed" in done(fresh.says("scan", "--list", ours, "--dry-run"))
    assert repos_on(fresh) == []
    assert done(fresh.says("scan", "--list", ours)).startswith("acme/web\n")
    assert repos_on(fresh) == ["acme/web"]
    wrong = fresh.file("wrong.toml", "[repositories.x]\nurl = 'https://dana:s3cret@host/x'\n")
    said = refused(fresh.says("scan", "--list", wrong))
    assert said.startswith(f"debt: {wrong}:2: repositories.x.url: allowed is an address without")
    assert "s3cret" not in said


def test_a_terminal_sees_which_repository_it_is_about(fresh: Terminal, shop: Story) -> None:
    policy(fresh, shop=f"url = '{shop.path}'")
    screen = Screen()
    assert answer(["scan"], fresh.world(StringIO(), screen)) == 0
    assert "\rfetching acme/shop" in screen.getvalue()


def test_nothing_to_scan_is_said(fresh: Terminal) -> None:
    assert refused(fresh.says("scan")) == (
        "debt: No repository to scan: say REPO, or name some in the policy’s [repositories].\n"
    )
    assert "--name is for one REPO" in refused(fresh.says("scan", "--name", "acme/shop"))


def test_a_repository_or_a_list_but_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["scan", ".", "--list", "x.toml"])
    assert ended.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_a_clone_that_cannot_be_read_any_more_is_made_anew(fresh: Terminal, shop: Story) -> None:
    """Its newest commits are there, so git sees no harm; an older content is not."""
    policy(fresh, shop=f"url = '{shop.path}'")
    done(fresh.says("scan"))
    [clone] = (fresh.folder / "cache").rglob("HEAD")
    for folder in clone.parent.glob("objects/??"):
        for blob in folder.iterdir():
            blob.chmod(0o644)
            blob.write_bytes(b"damaged")
    again = json.loads(done(fresh.says("scan", "--json")))
    assert again[0]["unchanged"] == 1


def test_a_clone_that_another_process_works_with_is_left_alone(
    fresh: Terminal, shop: Story
) -> None:
    policy(fresh, shop=f"url = '{shop.path}'")
    clones = Invocation(parser().parse_args(["scan"]), fresh.world(StringIO(), StringIO())).clones
    with clones.taken(str(shop.path), None):
        said = refused(fresh.says("scan"))
    assert said == f"debt: acme/shop: {shop.path}: another process works with its clone.\n"


def until(true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(("end", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_scan_that_is_interrupted_ends_at_once_and_leaves_nothing(
    fresh: Terminal, tmp_path: Path, end: signal.Signals, status: int
) -> None:
    """While git waits for a remote that says nothing; by Ctrl-C, or by whoever runs it."""
    slow = tmp_path / "slow.sh"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    slow.chmod(0o755)
    policy(fresh, shop="url = 'git@host:acme/shop'")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    more = {"GIT_SSH_COMMAND": str(slow), "TMPDIR": str(scratch)}
    with subprocess.Popen(
        [program(), "scan"],
        cwd=tmp_path,
        env=fresh.variables | fresh.environment | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        until((tmp_path / "pid").exists)
        until(lambda: (tmp_path / "pid").read_text().strip())
        running.send_signal(end)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (status, b"", b"")
    until(lambda: is_over(int((tmp_path / "pid").read_text())), 5)
    assert [*scratch.iterdir()] == []
    assert [path.suffix for path in (tmp_path / "cache/debt/repositories").iterdir()] == [".lock"]
