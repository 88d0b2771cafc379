"""What each command answers, run within this process."""

import csv
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from pkgutil import resolve_name

import pytest

from bot.cli.parsers.table import COMMANDS, parser
from intake.columns.columns import COLUMNS
from storage.database.history import PUBLIC_NAMES
from tests.bot.cli.terminal import SHEET, Said, Terminal
from tests.intake.repositories import BY_CLAUDE, Story, code, git


@pytest.fixture
def fresh(tmp_path: Path) -> Terminal:
    """A folder in which nothing was done yet."""
    return Terminal(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "shop")


@pytest.fixture(params=["sqlite", "postgresql"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Terminal:
    """A register with two artifacts, on each database."""
    url = str(request.getfixturevalue(f"{request.param}_url"))
    terminal = Terminal(tmp_path, {"DATABASE_URL": url})
    assert done(terminal.says("import", "-", given=SHEET)).startswith("2 rows: 2 created")
    return terminal


def done(said: Said) -> str:
    assert (said.status, said.err) == (0, "")
    return said.out


def refused(said: Said) -> str:
    """The one line that a failure gets."""
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("debt: ")
    assert said.err.count("\n") == 1
    return said.err


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([command.name, "--help"])
        assert ended.value.code == 0
        assert len(capsys.readouterr().out.splitlines()) > 4


def test_every_command_is_done_by_a_function_that_exists() -> None:
    for command in COMMANDS:
        assert callable(resolve_name(command.run.name))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "dance",
        "show",
        "annotate D-7",
        "export --format xml",
        "history --since yesterday",
        "brief --at 2026-11-30T09:30:00",
        "brief --at 0001-01-01T00:00:00+14:00",
        "try --port 0",
        "check --head 12",
    ],
)
def test_a_question_asked_the_wrong_way_is_a_usage_error(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words.split())
    assert ended.value.code == 2
    assert "usage: debt" in capsys.readouterr().err


def test_an_export_comes_back_without_a_change(terminal: Terminal) -> None:
    sheet = done(terminal.says("export"))
    assert next(csv.reader(StringIO(sheet))) == list(COLUMNS)
    again = done(terminal.says("import", terminal.file("again.csv", sheet)))
    assert again == "2 rows: 0 created, 0 changed, 2 as they were\n"
    assert len(done(terminal.says("history", "--format", "jsonl")).splitlines()) == 2


def test_an_export_to_a_file_is_there_only_once_it_is_whole(terminal: Terminal) -> None:
    target = terminal.folder / "out.csv"
    assert done(terminal.says("export", "--out", str(target))) == ""
    assert target.read_text("utf-8") == done(terminal.says("export"))
    assert [*terminal.folder.glob("*.part")] == []
    missing = terminal.folder / "nowhere" / "out.csv"
    said = refused(terminal.says("export", "--out", str(missing)))
    assert said == f"debt: {missing}: No such file or directory\n"


def test_json_has_the_names_of_the_spreadsheet_and_what_is_derived(terminal: Terminal) -> None:
    derived = "stage score quadrant tier provisional hours_logged extensions signals".split()
    lines = done(terminal.says("export", "--format", "jsonl")).splitlines()
    exported = [json.loads(line) for line in lines]
    assert [*exported[0]] == [*COLUMNS, *derived]
    listed = json.loads(done(terminal.says("list", "--json")))
    assert sorted(listed, key=lambda artifact: artifact["key"]) == exported
    shown = json.loads(done(terminal.says("show", "d-2", "--json")))
    assert shown == exported[1] | {"ratings": shown["ratings"]}
    assert exported[1]["owner"] is None
    assert exported[1]["provisional"] is True


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ((), ["D-2", "D-1"]),
        (("orphans",), ["D-2"]),
        (("high-risk", "team:payments"), ["D-1"]),
        (("RETRY",), ["D-1"]),
        (("dana@example.com",), ["D-1"]),
        (("repo:acme/web", "price"), ["D-2"]),
        (("overdue",), []),
        (("nothing such",), []),
    ],
)
def test_list_understands_the_words_of_slack(
    terminal: Terminal, words: tuple[str, ...], keys: list[str]
) -> None:
    found = json.loads(done(terminal.says("list", "--json", *words)))
    assert [artifact["key"] for artifact in found] == keys
    text = terminal.says("list", *words).lines
    assert [line.split()[0] for line in text] == (keys or ["Nothing"])


