"""A whole spreadsheet in one transaction, on both databases: all of it or nothing."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debt.artifact.artifact import Stage, Surface
from intake.sheets.import_file import import_file
from intake.sheets.sample import WRITTEN_ON, fill, load_sample
from intake.sheets.spreadsheet import WrongSpreadsheet
from storage.database.store import Store
from storage.register.bulk import CHUNK
from tests.intake.spreadsheets import FIRST, NOW, ONE, change, exported, file_of, imported
from tests.storage.builders import Register, a_person


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


async def test_an_artifact_comes_in_retained_with_the_defaults_of_its_kind(
    register: Register,
) -> None:
    outcome = await imported(register.store, ONE)
    artifact = await register.artifact(1)
    assert (outcome.created, artifact.name, artifact.stage) == (1, "Retry worker", Stage.RETAINED)
    assert (artifact.kind, artifact.created_on) == ("production_integration", NOW.date())
    entry = await register.last_entry()
    assert (entry.action, entry.by, entry.reason) == (
        "import",
        "cli:dana",
        "imported from register.csv",
    )


async def test_importing_an_export_changes_nothing_at_all(register: Register) -> None:
    await fill(register.store, change())
    await register.holds(
        id=50,
        name="'=quoted",
        purpose="=SUM(A1)\nand “more”, with, commas",
        stage=Stage.RETIRED,
        paths=("a/**", "-b"),
        monthly_minutes=100,
        team="@growth",
    )
    before = await register.count()
    outcome = await imported(register.store, await exported(register.store))
    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, 41)
    assert await register.count() == before


async def test_a_register_moves_from_sqlite_to_postgresql(
    sqlite_url: str, postgresql_url: str
) -> None:
    here, there = Store(sqlite_url), Store(postgresql_url)
    try:
        await fill(here, change())
        sheet = await exported(here)
        await imported(there, sheet)
        assert await exported(there) == sheet
    finally:
        await here.close()
        await there.close()


async def test_one_wrong_cell_and_nothing_is_imported(register: Register) -> None:
    good = "".join(f"worker {number},acme/web,src/{number},\n" for number in range(CHUNK + 10))
    with pytest.raises(WrongSpreadsheet) as wrong:
        await imported(register.store, f"{FIRST},risk\n{good}last,acme/web,src/last,9\n")
    assert f"line {CHUNK + 12}, column risk" in str(wrong.value)
    assert await register.count() == 0
    assert (await imported(register.store, ONE)).created == 1
    assert (await register.artifact(1)).name == "Retry worker"


async def test_what_only_the_register_knows_is_named_by_its_cell_too(register: Register) -> None:
    await register.holds(id=4, stage=Stage.RETIRED)
    await register.holds(id=5)
    header = f"key,{FIRST},kind,label,expires_on"
    lines = ["D-4,other,r,p,,,", "D-5,n,r,p,strange,,", "D-5,n,r,p,,experimental,"]
    faults = []
    for line in lines:
        with pytest.raises(WrongSpreadsheet) as wrong:
            await imported(register.store, f"{header}\n{line}\n")
        faults.append(str(wrong.value))
    assert "D-4 has ended" in faults[0]
    assert "line 2, column kind: There is no kind “strange”" in faults[1]
    assert "line 2, column expires_on" in faults[2]


async def test_only_what_differs_is_written(register: Register) -> None:
    await imported(register.store, ONE + "Second,acme/web,src/**\n")
    before = await register.count()
    sheet = f"key,{FIRST},purpose\nD-1,Retry worker,acme/checkout,src/retry/**,Retries captures\n"
    outcome = await imported(register.store, sheet + "D-2,Second,acme/web,src/**,\n")
    assert (outcome.changed, outcome.unchanged) == (1, 1)
    assert await register.count() == before + 1
    entry = await register.last_entry()
    assert entry.after == {"purpose": "Retries captures"}
    assert (await register.artifact(1)).version == 2
    assert await register.fault() is None


async def test_a_column_that_is_not_there_leaves_everything_as_it_is(register: Register) -> None:
    await register.holds(id=1, purpose="Retries captures", value=5, surface=Surface.CUSTOMER)
    old = await register.artifact(1)
    paths = ";".join(old.paths)
    await imported(register.store, f"key,{FIRST}\n1,Renamed,{old.repo},{paths}\n")
    new = await register.artifact(1)
    assert (new.name, new.purpose, new.value) == ("Renamed", "Retries captures", 5)


async def test_a_rating_in_force_stays_whose_it_is(register: Register) -> None:
    await imported(register.store, f"{FIRST},risk,complexity\nn,r,p,3,5\n")
    ratings = (await register.artifact(1)).ratings
    assert not ratings.risk.by_person, "3 is what the kind usually has"
    assert (ratings.complexity.person, ratings.complexity.reason) == (
        5,
        "imported from register.csv",
    )


async def test_keys_are_kept_and_the_next_ones_come_after_the_highest(register: Register) -> None:
    sheet = f"{FIRST},key\nfirst,r,a,\nseventh,r,b,D-7\nsecond,r,c,\nthird,r,d,D-1\n"
    await imported(register.store, sheet)
    names = {number: (await register.artifact(number)).name for number in (1, 7, 8, 9)}
    assert names == {1: "third", 7: "seventh", 8: "first", 9: "second"}
    await imported(register.store, ONE)
    assert (await register.artifact(10)).name == "Retry worker"


async def test_a_key_beyond_all_reason_is_refused(register: Register) -> None:
    with pytest.raises(WrongSpreadsheet, match="line 2, column key: New keys go up to"):
        await imported(register.store, f"{FIRST},key\nn,r,p,2147483647\n")
    assert (await imported(register.store, ONE)).created == 1


async def test_an_email_that_slack_knows_is_that_person(register: Register) -> None:
    async with register.store.change() as session:
        session.add(a_person("U0DANA", email="dana@example.com"))
    sheet = f"key,{FIRST},owner\nD-1,n,r,p,Dana@example.com\nD-2,n,r,q,kim@example.com\n"
    await imported(register.store, sheet)
    assert await register.owner(1) == "U0DANA"
    assert await register.owner(2) == "kim@example.com"
    assert (await imported(register.store, sheet)).unchanged == 2


async def test_progress_is_told_as_chunks_are_done(store: Store) -> None:
    told: list[int] = []
    sheet = FIRST + "\n" + "".join(f"w,acme/web,{number}\n" for number in range(CHUNK + 1))
    await import_file(store, change(), file_of(sheet), "big.csv", told.append)
    assert told == [CHUNK, CHUNK + 1]


HOSTILE = [
    "<!channel>",
    "<@U123>",
    "*bold* `x`",
    "O'Brien; DROP TABLE artifact",
    "🦆\u202eabc",
    "a" * 9_999,
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_goes_in_and_out_as_it_is(register: Register, text: str) -> None:
    sheet = f'{FIRST},purpose\n"{text}",acme/web,src,"{text}"\n'
    await imported(register.store, sheet)
    artifact = await register.artifact(1)
    assert (artifact.name, artifact.purpose) == (text, text)
    assert (await imported(register.store, await exported(register.store))).unchanged == 1


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(min_size=1, max_size=60), other=st.text(max_size=60))
async def test_any_text_survives_the_way_through_a_spreadsheet(
    register: Register, text: str, other: str
) -> None:
    quoted = [cell.replace('"', '""').encode("utf-8", "ignore").decode() for cell in (text, other)]
    sheet = f'{FIRST},purpose,team\n"x{quoted[0]}",acme/web,src,"{quoted[1]}","{quoted[0]}"\n'
    await imported(register.store, sheet)
    unchanged = await imported(register.store, await exported(register.store))
    assert (unchanged.created, unchanged.changed) == (0, 0)


async def test_the_sample_is_always_current(register: Register) -> None:
    assert await fill(register.store, change()) == 40
    a_year_on = WRITTEN_ON.replace(year=WRITTEN_ON.year + 1)
    now = [row.facts["review_on"] for row in load_sample(WRITTEN_ON)]
    then = [row.facts["review_on"] for row in load_sample(a_year_on)]
    assert {_gap(early, late) for early, late in zip(now, then, strict=True)} == {365, None}


def _gap(early: date | None, late: date | None) -> int | None:
    return (late - early).days if early and late else None
