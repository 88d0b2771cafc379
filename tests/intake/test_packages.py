"""Which packages of others a file imports, by the names its language has for them."""

import pytest

from intake.contents import references_in
from intake.packages import imported_as, packages_in, uses


def packages(path: str, text: str) -> set[str]:
    content = text.encode()
    return set(packages_in(path, content, references_in(path, content)))


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.py", "import yaml, os.path\nfrom requests.adapters import X\nfrom . import near",
         {"yaml", "os", "requests"}),
        ("a.ts", "import a from 'react'\nimport '@scope/ui/button'\nrequire('./near')",
         {"react", "@scope/ui"}),
        ("a.go", 'import (\n\t"fmt"\n\tx "github.com/b/early/sub"\n)',
         {"fmt", "github.com/b/early/sub"}),
        ("a.rs", "use serde::Deserialize;\nuse crate::near;\nextern crate libc;",
         {"serde", "crate", "libc"}),
        ("a.java", "import com.acme.Shop;", set()),
        ("a.md", "import x", set()),
    ],
)  # fmt: skip
def test_what_lies_beside_is_no_package(path: str, text: str, found: set[str]) -> None:
    assert packages(path, text) == found


def test_packages_are_imported_by_other_names_than_they_are_installed_by() -> None:
    assert imported_as("PyYAML", "python") == "yaml"
    assert imported_as("python-dateutil", "python") == "dateutil"
    assert imported_as("zope.interface", "python") == "zope_interface"
    assert imported_as("tokio-util", "cargo") == "tokio_util"
    assert imported_as("@scope/ui", "npm") == "@scope/ui"


def test_in_go_whatever_is_below_a_module_is_of_it() -> None:
    imported = ("github.com/b/early/sub",)
    assert uses(imported, "github.com/b/early", "go")
    assert not uses(imported, "github.com/b/ear", "go")
    assert not uses(("early/sub",), "early", "npm")
