"""Ratings, with the reasons people read."""

from pathlib import Path

import pytest

from debt.artifact.proxy import ProxyRating
from debt.policy.policy import built_in, load
from debt.policy.scans import RiskScale, Scale
from intake.findings.ratings import (
    CommitActivity,
    Committers,
    complexity,
    critical_topic,
    frequency,
    friction,
    risk,
)

SCALE = built_in().measure


def topic(path: str, rules: RiskScale) -> str | None:
    found = critical_topic(path, rules)
    return str(found) if found else None


def each_day(number: int) -> CommitActivity:
    """So many commits, each on a day of its own."""
    return CommitActivity(number, number)


def scale_of(tmp_path: Path, policy: str) -> Scale:
    """The scale of a team's policy file."""
    file = tmp_path / "policy.toml"
    file.write_text(policy, "utf-8")
    return load(file).measure


@pytest.mark.parametrize(
    ("in_a_year", "age_days", "value"),
    [
        (0, 900, 1),
        (3, 900, 1),
        (12, 900, 2),
        (13, 900, 3),
        (36, 900, 3),
        (144, 900, 4),
        (145, 900, 5),
        (2, 3, 3),
    ],
)
def test_frequency_is_commits_a_month_over_a_year_or_its_age(
    in_a_year: int, age_days: float, value: int
) -> None:
    assert (
        frequency(
            SCALE, in_90_days=each_day(0), in_a_year=each_day(in_a_year), age_days=age_days
        ).value
        == value
    )


@pytest.mark.parametrize(
    ("commits", "days", "value"), [(15, 1, 3), (66, 3, 4), (40, 12, 5), (15, 5, 5), (4, 1, 3)]
)
def test_the_many_commits_of_one_afternoon_are_no_change_on_most_days(
    commits: int, days: int, value: int
) -> None:
    lately = CommitActivity(commits, days)
    found = frequency(SCALE, in_90_days=lately, in_a_year=lately, age_days=9)
    assert found.value == value
    assert found.reason == f"{commits} commits on {days} of 90 days, {commits}.0 a month"


def test_frequency_says_what_it_counted() -> None:
    assert (
        frequency(SCALE, in_90_days=each_day(37), in_a_year=each_day(60), age_days=900).reason
        == "37 commits on 37 of 90 days, 5.0 a month"
    )
    assert (
        frequency(SCALE, in_90_days=each_day(1), in_a_year=each_day(1), age_days=3).reason
        == "1 commit on 1 of 90 days, 1.0 a month"
    )


@pytest.mark.parametrize(
    ("lines", "branches", "value"),
    [
        (28, 2, 1),
        (29, 2, 2),
        (160, 11, 2),
        (600, 55, 3),
        (6000, 670, 4),
        (6001, 671, 5),
        (6001, 2, 3),
    ],
)
def test_complexity_is_the_mean_of_size_and_branching(
    lines: int, branches: int, value: int
) -> None:
    found = complexity(
        SCALE, lines=lines, branches=branches, kind="production_integration", untested=False
    )
    assert found.value == value


def test_untested_code_is_harder_and_tests_need_no_tests() -> None:
    untested = complexity(
        SCALE, lines=1240, branches=85, kind="production_integration", untested=True
    )
    assert (untested.value, untested.reason) == (5, "1,240 lines, 85 branches; no test names it")
    assert complexity(SCALE, lines=160, branches=11, kind="test_suite", untested=True).value == 2
    assert (
        complexity(SCALE, lines=9999, branches=999, kind="throwaway_script", untested=True).value
        == 5
    )


def test_risk_starts_from_the_kind() -> None:
    bases = {
        kind: risk(SCALE, kind=kind, lines_of={"a.py": 9}, dependants=0, reverts=0).value
        for kind in (
            "iac_config",
            "production_integration",
            "prototype_service",
            "test_suite",
            "throwaway_script",
        )
    }
    assert list(bases.values()) == [4, 3, 2, 1, 1]


