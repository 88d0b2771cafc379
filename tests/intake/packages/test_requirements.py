"""Python requirements are read as pip reads them; what pip refuses is known by its name only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.packages.manifests import LARGEST, dependencies_in
from intake.packages.requirements import MOST_REQUIREMENTS, requirements_in
from intake.packages.versions import Dependency
from tests.growth import LINEAR, STEP, growth

Answer = tuple[str, bool, bool]
"""Version as it is shown, whether it is below 1.0, whether it is pinned."""


def asked(text: str) -> Answer | None:
    found = [*requirements_in([text])]
    return (found[0].version, found[0].early, found[0].pinned) if found else None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a", ("", False, False)),
        ("a==1.2", ("==1.2", False, True)),
        ("a==v1.2", ("==v1.2", False, True)),
        ("a[x,y]==1", ("==1", False, True)),
        ("a (>=2)", (">=2", False, False)),
        ("a!=0.5", ("!=0.5", False, False)),
        ("a~=0.9", ("~=0.9", True, True)),
        ("a~=1.0rc1", ("~=1.0rc1", False, True)),
        ("a<1.0", ("<1.0", True, True)),
        ("a<1.1", ("<1.1", False, True)),
        ("a<=0.9", ("<=0.9", True, True)),
        ("a==1!0.5", ("==1!0.5", False, True)),
        ("a==0.5+local", ("==0.5+local", True, True)),
        ("a==1 # why", ("==1", False, True)),
        ("a==1 ; python_version > 3.8", ("==1", False, True)),
        ("a @ https://x.test/a#main", ("", False, False)),
        ("a @ git+https://x.test/a@0123abcd", ("", False, True)),
        ("./a.whl", None),
        ("-r base.txt", None),
        ("é==1", None),
    ],
)
def test_most_requirements_are_answered_as_by_our_own_parser_before(
    text: str, answer: Answer | None
) -> None:
    assert asked(text) == answer


@pytest.mark.parametrize(
    ("text", "before", "after", "why"),
    [
        ("a>= 0.2 , <1", (">= 0.2 , <1", True, True), (">=0.2,<1", True, True), "no blanks"),
        ("a<1,>=0.2", ("<1,>=0.2", True, True), (">=0.2,<1", True, True), "lower end first"),
        ("a>=1,", (">=1,", False, False), (">=1", False, False), "the comma says nothing"),
        ("a==1 --hash=x:y \\", ("==1 --hash=x:y \\", False, True), ("==1", False, True), "options"),
        ("a===x", ("===x", False, False), ("===x", False, True), "=== pins whatever follows"),
        ("a==1.0rc1", ("==1.0rc1", False, True), ("==1.0rc1", True, True), "it comes before 1.0"),
        ("a<1.0rc1", ("<1.0rc1", False, True), ("<1.0rc1", True, True), "all come before 1.0"),
        ("a @ https://x.test/m#sha256=0123abcd", ("", False, False), ("", False, True), "a digest"),
        ("a>=1 <2", (">=1 <2", False, True), ("", False, True), "a comma is missing"),
        ("a==2004d", ("==2004d", False, True), ("", False, True), "no version"),
        ("a>=1.8.*", (">=1.8.*", False, False), ("", False, True), "no version"),
        ("a~=1", ("~=1", False, True), ("", False, True), "~= needs two numbers"),
        ("a[x,==1", ("[x,==1", False, True), ("", False, True), "a bracket is missing"),
        ("a=1", ("=1", False, False), ("", False, True), "= is no comparison"),
        ("git+https://x.test/a", ("+https://x.test/a", False, False), None, "no name"),
        ("https://x.test/a.whl", ("://x.test/a.whl", False, False), None, "no name"),
        ("This lists it.", ("lists it.", False, False), None, "prose"),
    ],
)
def test_where_our_own_parser_answered_otherwise_pips_answer_counts(
    text: str, before: Answer, after: Answer | None, why: str
) -> None:
    assert asked(text) == after, why
    assert before != after


def test_the_line_of_versions_is_known_in_whatever_order_its_ends_are_written() -> None:
    (dependency,) = requirements_in(["httpx <1, >=0.20"])
    assert dependency.line == (0, 20)


@given(st.text(max_size=600))
def test_no_text_can_break_the_reading_of_a_line(text: str) -> None:
    for dependency in requirements_in([text]):
        assert isinstance(dependency, Dependency)
        assert len(dependency.name) <= 100
        assert dependency.name.isprintable()
        assert dependency.version.isprintable()


@pytest.mark.parametrize(
    "line",
    [
        "a==1 ; " + "(" * 490,
        "a" + "[" * 490,
        "a" + ",>=1" * 120,
        "a==" + "1." * 240,
        "a==1" + "a" * 490,
        "a" + " " * 490 + "b",
        "-" * 499,
        "a." * 249,
    ],
)
def test_a_manifest_full_of_hostile_lines_is_read_in_time_that_grows_with_them(line: str) -> None:
    def read(size: int) -> object:
        text = "\n".join(f"{line}{number}" for number in range(size))
        return dependencies_in("requirements.txt", text.encode())

    assert growth(read, LARGEST // (len(line) + 6) // STEP, runs=3) < LINEAR


def test_of_a_manifest_without_end_only_the_first_requirements_are_read() -> None:
    lines = [f"# {number}\nname{number}==1" for number in range(2 * MOST_REQUIREMENTS)]
    found = dependencies_in("requirements.txt", "\n".join(lines).encode())
    assert len(found) == MOST_REQUIREMENTS
    assert f"name{MOST_REQUIREMENTS}" not in found
