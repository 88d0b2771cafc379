"""What tools wrote beside what people wrote in the same repository."""

from datetime import date, datetime, timedelta

import pytest

from intake.findings.baseline import Baseline, Population
from intake.scan.scan import read_repository
from tests.intake.repositories import BY_CLAUDE, CLAUDE, Story, code

Files = dict[str | bytes, str | bytes]


def files(place: str, number: int, lines: int = 30) -> Files:
    return {f"{place}/{name}.py": code(lines, f"{place}_{name}") for name in range(number)}


def baseline(story: Story, now: datetime) -> Baseline:
    return read_repository(story.path, now=now).baseline


def days_before(now: datetime, days: int) -> str:
    day: date = (now - timedelta(days=days)).date()
    return day.isoformat()


def test_both_populations_are_measured_alike(story: Story, now: datetime) -> None:
    """Ten files of each; each of the tools' changed three times, one in ten of people's once. All
    is measured up to the newest commit.
    """
    story.commit("Begin", files("shop", 10), on=days_before(now, 100))
    story.commit(f"More\n\n{BY_CLAUDE}", files("tax", 10), on=days_before(now, 100))
    for lines in (31, 32, 33):
        story.commit(f"Grow\n\n{BY_CLAUDE}", files("tax", 10, lines), on=days_before(now, 50))
    story.commit("Mend", {"shop/1.py": code(60, "shop_1")}, on=days_before(now, 9))
    found = baseline(story, now)
    assert (found.tools.files, found.people.files) == (10, 10)
    assert (found.tools.commits, found.people.commits) == (4, 2)
    months = (100 - 9) / 30.4
    assert found.tools.changes_a_month == pytest.approx(3 / months, rel=0.01)
    assert found.people.changes_a_month == pytest.approx(0.1 / months, rel=0.01)
    assert (found.tools.median_age_days, found.people.median_age_days) == (91, 91)
    assert (found.tools.standing, found.people.standing) == (1.0, 1.0)


def test_who_adds_a_file_does_not_change_it(story: Story, now: datetime) -> None:
    story.commit(f"Begin\n\n{BY_CLAUDE}", files("tax", 3), on=days_before(now, 200))
    story.commit("Explain", {"README.md": "Taxes"}, on=days_before(now, 1))
    assert baseline(story, now).tools.changes_a_month == 0


def test_reverts_count_for_whoever_is_reverted(story: Story, now: datetime) -> None:
    story.commit("Begin", files("shop", 2), on="2026-01-01")
    story.commit(f"Taxes\n\n{BY_CLAUDE}", files("tax", 2), on="2026-01-02")
    bad = story.commit(f"More\n\n{BY_CLAUDE}", {"tax/9.py": code(40)}, on="2026-01-03")
    undo = f'Revert "More"\n\nThis reverts commit {bad}.'
    story.commit(undo, {}, deletes=["tax/9.py"], on="2026-01-04")
    wrong = story.commit("Wrong", {"shop/1.py": code(90)}, on="2026-01-05")
    undo = f'Revert "Wrong"\n\nThis reverts commit {wrong}.'
    story.commit(undo, files("shop", 2), author=CLAUDE, on="2026-01-06")
    found = baseline(story, now)
    assert (found.tools.commits, found.tools.reverted) == (2, 0.5)
    assert (found.people.commits, found.people.reverted) == (2, 0.5)


def test_lines_that_were_written_over_do_not_stand(story: Story, now: datetime) -> None:
    story.commit("Begin", {"shop.py": code(40, "shop")})
    story.commit(f"Taxes\n\n{BY_CLAUDE}", {"tax.py": code(40, "tax")})
    story.commit(f"Again\n\n{BY_CLAUDE}", {"tax.py": code(40, "levy")})
    found = baseline(story, now)
    assert (found.tools.standing, found.people.standing) == (0.5, 1.0)


def test_what_is_gone_did_not_survive(story: Story, now: datetime) -> None:
    """By whose files were mostly; moving a file or taking a commit back removes nothing."""
    story.commit("Begin", {"shop.py": code(40, "shop"), "old.py": code(40, "old")})
    story.commit(f"Taxes\n\n{BY_CLAUDE}", {"tax.py": code(40, "tax"), "levy.py": code(120, "levy")})
    story.commit("Move", {"fees.py": code(40, "tax")}, deletes=["tax.py"])
    story.commit("Tidy", {}, deletes=["levy.py"])
    wrong = story.commit("Wrong", {"wrong.py": code(90, "wrong")})
    undo = f'Revert "Wrong"\n\nThis reverts commit {wrong}.'
    story.commit(undo, {}, deletes=["wrong.py"])
    found = baseline(story, now)
    assert (found.tools.standing, found.people.standing) == (0.25, 1.0)
    story.commit("Tidy more", {}, deletes=["old.py"])
    assert baseline(story, now).people.standing == 0.5


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("Taxes (#12)", True),
        ("Merged PR 12: Taxes", True),
        ("Taxes\n\nReviewed-by: Erin <erin@example.com>", True),
        ("Taxes\n\nDifferential Revision: https://example.com/D12", True),
        ("Taxes\n\nPR-URL: https://example.com/12", True),
        ("Taxes\n\nReviewed-by: Claude <noreply@anthropic.com>", False),
        ("Taxes\n\nReviewed-by: shop-bot[bot] <1+shop-bot[bot]@users.noreply.github.com>", False),
        ("Taxes, see #12", False),
    ],
)
def test_commits_that_nobody_looked_at_are_counted_for_whoever_made_them(
    words: str, *, seen: bool, story: Story, now: datetime
) -> None:
    story.commit("Begin (#1)", files("shop", 2))
    story.commit(f"{words}\n\n{BY_CLAUDE}", files("tax", 2))
    found = baseline(story, now)
    assert (found.tools.unreviewed, found.people.unreviewed) == (0.0 if seen else 1.0, 0.0)


