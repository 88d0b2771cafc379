"""The weekly refresh: once, late if it must be, in nobody's way, and gone when the bot is."""

import asyncio
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.process.process import Process
from bot.process.repositories import next_refresh
from bot.process.rescan import Rescan
from bot.settings import Settings
from debt.policy.policy import Policy, built_in, load
from debt.policy.repositories import RefreshPolicy
from sandbox import Sandbox
from storage.scans import schedule
from storage.tables import RepositoryRow
from tests.bot.cli.terminal import Terminal, is_over
from tests.bot.conftest import Ledger, on_both_databases
from tests.bot.process.test_serve import address, free_port, serving
from tests.intake.repositories import BY_CLAUDE, Story, code

WITH_CLAUDE = "Work\n\n" + BY_CLAUDE
SATURDAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 29, 3, tzinfo=UTC)
WEEK, HOUR, MINUTE = timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def shop(tmp_path: Path) -> Story:
    story = Story(tmp_path / "shop")
    story.commit(WITH_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    return story


@pytest.fixture
def policy_file(shop: Story, tmp_path: Path) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(f"[repositories.'acme/shop']\nurl = '{shop.path}'\n")
    return file


@pytest.fixture
def policy(policy_file: Path) -> Policy:
    return load(policy_file)


@pytest.fixture
def settings(
    slack: Sandbox, database_url: str, policy_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:  # fmt: skip
    """As usual, with the policy in a file, and clones of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Settings(
        database_url=database_url,
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        port=0,
        policy=policy_file,
        log_level="ERROR",
    )


async def kept(process: Process, name: str = "acme/shop") -> RepositoryRow:
    async with process.bot.store.read() as session:
        return await session.get_one(RepositoryRow, name)


async def refreshed(process: Process, slack: Sandbox, at: datetime) -> list[str]:
    await slack.clock.set(at)
    return [*await process.refresh()]


def test_the_week_is_counted_there_and_may_have_no_day() -> None:
    sunday = built_in().refresh
    assert next_refresh(sunday, SATURDAY) == SUNDAY
    assert next_refresh(sunday, SUNDAY) == SUNDAY + WEEK
    there = RefreshPolicy(weekday="sunday", time="23:30", zone="America/New_York")
    assert next_refresh(there, SATURDAY) == datetime(2026, 11, 30, 4, 30, tzinfo=UTC)
    assert next_refresh(sunday.model_copy(update={"weekday": "never"}), SATURDAY) is None


@on_both_databases
async def test_a_repository_is_read_anew_once_a_week(
    process: Process, slack: Sandbox, shop: Story, ledger: Ledger
) -> None:
    assert await refreshed(process, slack, SATURDAY) == []
    assert await refreshed(process, slack, SUNDAY - MINUTE) == []
    assert await refreshed(process, slack, SUNDAY + MINUTE) == ["acme/shop"]
    assert (await ledger.by_key(1)).repo == "acme/shop"
    assert [entry.by for entry in await ledger.history(await ledger.by_key(1))] == ["schedule"]
    row = await kept(process)
    assert (row.last_head, row.next_at) == (shop.tip(), SUNDAY + WEEK)
    assert row.last_at
    assert SUNDAY + MINUTE <= row.last_at < SUNDAY + 2 * MINUTE
    assert await refreshed(process, slack, SUNDAY + HOUR) == []
    shop.commit(WITH_CLAUDE, {"src/refund/worker.py": code(90, "refund")}, on="2026-12-01")
    assert await refreshed(process, slack, SUNDAY + WEEK) == ["acme/shop"]
    assert (await ledger.by_key(2)).paths == ("src/refund/worker.py",)


async def test_weeks_that_were_missed_are_made_up_for_once(
    process: Process, slack: Sandbox
) -> None:
    await refreshed(process, slack, SATURDAY)
    late = SUNDAY + 3 * WEEK + 9 * HOUR
    assert await refreshed(process, slack, late) == ["acme/shop"]
    assert await refreshed(process, slack, late + HOUR) == []
    assert (await kept(process)).next_at == SUNDAY + 4 * WEEK


@on_both_databases
async def test_of_several_processes_one_reads(
    process: Process, slack: Sandbox, settings: Settings, policy: Policy
) -> None:
    await refreshed(process, slack, SATURDAY)
    await slack.clock.set(SUNDAY)
    store, now = process.bot.store, slack.clock.now
    many = [Rescan(store, settings, policy, now, f"process {each}") for each in range(4)]
    dealt_with = await asyncio.gather(*(each.refresh() for each in many))
    assert sorted(map(len, dealt_with)) == [0, 0, 0, 1]


async def test_a_failure_is_kept_and_told_and_tried_again_later(
    process: Process, slack: Sandbox, shop: Story, settings: Settings, tmp_path: Path
) -> None:
    await refreshed(process, slack, SATURDAY)
    shop.path.rename(tmp_path / "away")
    assert await refreshed(process, slack, SUNDAY) == ["acme/shop"]
    assert await refreshed(process, slack, SUNDAY + MINUTE) == []
    terminal = Terminal(
        tmp_path,
        {"DATABASE_URL": settings.database_url, "DEBT_POLICY": str(settings.policy)},
    )
    told = await asyncio.to_thread(terminal.says, "check", "--offline")
    why = (
        f"{shop.path}: git could not fetch it: '{shop.path}' does not appear to be a git repository"
    )
    when = "(last read: never; next try: 2026-11-29 04:00 UTC)"
    failed = "acme/shop: reading it failed on 2026-11-29 03:00 UTC"
    assert (told.status, told.err) == (1, f"debt: {failed}: {why} {when}\n")
    (tmp_path / "away").rename(shop.path)
    assert await refreshed(process, slack, SUNDAY + HOUR + MINUTE) == ["acme/shop"]
    assert (await kept(process)).next_at == SUNDAY + WEEK
    told = await asyncio.to_thread(terminal.says, "check", "--offline")
    assert told.status == 0


async def test_a_reading_that_comes_to_grief_is_kept_as_well(
    process: Process, slack: Sandbox, policy_file: Path
) -> None:
    await refreshed(process, slack, SATURDAY)
    await asyncio.to_thread(policy_file.write_text, "[repositories")
    assert await refreshed(process, slack, SUNDAY) == ["acme/shop"]
    row = await kept(process)
    assert row.last_failure == "reading it ended with status 1 and no word why; see the log"
    assert row.next_at
    assert SUNDAY + HOUR <= row.next_at < SUNDAY + HOUR + MINUTE  # the clock goes on meanwhile


async def test_a_repository_that_the_file_has_dropped_since_is_not_read(
    process: Process, slack: Sandbox, policy_file: Path, ledger: Ledger
) -> None:
    await refreshed(process, slack, SATURDAY)
    await asyncio.to_thread(policy_file.write_text, "")
    assert await refreshed(process, slack, SUNDAY) == ["acme/shop"]
    assert "does not name it any more" in (await kept(process)).last_failure
    assert await ledger.count() == 0


async def test_a_scan_that_somebody_runs_counts_for_the_week(
    process: Process, slack: Sandbox, settings: Settings, shop: Story, tmp_path: Path
) -> None:
    await refreshed(process, slack, SATURDAY)
    terminal = Terminal(
        tmp_path,
        {
            "DATABASE_URL": settings.database_url,
            "DEBT_POLICY": str(settings.policy),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        },
        now=SATURDAY + HOUR,
    )
    assert (await asyncio.to_thread(terminal.says, "scan")).status == 0
    row = await kept(process)
    assert (row.last_at, row.next_at, row.last_head) == (SATURDAY + HOUR, SUNDAY, shop.tip())


async def test_a_repository_that_the_policy_drops_is_forgotten(
    process: Process, slack: Sandbox, settings: Settings
) -> None:
    await refreshed(process, slack, SATURDAY)
    without = Rescan(process.bot.store, settings, built_in(), slack.clock.now, "another")
    await slack.clock.set(SUNDAY)
    assert await without.refresh() == []
    async with process.bot.store.read() as session:
        assert await schedule.follows(session, (), "any")


@on_both_databases
async def test_brief_once_does_what_is_due_and_says_what_failed(
    settings: Settings, shop: Story, tmp_path: Path
) -> None:
    more = {"DEBT_POLICY": str(settings.policy), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for at in ("2026-11-28T12:00:00Z", "2026-11-29T03:00:00Z", "2026-11-29T03:10:00Z"):
        async with serving(settings, f"brief --once --at {at}", LOG_LEVEL="ERROR", **more) as bot:
            out, err = await bot.communicate()
        assert (bot.returncode, out, err) == (0, b"", b"")
    terminal = Terminal(tmp_path, {"DATABASE_URL": settings.database_url})
    listed = await asyncio.to_thread(terminal.says, "list", "proposed")
    assert "acme/shop" in listed.out
    shop.path.rename(tmp_path / "away")
    words = "brief --once --at 2026-12-06T03:00:00Z"
    async with serving(settings, words, LOG_LEVEL="ERROR", **more) as bot:
        _, err = await bot.communicate()
    assert bot.returncode == 1
    assert err.decode().startswith(f"acme/shop: {shop.path}: git could not fetch it: ")


async def test_a_dry_run_names_what_would_be_read_anew_and_reads_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    more = {"DEBT_POLICY": str(settings.policy), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = []
    for words in ("--once --at 2026-11-28T12:00:00Z", "--dry-run --at 2026-11-29T03:00:00Z"):
        async with serving(settings, f"brief {words}", LOG_LEVEL="ERROR", **more) as bot:
            out, err = await bot.communicate()
        assert (bot.returncode, err) == (0, b"")
        said.append(out.decode())
    assert said[1].endswith("Read anew: acme/shop\n")
    assert not (tmp_path / "cache").exists()


def slow_remote(policy_file: Path, tmp_path: Path) -> dict[str, str]:
    """An environment in which reaching the remote takes for ever; its process writes its number."""
    script = tmp_path / "slow.sh"
    said = f"echo $$ > {tmp_path}/part\nmv {tmp_path}/part {tmp_path}/pid\nexec sleep 90\n"
    script.write_text(f"#!/bin/sh\n{said}")
    script.chmod(0o755)
    policy_file.write_text("[repositories.'acme/shop']\nurl = 'git@host:acme/shop'\n")
    return {
        "GIT_SSH_COMMAND": str(script),
        "DEBT_POLICY": str(policy_file),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path / "scratch"),
    }


async def until(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def overdue(settings: Settings, tmp_path: Path) -> None:
    """The repository is known since last year, so its week is over."""
    words = "brief --once --at 2025-11-28T12:00:00Z"
    more = {"DEBT_POLICY": str(settings.policy), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    async with serving(settings, words, LOG_LEVEL="ERROR", **more) as bot:
        await bot.communicate()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_nothing_is_left_of_a_reading_when_the_bot_ends(
    settings: Settings, slack: Sandbox, policy_file: Path, tmp_path: Path, end: signal.Signals
) -> None:
    (tmp_path / "scratch").mkdir()
    more = slow_remote(policy_file, tmp_path)
    await overdue(settings, tmp_path)
    async with serving(settings, PORT=free_port(), **more) as bot:
        slack.request_url = f"{await address(bot)}/slack/events"
        await until((tmp_path / "pid").exists)
        reply = await slack.person("dana").types("/debt help")
        assert "what to fix first" in reply.text
        [reading] = children_of(bot.pid)
        bot.send_signal(end)
        _, err = await asyncio.wait_for(bot.communicate(), 20)
    assert b"Traceback" not in err
    await until(lambda: is_over(reading) and is_over(int((tmp_path / "pid").read_text())))
    assert [*(tmp_path / "scratch").iterdir()] == []
    clones = tmp_path / "cache" / "debt" / "repositories"
    assert [path.suffix for path in clones.iterdir()] == [".lock"]