def test_risk_rises_with_critical_paths_dependants_and_reverts() -> None:
    auth = risk(
        SCALE, kind="throwaway_script", lines_of={"scripts/auth/x.py": 9}, dependants=0, reverts=0
    )
    assert (auth.value, auth.reason) == (4, "throwaway script, authentication path (“auth”)")
    leaned_on = risk(
        SCALE, kind="prototype_service", lines_of={"a.py": 9}, dependants=26, reverts=1
    )
    assert (leaned_on.value, leaned_on.reason) == (
        5,
        "prototype service, imported by 26 other files, 1 revert in a year",
    )
    assert (
        risk(SCALE, kind="test_suite", lines_of={"test_auth.py": 9}, dependants=2, reverts=0).value
        == 1
    )


def test_incidents_weigh_as_reverts_do() -> None:
    blamed = risk(
        SCALE, kind="test_suite", lines_of={"a.py": 9}, dependants=0, reverts=1, incidents=2
    )
    assert (blamed.value, blamed.reason) == (
        3,
        "test suite, 1 revert in a year, 2 incidents in a year",
    )


def test_one_critical_file_among_many_does_not_make_all_critical() -> None:
    lines_of = {f"shop/{number}.py": 100 for number in range(20)} | {"shop/login.py": 20}
    assert (
        risk(SCALE, kind="prototype_service", lines_of=lines_of, dependants=0, reverts=0).value == 2
    )


def test_only_whole_words_are_critical() -> None:
    assert topic("shop/author.py", SCALE.risk) is None
    assert topic("shop/token-store.py", SCALE.risk) == "authentication path (“token”)"
    assert topic("Billing/x.py", SCALE.risk) == "payment path (“billing”)"
    assert topic("db/migrations/0001.py", SCALE.risk) == "migration path (“migrations”)"


def test_a_style_sheet_is_never_critical() -> None:
    assert topic("styles/tokens.scss", SCALE.risk) is None


SILENT = "its most active person silent for 200 days"


@pytest.mark.parametrize(
    ("owned", "catch_all", "commits", "silent", "value", "reason"),
    [
        (True, False, {"a": 5, "b": 5}, 3, 1, "owned, active, known to several people"),
        (False, False, {"a": 5, "b": 5}, 3, 3, "no owner in CODEOWNERS"),
        (True, True, {"a": 5, "b": 5}, 3, 2, "only the catch-all owner"),
        (
            False,
            False,
            {"a": 5},
            200,
            5,
            f"no owner in CODEOWNERS, {SILENT}, one person knows it",
        ),
        (True, False, dict.fromkeys("abcd", 5), 3, 2, "spread over 4 people"),
        (True, False, {}, None, 2, "nobody but tools has committed to it"),
    ],
)
def test_friction_adds_up_what_makes_help_hard_to_find(
    owned: bool,
    catch_all: bool,
    commits: dict[str, int],
    silent: int | None,
    value: int,
    reason: str,
) -> None:
    found = friction(SCALE, owned=owned, catch_all=catch_all, people=Committers(commits, silent))
    assert (found.value, found.reason) == (value, reason)


FEW = Committers({"a": 5, "b": 4}, 3)


def test_a_document_or_tests_beside_it_make_help_easier_to_find() -> None:
    people = Committers({"a": 5}, 3)
    beside = {"a document": True, "tests": True}
    found = friction(SCALE, owned=False, catch_all=False, people=people, explained=beside)
    assert found.value == 3
    assert found.reason == (
        "no owner in CODEOWNERS, one person knows it, a document and tests beside it"
    )
    catch_all = friction(SCALE, owned=True, catch_all=True, people=FEW, explained=beside)
    assert catch_all.value == 2
    alone = friction(SCALE, owned=False, catch_all=False, people=people, explained={"tests": False})
    assert alone.value == 4


def test_an_owner_who_commits_no_more_is_no_help() -> None:
    people = Committers({"a": 5, "b": 4}, 400, of_owner=True)
    found = friction(SCALE, owned=True, catch_all=False, people=people)
    assert (found.value, found.reason) == (2, "its owner in CODEOWNERS silent for 400 days")


