"""`debt metrics` at a terminal: printed, as JSON, and entered from a file."""

import json
from pathlib import Path

import pytest

from bot.cli.parsers.table import COMMANDS
from intake.sheets.observations import COLUMNS
from tests.bot.cli.terminal import SHEET, Said, Terminal

HEAD = "kind,id,on,repo,team,code,hours,comments,failed,artifact\n"


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path / 'debt.db'}"})
    assert terminal.says("import", "-", given=SHEET).status == 0
    return terminal


def metrics(said: Said) -> dict[str, dict[str, object]]:
    assert said.status == 0, said.err
    return {each["metric"]: each for each in json.loads(said.out)}


def entered(terminal: Terminal, rows: str, head: str = HEAD) -> Said:
    return terminal.says("metrics", "import", terminal.file("entries.csv", head + rows))


def test_what_is_not_connected_says_how_to_connect_it(shop: Terminal) -> None:
    said = shop.says("metrics", "team:payments")
    assert said.lines[0].split()[:2] == ["Metric", "Now"]
    review = next(line for line in said.lines if line.startswith("Median review time"))
    assert "not connected" in review
    assert review.endswith("debt metrics import FILE")
    assert any(line.startswith("Artifacts with a named owner") and "100%" in line
               for line in said.lines)  # fmt: skip


def test_review_times_and_incidents_come_from_a_file(shop: Terminal) -> None:
    done = entered(
        shop,
        "change,PR 1,2026-11-20,acme/checkout,payments,ai,2.5,1,yes,\n"
        "change,PR 2,2026-11-21,acme/checkout,payments,AI,30m,3,no,\n"
        "change,PR 3,2026-11-21,acme/checkout,payments,people,1h,9,no,\n"
        "incident,INC-7,2026-11-22,acme/checkout,,,,,,D-1\n",
    )
    assert (done.status, done.out.split(" from ")[0]) == (0, "4 entries")
    told = metrics(shop.says("metrics", "team:payments", "--json"))
    assert told["review_time"]["now"] == 1.5
    assert told["review_time"]["people"] == 1.0
    assert told["change_failure"]["now"] == 0.5
    assert told["review_comments"]["now"] == 2.0
    assert told["incidents"]["now"] == 1.0
    assert metrics(shop.says("metrics", "repo:acme/web", "--json"))["incidents"]["now"] is None
    assert "imported from entries.csv" in shop.says("history").out


def test_what_nobody_enters_any_more_says_how_to_go_on(shop: Terminal) -> None:
    entered(shop, "change,PR 1,2026-09-25,acme/checkout,payments,ai,2.5,1,yes,\n")
    said = shop.says("metrics", "team:payments")
    review = next(line for line in said.lines if line.startswith("Median review time"))
    assert "unknown" in review
    assert review.endswith("enter reviewed changes: debt metrics import FILE")


def test_the_same_file_again_changes_nothing(shop: Terminal) -> None:
    row = "change,PR 1,2026-11-20,acme/checkout,payments,ai,2.5,1,yes,\n"
    for _ in range(2):
        assert entered(shop, row).status == 0
    told = metrics(shop.says("metrics", "--json"))
    assert told["review_time"]["now"] == 2.5


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("review,1,2026-11-20,acme/web,,ai,1,1,no,", "column kind: “review” is not one of change"),
        ("change,,2026-11-20,acme/web,,ai,1,1,no,", "column id: is empty"),
        ("change,1,20.11.2026,acme/web,,ai,1,1,no,", "column on: “20.11.2026” is not a date"),
        ("change,1,2026-11-30,acme/web,,ai,1,1,no,", "column on: 2026-11-30 is still to come"),
        ("change,1,2026-11-20,acme/web,,,1,1,no,", "column code: is empty"),
        ("change,1,2026-11-20,acme/web,,robot,1,1,no,", "column code: “robot” is not one of ai"),
        ("change,1,2026-11-20,acme/web,,ai,long,1,no,", "column hours: “long” is not a length"),
        ("change,1,2026-11-20,acme/web,,ai,1,-1,no,", "column comments: “-1” is not a whole"),
        ("change,1,2026-11-20,acme/web,,ai,1,1,maybe,", "column failed: “maybe” is not one of yes"),
        ("incident,1,2026-11-20,acme/web,,ai,,,,", "column code: only a change has one"),
        (
            "workaround,1,2026-11-20,acme/web,,,,,,",
            "column artifact: is empty; a workaround names the artifact that people go around",
        ),
        ("incident,1,2026-11-20,acme/web,,,,,,D-99", "column artifact: there is no D-99"),
        ("incident,1,2026-11-20,acme/web,,,,,,x", "column artifact: “x” is not a key"),
        ("incident,1,2026-11-20,acme/web", "line 3: has 4 cells, and the header 10"),
        ("change,0,2026-11-20,acme/web,,ai,1,1,no,", "column id: this change is in the file"),
    ],
)
def test_every_wrong_cell_is_named_and_nothing_is_entered(
    shop: Terminal, row: str, fault: str
) -> None:
    said = entered(shop, f"change,0,2026-11-20,acme/web,,ai,1,1,no,\n{row}\n")
    assert said.status == 1
    assert "line 3" in said.err
    assert fault in said.err
    assert metrics(shop.says("metrics", "--json"))["review_time"]["now"] is None


def test_a_wrong_header_is_named(shop: Terminal) -> None:
    said = entered(shop, "", "kind,id,on,when\n")
    assert "column when: is no column; columns are kind, id" in said.err
    assert "column repo: is missing" in said.err


def test_what_is_asked_the_wrong_way_is_one_line(shop: Terminal) -> None:
    for words in (["import"], ["service:checkout"], ["payments", "x.csv"], ["import", "none.csv"]):
        said = shop.says("metrics", *words)
        assert said.status == 1
        assert len(said.err.splitlines()) == 1


def test_help_names_every_column() -> None:
    (metrics,) = (command for command in COMMANDS if command.name == "metrics")
    assert ",".join(COLUMNS) in metrics.about
