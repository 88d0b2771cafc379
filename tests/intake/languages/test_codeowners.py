"""Who owns a path by CODEOWNERS."""

import pytest

from intake.languages.codeowners import Owners
from tests.growth import LINEAR, growth


def owners_of(text: str, path: str) -> tuple[str, ...]:
    return Owners(text).of(path).owners


def test_the_last_matching_line_decides() -> None:
    text = "* @everyone\n/shop/ @acme/shop dana@example.org\n/shop/legacy/\n"
    assert owners_of(text, "shop/a.py") == ("@acme/shop", "dana@example.org")
    assert owners_of(text, "other/a.py") == ("@everyone",)
    assert owners_of(text, "shop/legacy/a.py") == ()


def test_people_teams_and_handles_are_told_apart() -> None:
    owned = Owners("* @erin @acme/shop-team dana@example.org").of("a.py")
    assert (owned.person, owned.team, owned.handle) == ("dana@example.org", "shop-team", "@erin")
    team = Owners("* @acme/shop-team").of("a.py")
    assert (team.person, team.team, team.handle) == (None, "shop-team", "@acme/shop-team")
    nobody = Owners("").of("a.py")
    assert (nobody.person, nobody.team, nobody.handle) == (None, None, None)


def test_the_line_for_everything_is_known_as_such() -> None:
    owners = Owners("* @everyone\n/shop/ @acme/shop\n")
    assert owners.of("a.py").catch_all
    assert not owners.of("shop/a.py").catch_all


def test_inline_comments_are_no_owners() -> None:
    assert owners_of("*.py @dana # ask @erin first", "a.py") == ("@dana",)


def test_lines_github_would_not_understand_are_passed_over_and_counted() -> None:
    text = "* @dana\n!*.py @x\n*.py nobody\n[ab].py @y\n# words\n\n"
    owners = Owners(text)
    assert owners.of("a.py").owners == ("@dana",)
    assert owners.passed_over == 3


def test_sections_lend_their_owners() -> None:
    text = "[Shop] @acme/shop\nshop/\nshop/cart/ @dana\n^[Docs][2]\ndocs/ @erin\n"
    assert owners_of(text, "shop/a.py") == ("@acme/shop",)
    assert owners_of(text, "shop/cart/a.py") == ("@dana",)
    assert owners_of(text, "docs/a.py") == ("@erin",)


def test_spaces_in_patterns_are_kept() -> None:
    assert owners_of("my\\ shop/ @dana", "my shop/a.py") == ("@dana",)


HOSTILE = "**/" * 60 + "x @dana\n" + "*a" * 40 + "b @dana\n" + "x" * 100_000 + " @dana\n"


def test_hostile_patterns_own_nothing() -> None:
    for path in ("a/" * 190 + "y", "a" * 400, "a" * 100_000):
        assert owners_of(HOSTILE, path) == ()


@pytest.mark.parametrize(("part", "most"), [("a/", 24), ("a", 50)])
def test_hostile_patterns_take_time_in_proportion_to_the_path(part: str, most: int) -> None:
    assert growth(lambda size: owners_of(HOSTILE, part * size + "y"), most) < LINEAR