def test_mine_is_somebody_elses_question(terminal: Terminal) -> None:
    assert "“mine” works in Slack" in refused(terminal.says("list", "mine"))


def test_show_says_what_a_card_says(terminal: Terminal) -> None:
    card = done(terminal.says("show", "1"))
    assert "Retry worker" in card
    assert "risk       4 (a person: imported from standard input; the estimate is 3)" in card
    assert "import by cli:" in card


def test_a_key_that_is_none_and_a_key_that_is_not_there_are_told_apart(terminal: Terminal) -> None:
    assert "There is no D-9" in refused(terminal.says("show", "9"))
    assert "is not a key" in refused(terminal.says("show", "nine"))
    assert "There is no D-9" in refused(terminal.says("history", "--artifact", "D-9"))


def test_history_tells_who_did_what_and_proves_its_end(terminal: Terminal) -> None:
    lines = done(terminal.says("history", "--format", "jsonl", "--artifact", "D-2")).splitlines()
    entry = json.loads(lines[0])
    assert [*entry] == list(PUBLIC_NAMES)
    assert (entry["artifact"], entry["action"], entry["before"]) == ("D-2", "import", None)
    assert entry["by"].startswith("cli:")
    assert done(terminal.says("history", "--head")).startswith("2:")
    assert len(done(terminal.says("history", "--since", "2026-11-25")).splitlines()) == 1
    assert len(done(terminal.says("history", "--since", "2026-11-24")).splitlines()) == 3


def test_check_finds_an_untouched_register_and_a_history_that_was_cut_off(
    terminal: Terminal,
) -> None:
    head = done(terminal.says("history", "--head")).strip()
    assert "as far as can be told" in done(terminal.says("check", "--offline", "--head", head))
    longer = f"9:{'0' * 64}"
    assert "history ends at entry 2; 9 were kept" in refused(
        terminal.says("check", "--offline", "--head", longer)
    )


def test_check_says_all_that_is_missing_at_once(fresh: Terminal) -> None:
    fresh.environment |= {"PORT": "no", "DEBT_POLICY": "absent.toml"}
    said = fresh.says("check")
    assert said.status == 1
    named = [line.removeprefix("debt: ").split()[0].strip(":") for line in said.err.splitlines()]
    assert named == [
        "PORT",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "absent.toml",
        "DATABASE_URL",
    ]


def test_check_asks_slack_even_where_the_register_or_the_policy_is_wrong(fresh: Terminal) -> None:
    fresh.environment |= {
        "DEBT_POLICY": "absent.toml",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "12345678",
        "SLACK_API_URL": "http://127.0.0.1:1/",
    }
    named = [line.split()[1].strip(":") for line in fresh.says("check").err.splitlines()]
    assert named == ["absent.toml", "DATABASE_URL", "SLACK_API_URL"]


def test_a_register_that_is_not_there_is_made_by_import_and_by_nothing_that_only_asks(
    fresh: Terminal,
) -> None:
    for words in (["list"], ["show", "1"], ["export"], ["history"]):
        assert "run `debt migrate`" in refused(fresh.says(*words))
    assert [*fresh.folder.glob("new.db*")] == []
    assert done(fresh.says("import", "-", given=SHEET)).startswith("2 rows")
    assert len(fresh.says("list").lines) == 2


def test_migrate_can_be_said_again_and_keeps_a_password_to_itself(
    fresh: Terminal, postgresql_url: str
) -> None:
    for _ in range(2):
        assert done(fresh.says("migrate")).endswith("new.db is up to date.\n")
    assert done(fresh.says("list")) == "Nothing on the register matches.\n"
    fresh.environment["DATABASE_URL"] = postgresql_url
    assert "up to date" in done(fresh.says("migrate"))


def test_tables_of_another_version_ask_for_migrate(fresh: Terminal) -> None:
    fresh.file("new.db", "")
    assert "run `debt migrate`" in refused(fresh.says("list"))


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DATABASE_URL": "postgresql://debt:hunter22@127.0.0.1:1/debt"}, "DATABASE_URL: "),
        ({"DATABASE_URL": "mysql://debt:hunter22@db/debt"}, "DATABASE_URL starts with mysql"),
        ({"DATABASE_URL": "sqlite:////no/such/folder/debt.db"}, "DATABASE_URL: "),
        ({"DEBT_POLICY": "absent.toml"}, "absent.toml: "),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL "),
    ],
)
def test_what_is_wrong_outside_is_one_line_that_names_it(
    fresh: Terminal, environment: dict[str, str], named: str
) -> None:
    fresh.environment |= environment
    for words in (["list"], ["import", "-"], ["migrate"]):
        line = refused(fresh.says(*words))
        assert line.startswith(f"debt: {named}")
        assert "hunter22" not in line