def test_a_team_says_which_paths_are_critical_by_words_and_globs(tmp_path: Path) -> None:
    rules = scale_of(
        tmp_path,
        """
        [scale.risk.paths]
        settlement = ["Escrow", "services/settle*/**", "ops/close/"]
        migration = []
        """,
    ).risk
    said = {
        path: topic(path, rules)
        for path in (
            "shop/escrow.py", "services/settlement/a/b.py", "ops/close/run.py", "services/x.py",
            "db/migrations/1.py", "billing/x.py",
        )
    }  # fmt: skip
    assert [*said.values()] == [
        "settlement path (“escrow”)",
        "settlement path (“services/settle*/**”)",
        "settlement path (“ops/close/**”)",
        None,
        None,
        "payment path (“billing”)",
    ]


def test_a_team_says_what_weighs_how_much_and_its_scale_has_a_name_of_its_own(
    tmp_path: Path,
) -> None:
    ours = scale_of(
        tmp_path,
        """
        [scale]
        frequency.cuts = [1, 2, 4, 8]
        friction.no_owner = 4
        risk = { critical = 5, dependants = [[2, 3]], base.test_suite = 2 }
        """,
    )
    assert frequency(ours, in_90_days=each_day(0), in_a_year=each_day(12), age_days=900).value == 1
    assert (
        friction(ours, owned=False, catch_all=False, people=Committers({"a": 1, "b": 1}, 3)).value
        == 5
    )
    lines_of = {"auth.py": 9}
    assert (
        risk(ours, kind="throwaway_script", lines_of=lines_of, dependants=0, reverts=0).value == 5
    )
    tests = risk(ours, kind="test_suite", lines_of=lines_of, dependants=2, reverts=0)
    assert (tests.value, tests.scale) == (5, ours.version)
    assert SCALE.version == "v1"
    assert ours.version.startswith("v1+")


def test_an_estimate_keeps_what_was_measured_and_by_which_scale() -> None:
    found = frequency(SCALE, in_90_days=each_day(9), in_a_year=each_day(40), age_days=900)
    assert (found.raw, found.scale) == ({"commits_a_month": 3.333, "days_a_month": 3.333}, "v1")
    found = complexity(SCALE, lines=90, branches=4, kind="test_suite", untested=False)
    assert found.raw == {"lines": 90, "branches": 4}


def edges(found: ProxyRating) -> tuple[int | None, int, int | None]:
    return found.low, found.value, found.high


@pytest.mark.parametrize(
    ("in_a_year", "around"),
    [(24, (3, 3, 3)), (31, (3, 3, 4)), (36, (3, 3, 4)), (40, (3, 4, 4)), (42, (4, 4, 4))],
)
def test_fifteen_percent_around_a_cut_are_neither_side_of_it(
    in_a_year: int, around: tuple[int, int, int]
) -> None:
    assert (
        edges(frequency(SCALE, in_90_days=each_day(0), in_a_year=each_day(in_a_year), age_days=900))
        == around
    )


def test_lines_dependants_and_heads_waver_and_what_happened_does_not() -> None:
    size = complexity(SCALE, lines=170, branches=12, kind="test_suite", untested=False)
    assert edges(size) == (2, 3, 3)
    leaned_on = risk(SCALE, kind="test_suite", lines_of={"a.py": 9}, dependants=3, reverts=0)
    assert edges(leaned_on) == (1, 2, 2)
    reverted = risk(SCALE, kind="test_suite", lines_of={"a.py": 9}, dependants=0, reverts=1)
    assert edges(reverted) == (2, 2, 2)
    critical = {"auth.py": 11, "b.py": 89}
    assert edges(
        risk(SCALE, kind="throwaway_script", lines_of=critical, dependants=0, reverts=0)
    ) == (1, 4, 4)
    heads = friction(
        SCALE, owned=True, catch_all=False, people=Committers(dict.fromkeys("abcd", 5), 3)
    )
    assert edges(heads) == (1, 2, 2)
