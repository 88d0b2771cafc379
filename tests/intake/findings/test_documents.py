"""Whether a document lies beside code, and may tell how it works."""

import pytest

from intake.findings.documents import Documents
from intake.findings.grouping import FileGroup
from intake.languages.kinds import Kind

CODE: Kind = "production_integration"
FILES = ("shop/retry/a.py", "shop/retry/index.ts")
RETRY = FileGroup(CODE, "shop/retry", True, FILES, ("shop/retry/**",), "retry")
QUEUE = FileGroup(CODE, "shop", False, ("shop/queue.py",), ("shop/queue.py",), "queue")
TOP = FileGroup(CODE, "", False, ("main.py",), ("main.py",), "main")


@pytest.mark.parametrize(
    "path",
    [
        "shop/retry/README.md",
        "shop/retry/docs/how.rst",
        "shop/README.md",
        "docs/retry.md",
        "docs/adr/RETRY.adoc",
    ],
)
def test_a_document_in_around_or_called_like_a_directory_is_beside_it(path: str) -> None:
    assert Documents([path, "main.py"]).beside(RETRY)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "shop/retry/CHANGELOG.md",
        "shop/retry/LICENSE.md",
        "web/README.md",
        "docs/index.md",
    ],
)
def test_what_is_about_everything_or_about_the_past_is_beside_nothing_in_particular(
    path: str,
) -> None:
    assert not Documents([path]).beside(RETRY)


def test_of_some_files_in_a_directory_those_below_it_tell_nothing() -> None:
    assert Documents(["docs/queue.md"]).beside(QUEUE)
    assert not Documents(["shop/retry/README.md"]).beside(QUEUE)


def test_what_lies_at_the_top_is_beside_what_lies_there() -> None:
    assert Documents(["README.md"]).beside(TOP)
    assert not Documents(["docs/how.md"]).beside(TOP)