def test_a_file_that_is_no_database_is_named(fresh: Terminal) -> None:
    fresh.file("new.db", b"something else altogether" * 100)
    assert refused(fresh.says("list")) == "debt: DATABASE_URL: file is not a database\n"


def test_a_damaged_file_is_not_called_healthy(fresh: Terminal) -> None:
    rows = "".join(f"worker {number},acme/web,src/{number}\n" for number in range(200))
    done(fresh.says("import", "-", given=f"name,repo,paths\n{rows}"))
    file = fresh.folder / "new.db"
    whole = file.read_bytes()
    at = whole.rindex(b"worker 100")
    file.write_bytes(whole[: at - 2_000] + bytes(4_000) + whole[at + 2_000 :])
    line = refused(fresh.says("check", "--offline"))
    assert line.startswith("debt: DATABASE_URL: its file is damaged (")
    assert line.endswith("; restore a backup\n")


def test_every_wrong_cell_has_its_line_and_nothing_is_kept(fresh: Terminal) -> None:
    sheet = SHEET + "x,r,p,nobody,,9,,\n"
    said = fresh.says("import", fresh.file("register.csv", sheet))
    assert said.status == 1
    assert said.err.splitlines()[0] == "debt: register.csv: 2 faults, so nothing was imported:"
    assert [line.split(":")[0] for line in said.err.splitlines()[1:]] == [
        "  line 4, column owner",
        "  line 4, column risk",
    ]
    assert fresh.says("list").out == "Nothing on the register matches.\n"


def test_a_file_that_cannot_be_read_is_named(fresh: Terminal) -> None:
    assert "absent.csv: No such file" in refused(fresh.says("import", "absent.csv"))
    assert "Is a directory" in refused(fresh.says("import", str(fresh.folder)))


def test_escape_codes_in_a_file_do_not_reach_the_terminal(fresh: Terminal) -> None:
    said = fresh.says("import", "-", given="name,repo,paths,\x1b[31mred\nn,r,p,x\n")
    assert said.status == 1
    assert "\x1b" not in said.err
    done(fresh.says("import", "-", given="name,repo,paths\n\x1b[31mred,r,p\n"))
    assert "\x1b" not in fresh.says("list").out


def test_a_scan_is_told_first_and_then_kept_and_then_changes_nothing(
    fresh: Terminal, story: Story
) -> None:
    story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    scan = ["scan", str(story.path), "--name", "acme/shop"]
    told = done(fresh.says(*scan, "--dry-run"))
    assert told.startswith("proposed ")
    assert "1 would be proposed" in told
    assert "at least 100% of the added lines" in told
    assert "lower bounds" in told
    assert done(fresh.says(*scan)).startswith("1 artifact from 1 AI commit in 1; 1 proposed")
    again = json.loads(done(fresh.says(*scan, "--json")))
    assert (again["created"], again["changed"], again["unchanged"]) == ([], [], 1)
    assert [artifact["repo"] for artifact in json.loads(fresh.says("list", "--json").out)] == [
        "acme/shop"
    ]


