"""From many files to few artifacts with names and globs."""

import pytest

from debt.policy.policy import built_in
from intake.findings.grouping import CodeFile, FileGroup, groups_of
from intake.languages.kinds import kind_of
from intake.text.globs import escaped

SCAN = built_in().scan


def file(
    path: str, *, lines: int = 100, counts: bool = True, owners: tuple[str, ...] = ()
) -> CodeFile:
    return CodeFile(path, kind_of(path), lines, counts, owners)


def grouped(*files: CodeFile) -> dict[str, tuple[str, ...]]:
    """Name and globs of every artifact."""
    return {group.name: group.paths for group in groups_of(files, "acme/shop", SCAN)}


def only(*files: CodeFile) -> FileGroup:
    (group,) = groups_of(files, "acme/shop", SCAN)
    return group


def test_a_directory_with_half_of_its_lines_counting_is_one_artifact() -> None:
    group = only(
        file("shop/prices/a.py"),
        file("shop/prices/b.py", counts=False),
        file("other.py", counts=False),
    )
    assert group.paths == ("shop/prices/**",)
    assert group.files == ("shop/prices/a.py", "shop/prices/b.py")


def test_below_half_only_what_counts_is_taken_and_siblings_stay_together() -> None:
    found = grouped(
        file("shop/a.py"),
        file("shop/b.py"),
        file("shop/c.py"),
        file("shop/big.py", lines=900, counts=False),
    )
    assert found == {"shop: a.py and 2 more": ("shop/a.py", "shop/b.py", "shop/c.py")}


def test_a_single_file_is_called_by_its_path() -> None:
    found = grouped(file("shop/core/prices.py"), file("shop/core/x.py", lines=900, counts=False))
    assert found == {"core/prices.py": ("shop/core/prices.py",)}


def test_the_outermost_fitting_directory_wins_and_has_none_below() -> None:
    assert grouped(file("shop/a/x.py"), file("shop/b/y.py"), file("shop/z.py")) == {
        "shop": ("shop/**",)
    }


def test_a_directory_that_only_holds_others_is_opened() -> None:
    found = grouped(*(file(f"src/{part}/{name}.py") for part in ("cart", "stock") for name in "ab"))
    assert found == {"src/cart": ("src/cart/**",), "src/stock": ("src/stock/**",)}


def test_the_repository_itself_is_never_one_artifact() -> None:
    assert grouped(file("a.py"), file("b.py")) == {"acme/shop: a.py and b.py": ("a.py", "b.py")}


def test_kinds_are_kept_apart() -> None:
    found = grouped(
        file("shop/a.py"),
        file("shop/b.py"),
        file("tests/test_a.py"),
        file("tests/test_b.py"),
        file(".github/workflows/ci.yml"),
        file(".github/workflows/cd.yml"),
        file("scripts/x.py"),
        file("scripts/y.py"),
    )
    assert found == {
        "shop": ("shop/**",),
        "tests": ("tests/**",),
        "GitHub workflows": (".github/workflows/**",),
        "scripts": ("scripts/**",),
    }


def test_tests_among_code_are_globbed_by_their_names() -> None:
    found = grouped(*(file(f"shop/{name}.go") for name in ("a", "b", "a_test", "b_test")))
    assert found == {"shop": ("shop/a.go", "shop/b.go"), "shop tests": ("shop/**/*_test.go",)}


def test_globs_stop_at_what_belongs_to_another_kind() -> None:
    found = grouped(
        file("shop/cart/a.py"),
        file("shop/stock/b.py"),
        file("shop/till.py"),
        file("shop/scripts/x.py"),
        file("shop/scripts/y.py"),
    )
    whole = ("shop/till.py", "shop/cart/**", "shop/stock/**")
    assert found == {"shop": whole, "shop/scripts": ("shop/scripts/**",)}


def test_owners_keep_a_directory_apart() -> None:
    found = grouped(
        file("shop/cart/a.py", owners=("@ann",)),
        file("shop/cart/b.py", owners=("@ann",)),
        file("shop/stock/a.py", owners=("@bob",)),
        file("shop/stock/b.py", owners=("@bob",)),
    )
    assert found == {"shop/cart": ("shop/cart/**",), "shop/stock": ("shop/stock/**",)}


def test_siblings_with_other_owners_are_told_apart() -> None:
    files = [file("shop/a.py", owners=("@ann",)), file("shop/b.py", owners=("@bob",))]
    groups = groups_of(files, "acme/shop", SCAN)
    assert len({group.identity("acme/shop") for group in groups}) == 2


def test_more_than_two_hundred_files_are_too_many_for_one_artifact() -> None:
    files = [file(f"shop/{part}/{number}.py") for part in ("a", "b") for number in range(101)]
    assert set(grouped(*files)) == {"shop/a", "shop/b"}


def test_identity_stays_while_files_come_and_go() -> None:
    rest = file("shop/big.py", lines=9000, counts=False)
    one = only(file("shop/a.py"), rest)
    two = only(file("shop/a.py"), file("shop/b.py"), rest)
    whole = only(file("shop/a.py"), file("shop/b.py"))
    assert one.identity("acme/shop") == two.identity("acme/shop") == whole.identity("acme/shop")
    assert one.identity("acme/shop") != one.identity("acme/other")


def test_order_of_files_does_not_matter() -> None:
    files = [file(f"src/{part}/{name}.py") for part in "ab" for name in "xyz"]
    assert groups_of(files, "r", SCAN) == groups_of(files[::-1], "r", SCAN)


def test_nothing_counting_makes_nothing() -> None:
    assert groups_of([file("a.py", counts=False)], "r", SCAN) == []
    assert groups_of([], "r", SCAN) == []


@pytest.mark.parametrize(
    ("path", "glob"),
    [
        ("a/b.py", "a/b.py"),
        ("app/[id]/page.tsx", "app/[[]id]/page.tsx"),
        ("a*b?.py", "a[*]b[?].py"),
        ("a;b.py", "a?b.py"),
        ("a\nb\\.py", "a?b?.py"),
        ("caf\udce9.py", "caf?.py"),
        ("café.py", "café.py"),
    ],
)
def test_globs_match_names_with_a_meaning_literally(path: str, glob: str) -> None:
    assert escaped(path) == glob


def test_names_of_thousands_of_characters_are_cut() -> None:
    deep = "/".join(["d"] * 1500) + "/" + "x" * 4000 + ".py"
    group = only(file(deep))
    assert len(group.name) <= 80
    assert group.files == (deep,)