def test_where_nothing_tells_of_reviews_none_is_missed(story: Story, now: datetime) -> None:
    story.commit("Begin", files("shop", 2))
    story.commit(f"Taxes\n\n{BY_CLAUDE}", files("tax", 2))
    assert baseline(story, now).tools.unreviewed is None


def test_what_came_by_a_merge_was_looked_at(story: Story, now: datetime) -> None:
    story.branch("taxes", story.commit("Begin", files("shop", 2)))
    side = story.commit(f"Taxes\n\n{BY_CLAUDE}", files("tax", 2), branch="taxes")
    story.commit("Mend", {"shop/9.py": code(30)})
    story.commit("Merge", files("tax", 2), merges=[side])
    found = baseline(story, now)
    assert (found.tools.unreviewed, found.people.unreviewed) == (0.0, 1.0)


def test_mixed_files_machines_and_what_people_claim_are_kept_apart(
    story: Story, now: datetime
) -> None:
    story.commit("Begin", {"shop.py": code(70), "mixed.py": code(70, "mixed")})
    more: Files = {
        "mixed.py": code(100, "mixed"),
        "ours.py": "# ai-generated: no\n" + code(50, "ours"),
        "theirs.py": "# debt-label: temporary\n" + code(50, "theirs"),
    }
    story.commit(f"More\n\n{BY_CLAUDE}", more)
    story.commit("Bump", {"shop.py": code(71)}, author="dependabot[bot] <d@example.org>")
    found = baseline(story, now)
    assert (found.tools.files, found.people.files) == (1, 2)
    assert (found.tools.commits, found.people.commits) == (1, 1)


TOOLS = Population(40, 90, 2.14, 0.033, 0.91, 120, 0.31)
PEOPLE = Population(340, 900, 1.36, 0.004, 0.744, 940, 0.12)


def test_it_is_said_in_one_sentence() -> None:
    assert Baseline(TOOLS, PEOPLE).words == (
        "AI-written files change 2.1 times a month, people's 1.4; reverted 3% against 0.4%; "
        "landed without a sign of a review 31% against 12%; of added lines 91% against 74% still "
        "stand; half are younger than 4 months against 31 months."
    )


def test_small_samples_say_so() -> None:
    few = Population(3, 4, 0.0, 0.0, 1.0, 9)
    assert Baseline(few, Population(340, 900, 1.36, 0.0, 0.744, 940)).words == (
        "AI-written files change 0.0 times a month, people's 1.4; "
        "of added lines 100% against 74% still stand; half are younger than 9 days against "
        "31 months (3 files against 340: too few to tell)."
    )
    assert Baseline(TOOLS, few).beside(2.14) == "2.1 a file, people's 0.0 in 3 files"


def test_where_there_is_nobody_to_compare_with_it_says_so() -> None:
    assert Baseline(TOOLS).words == "There is no code by people alone to compare with."
    assert Baseline(people=PEOPLE).words is None
    assert Baseline(TOOLS).beside(2.14) == ""
    assert Baseline(TOOLS, PEOPLE).beside(2.14) == "2.1 a file, people's 1.4"


def test_an_artifacts_frequency_says_what_peoples_files_do(story: Story, now: datetime) -> None:
    story.commit("Begin", files("shop", 20), on="2025-01-01")
    for lines in (40, 50):
        story.commit("Grow", {"shop/1.py": code(lines, "shop_1")}, on="2026-02-01")
    story.commit(f"Taxes\n\n{BY_CLAUDE}", files("tax", 2), on="2025-06-01")
    for lines in range(31, 55):
        story.commit(f"Grow\n\n{BY_CLAUDE}", files("tax", 2, lines), on="2026-06-20")
    (finding,) = read_repository(story.path, now=now).findings
    assert finding.frequency.reason == (
        "24 commits on 1 of 90 days, 2.0 a month (2.0 a file, people's 0.01)"
    )