def test_a_scan_goes_on_from_the_last_one(fresh: Terminal, story: Story) -> None:
    story.commit("Work\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)})
    done(fresh.says("scan", str(story.path)))
    (kept,) = (fresh.folder / "cache" / "debt" / "scans").iterdir()
    before = kept.read_bytes()
    story.commit("Work\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(90)})
    assert "1 updated" in done(fresh.says("scan", str(story.path)))
    assert kept.read_bytes() != before


def test_a_scan_of_the_time_since_a_day_counts_no_earlier_lines(
    fresh: Terminal, story: Story
) -> None:
    story.commit("Work\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-05-01")
    story.commit("Mend", {"src/retry/worker.py": code(80)}, on="2026-06-01")
    scan = ["scan", str(story.path), "--dry-run"]
    assert "75% of the added lines" in done(fresh.says(*scan))
    told = done(fresh.says(*scan, "--since", "2026-06-01"))
    assert told.startswith("0 artifacts from 0 AI commits in 1")
    assert "Only commits that landed since 2026-06-01 (UTC) count" in told


def test_a_day_that_is_none_is_asked_the_wrong_way(
    fresh: Terminal, story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        fresh.says("scan", str(story.path), "--since", "2026-02-30")
    assert ended.value.code == 2
    assert "argument --since: “2026-02-30” is not" in capsys.readouterr().err


def test_a_scan_says_what_peoples_code_does_beside_the_tools(fresh: Terminal, story: Story) -> None:
    story.commit("Begin", {"cart.py": code(60, "cart")}, on="2026-05-01")
    story.commit("Retry\n\n" + BY_CLAUDE, {"retry.py": code(60)}, on="2026-06-01")
    story.commit("Explain", {"README.md": "Carts"}, on="2026-11-24")
    scan = ["scan", str(story.path), "--dry-run"]
    assert (
        "AI-written files change 0.0 times a month, people's 0.0; of added lines 100% against 100% "
        "still stand; half are younger than 6 months against 7 months "
        "(1 file against 1: too few to tell)."
    ) in done(fresh.says(*scan)).splitlines()
    told = json.loads(done(fresh.says(*scan, "--json")))["baseline"]
    assert (told["tools"]["files"], told["people"]["median_age_days"]) == (1, 207)


def test_a_scan_follows_the_teams_policy(fresh: Terminal, story: Story) -> None:
    story.commit("Retry", {"a.py": code(60)}, author="Housebot <bot@house.example>")
    assert "0 artifacts from 0 AI" in done(fresh.says("scan", str(story.path), "--dry-run"))
    ours = "[[markers.tool]]\nname = 'Housebot'\nemails = ['bot@house.example']\n"
    fresh.environment["DEBT_POLICY"] = fresh.file("policy.toml", ours)
    assert "by Housebot in 1 commit" in done(fresh.says("scan", str(story.path), "--dry-run"))


def test_what_says_that_a_tool_wrote_it_is_told_on_request(fresh: Terminal, story: Story) -> None:
    sha = story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    done(fresh.says("scan", str(story.path)))
    line = f"trailer    {sha[:12]}  60 lines by Claude Code, high confidence"
    assert line in done(fresh.says("show", "1", "--evidence")).splitlines()
    assert line not in done(fresh.says("show", "1"))
    (piece,) = json.loads(done(fresh.says("show", "1", "--evidence", "--json")))["evidence"]
    assert (piece["source"], piece["tool"], piece["commit"]) == ("trailer", "Claude Code", sha)


def test_an_estimate_is_shown_with_what_was_measured(fresh: Terminal, story: Story) -> None:
    story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    done(fresh.says("scan", str(story.path)))
    rating = json.loads(done(fresh.says("show", "1", "--json")))["ratings"]["complexity"]
    assert (rating["value"], rating["by"]) == (3, "proxy")
    assert rating["proxy"] == {
        "value": 3,
        "reason": "60 lines, 0 branches; no test names it",
        "raw": {"lines": 60, "branches": 0},
        "scale": "v1",
    }


def test_what_is_to_be_watched_is_told(fresh: Terminal, story: Story) -> None:
    story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    assert "; watch: no test names it\n" in done(fresh.says("scan", str(story.path), "--dry-run"))
    done(fresh.says("scan", str(story.path)))
    shown = done(fresh.says("show", "1"))
    assert shown.count("no test names it") == 1
    told = json.loads(done(fresh.says("show", "1", "--json")))["signals"]
    assert told == [{"sign": "untested", "words": "no test names it"}]


def test_a_block_is_shown_first_and_then_written_and_then_says_the_same(
    fresh: Terminal, story: Story
) -> None:
    story.commit("Retry\n\n" + BY_CLAUDE, {"src/retry/worker.py": code(60)}, on="2026-11-01")
    git(story.path, "checkout", "-q", "-f", "main")
    sheet = "name,repo,paths,owner\nRetry,acme/shop,src/retry/worker.py,dana@example.com\n"
    done(fresh.says("import", "-", given=sheet))
    file = story.path / "src" / "retry" / "worker.py"
    annotate = ["annotate", "d-1", str(story.path)]
    told = done(fresh.says(*annotate))
    assert "+# debt-key: D-1\n" in told
    assert file.read_text() == code(60)
    wrote = done(fresh.says(*annotate, "--write"))
    assert wrote == "D-1 is written into src/retry/worker.py.\n"
    assert file.read_text().endswith(f"\n\n{code(60)}")
    again = done(fresh.says(*annotate, "--write"))
    assert again == "src/retry/worker.py says what the register says of D-1.\n"


def test_where_register_and_file_disagree_a_scan_shows_both(fresh: Terminal, story: Story) -> None:
    head = "# debt-key: D-1\n# name: Retry\n# owner: erin@example.com\n"
    story.commit("Retry", {"a.py": head + code(60)}, on="2026-11-01")
    sheet = "name,repo,paths,owner\nRetry,acme/shop,a.py,dana@example.com\n"
    done(fresh.says("import", "-", given=sheet))
    scan = ["scan", str(story.path), "--name", "acme/shop"]
    line = "D-1 owner: register dana@example.com, file says erin@example.com (a.py:3)"
    assert line in done(fresh.says(*scan, "--dry-run"))
    assert line in done(fresh.says(*scan))
    shown = json.loads(done(fresh.says(*scan, "--json")))
    assert [conflict["field"] for conflict in shown["conflicts"]] == ["owner"]
    assert json.loads(done(fresh.says("show", "D-1", "--json")))["owner"] == "dana@example.com"


def test_what_cannot_be_annotated_is_one_line(fresh: Terminal, story: Story) -> None:
    done(fresh.says("import", "-", given="name,repo,paths\nRetry,acme/shop,src/absent.py\n"))
    assert "D-9" in refused(fresh.says("annotate", "D-9", str(story.path)))
    assert "src/absent.py is not in" in refused(fresh.says("annotate", "1", str(story.path)))
    assert "no clone with its files" in refused(fresh.says("annotate", "1", str(fresh.folder)))


def test_a_folder_that_is_no_repository_is_named(fresh: Terminal) -> None:
    assert str(fresh.folder) in refused(fresh.says("scan", str(fresh.folder)))


def test_an_end_date_that_passed_shows_where_no_process_keeps_standings_awake(
    fresh: Terminal,
) -> None:
    sheet = "name,repo,paths,expires_on\nOld script,acme/web,a.py,2026-12-24\n"
    done(fresh.says("import", "-", given=sheet))
    assert json.loads(fresh.says("list", "overdue", "--json").out) == []
    fresh.now += timedelta(days=31)
    assert [artifact["key"] for artifact in json.loads(fresh.says("list", "overdue", "--json").out)]


def test_value_comes_from_a_file_all_or_none_and_is_summed(fresh: Terminal) -> None:
    sheet = (
        "name,repo,paths,team\nRetry,acme/shop,src/retry/**,payments\nOld,acme/web,a.py,growth\n"
    )
    done(fresh.says("import", "-", given=sheet))
    assert done(fresh.says("value")) == "Nobody has stated yet what any artifact saves.\n"
    file = fresh.folder / "value.csv"
    file.write_text("key,saved_hours,saved_hours_monthly\nD-1,many,2\nD-9,1,lots\nD-1,1,\nD-1,1,\n")
    refused = fresh.says("value", "import", str(file))
    assert refused.status == 1
    for words in (
        "line 2, column saved_hours: “many” is not a length of time",
        "line 3, column saved_hours_monthly: “lots” is not a length of time",
        "line 5, column key: D-1 is in the file already",
    ):
        assert words in refused.err
    assert done(fresh.says("value")) == "Nobody has stated yet what any artifact saves.\n"
    file.write_text("key,saved_hours_monthly,saved_hours\nD-1,2,10\n2,,1.5h\n")
    said = done(fresh.says("value", "import", str(file)))
    assert "D-1     Retry (acme/shop): saved 10 h, cost 0 h: 10 h to the good\n" in said
    assert said.endswith("2 in all: saved 11.5 h, cost 0 h: 11.5 h to the good\n")
    told = json.loads(done(fresh.says("value", "team:payments", "--json")))
    assert told["balance"] == 10.0
    assert [each["key"] for each in told["artifacts"]] == ["D-1"]
    file.write_text("key,saved_hours\nD-1,2\n")
    refused = fresh.says("value", "import", str(file))
    assert "the columns are key, saved_hours, saved_hours_monthly" in refused.err
    assert "Say which file: debt value import FILE." in fresh.says("value", "import").err
    for asked in (("payments",), ("team:payments", str(file))):
        assert "is no scope; say team:x, repo:x" in fresh.says("value", *asked).err


def test_what_work_buys_back_is_printed_ranked_and_fit_for_a_spreadsheet(fresh: Terminal) -> None:
    rows = "=1+1,acme/shop,src/retry/**,payments,20\nOld,acme/web,a.py,,90\nNew,acme/web,b.py,,1\n"
    done(fresh.says("import", "-", given=f"name,repo,paths,team,monthly_hours\n{rows}"))
    said = done(fresh.says("roi"))
    assert said.startswith(
        "  1  D-2 Old (refactor, not planned): 90 h (estimated) → 36 h a month for "
    )
    assert "D-3" not in said
    [told] = json.loads(done(fresh.says("roi", "team:payments", "--json", "--horizon", "6")))
    assert (told["key"], told["scope"], told["state"]) == ("D-1", "team:payments", "not planned")
    assert told["bought_back_hours"] == 6 * 12 - told["cost_hours"]
    [header, first, second] = csv.reader(StringIO(done(fresh.says("roi", "--format", "csv"))))
    assert header == list(told)
    assert (first[1], second[2]) == ("D-2", "'=1+1")
    assert done(fresh.says("roi", "team:growth")) == "Nothing would buy back its cost.\n"
    assert fresh.says("roi", "growth").status == 1
    with pytest.raises(SystemExit):
        fresh.says("roi", "--horizon", "61")


def test_budgets_come_from_a_file_all_or_none_and_are_told_as_json(fresh: Terminal) -> None:
    sheet = "name,repo,paths,team\nRetry,acme/shop,src/retry/**,payments\n"
    done(fresh.says("import", "-", given=sheet))
    assert done(fresh.says("budget")) == "No budget yet.\n"
    file = fresh.folder / "budgets.csv"
    file.write_text("scope,hours,period\nteam:payments,40h,month\nrepo:acme/shop,many,year\n")
    refused = fresh.says("budget", "import", str(file))
    assert refused.status == 1
    assert "line 3, column hours: “many” is not a length of time" in refused.err
    assert done(fresh.says("budget")) == "No budget yet.\n"
    file.write_text("scope,hours,period,artifacts\nteam:payments,40h,quarter,9\n")
    assert "0 h of 40 h spent" in done(fresh.says("budget", "import", str(file)))
    file.write_text("scope,hours\nteam:paymnets,40h\n")
    refused = fresh.says("budget", "import", str(file))
    assert "line 2, column scope: nothing on the register is in team:paymnets" in refused.err
    file.write_text("scope,hours\ntrain:2027.1,40h\n")
    assert "There is no train:2027.1" in fresh.says("budget", "import", str(file)).err
    [told] = json.loads(done(fresh.says("budget", "team:payments", "--json")))
    assert (told["scope"], told["hours"], told["state"]) == ("team:payments", 40.0, "within")
    assert (told["artifacts"], told["artifacts_limit"]) == (1, 9)
    assert json.loads(done(fresh.says("budget", "team:growth", "--json"))) == []


def test_a_file_of_budgets_leaves_alone_what_it_has_no_column_for(fresh: Terminal) -> None:
    sheet = "name,repo,paths,team\nRetry,acme/shop,src/retry/**,payments\n"
    done(fresh.says("import", "-", given=sheet))
    file = fresh.folder / "budgets.csv"
    file.write_text(
        "scope,hours,period,weeks,first_day,artifacts,lower_by,by\n"
        "team:payments,40h,sprint,3,2026-11-16,9,4h,2099-02-28\n"
    )
    done(fresh.says("budget", "import", str(file)))
    file.write_text("scope,hours\nteam:payments,30h\n")
    done(fresh.says("budget", "import", str(file)))
    [told] = json.loads(done(fresh.says("budget", "team:payments", "--json")))
    assert (told["hours"], told["artifacts_limit"], told["period"][:9]) == (30.0, 9, "sprint of")
    assert (told["lower_by"], told["by"]) == (4.0, "2099-02-28")
    file.write_text("scope,hours,artifacts,lower_by,by\nteam:payments,30h,,,\n")
    done(fresh.says("budget", "import", str(file)))
    [told] = json.loads(done(fresh.says("budget", "team:payments", "--json")))
    assert (told["artifacts_limit"], told["lower_by"], told["by"]) == (None, None, None)
    file.write_text("scope,hours,weeks\nrepo:acme/shop,30h,2\n")
    refused = fresh.says("budget", "import", str(file))
    assert "line 2, column first_day: a sprint of its own has both" in refused.err
