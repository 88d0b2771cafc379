"""`debt refit` proposes, in TOML that a policy takes as it is, and changes nothing."""

import asyncio
import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from debt.change import Change
from debt.policy.policy import built_in, load
from debt.rules.hours import Work
from storage.costs import hours_log
from storage.database.store import Store
from tests.bot.cli.terminal import Terminal
from tests.bot.cli.test_command_line import done

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROWS = "".join(f"Job {n},acme/shop,src/{n}/**,production_integration,1,1,1,1\n" for n in range(9))
SHEET = f"name,repo,paths,kind,frequency,complexity,risk,friction\n{ROWS}"


@pytest.fixture
def fresh(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})


async def _log(url: str) -> None:
    store = Store(url)
    for month in range(3):
        at = NOW - timedelta(days=40 * month)
        async with store.change() as session:
            for number in range(1, 10):
                await hours_log.log(
                    session, Change("U0DANA", at, built_in()), number, 240,
                    kind=Work.REWORK, worked_on=at.date(),
                )  # fmt: skip
    await store.close()


def test_without_logs_it_says_so(fresh: Terminal) -> None:
    done(fresh.says("import", "-", given=SHEET))
    said = done(fresh.says("refit"))
    assert said.startswith("# There are not enough logs yet: 0 artifact-months of 0 artifacts")
    assert json.loads(done(fresh.says("refit", "--json")))["proposed"] == []


def test_what_it_prints_is_a_policy_with_the_new_hours(fresh: Terminal) -> None:
    done(fresh.says("import", "-", given=SHEET))
    asyncio.run(_log(f"sqlite:///{fresh.folder / 'new.db'}"))
    said = done(fresh.says("refit"))
    assert "# production_integration: 4 → 11 h a month. 27 artifact-months of 9 artifacts" in said
    assert "# test_suite: " in said
    assert "0 artifact-months of 0 artifacts are too few; as all kinds together" in said
    assert tomllib.loads(said)["kinds"]["production_integration"] == {"monthly_hours": 11}
    policy = fresh.folder / "policy.toml"
    policy.write_text(said)
    assert load(policy).kinds["production_integration"].monthly_hours == 11
    assert load(None).kinds["production_integration"].monthly_hours == 4
    told = json.loads(done(fresh.says("refit", "--json")))
    assert told["fit"]["months"] == 27
