"""What manifests ask for: which packages, which versions, how firmly."""

import pytest

from intake.packages.manifests import Manifests, dependencies_in, manifest_of
from intake.packages.versions import Dependency
from tests.intake.asking import asked


def test_requirements() -> None:
    text = """\
    # what we need
    -r base.txt
    requests==2.31.0
    Flask[async] >= 2 ; python_version > "3.8"
    fastapi~=0.110
    python-dateutil
    pydantic>=2,<3
    httpx >=0.20, <1
    numpy<=0.9
    ours @ git+https://git.example.org/ours@main
    theirs @ https://example.org/theirs-1.0-py3-none-any.whl
    """
    assert asked("services/a/requirements-dev.txt", text) == {
        "requests": "firm",
        "flask": "open",
        "fastapi": "early",
        "dateutil": "open",
        "pydantic": "firm",
        "httpx": "early",
        "numpy": "early",
        "ours": "open",
        "theirs": "firm",
    }


def test_pyproject_where_an_open_end_is_a_librarys_choice() -> None:
    text = """
    [project]
    dependencies = ["attrs>=23", "pyyaml", "ruff==0.5.1"]
    optional-dependencies = { test = ["scikit-learn<1"] }
    [dependency-groups]
    dev = ["mypy~=1.0", { include-group = "test" }]
    [tool.poetry.dependencies]
    python = "^3.11"
    rich = "^0.9"
    click = { version = "*", optional = true }
    local = { path = "../local" }
    """
    assert asked("pyproject.toml", text) == {
        "attr": "firm",
        "yaml": "open",
        "ruff": "early",
        "sklearn": "early",
        "mypy": "firm",
        "rich": "early",
        "click": "open",
    }


def test_package_json() -> None:
    text = """{
      "dependencies": {
        "react": "^18.2.0", "@scope/ui": "~0.4.1", "zod": "latest", "lodash": ">=4",
        "ours": "workspace:*", "left-pad": "github:me/left-pad", "alias": "npm:other@^0.2.0",
        "both": "^0.9 || ^1.0", "x": "0.3.x", "range": ">=0.3 <1"
      },
      "devDependencies": { "jest": "29.1.0" }
    }"""
    assert asked("web/package.json", text) == {
        "react": "firm",
        "@scope/ui": "early",
        "zod": "open",
        "lodash": "open",
        "left-pad": "open",
        "alias": "early",
        "both": "firm",
        "x": "early",
        "range": "early",
        "jest": "firm",
    }


def test_cargo_toml_and_go_mod() -> None:
    cargo = """
    [dependencies]
    serde = { version = "1.0", features = ["derive"] }
    tokio-util = "0.7"
    any = "*"
    ours = { path = "../ours" }
    shared = { workspace = true }
    fork = { git = "https://example.org/fork" }
    pinned = { git = "https://example.org/pinned", rev = "abc" }
    [target.'cfg(unix)'.dependencies]
    nix = "0.29"
    """
    assert asked("Cargo.toml", cargo) == {
        "serde": "firm",
        "tokio_util": "early",
        "any": "open",
        "fork": "open",
        "pinned": "firm",
        "nix": "early",
    }
    go = """
    module example.org/shop

    go 1.22

    require github.com/a/single v1.0.0
    require (
        github.com/b/early v0.3.1
        golang.org/x/text v0.14.0 // indirect
    )
    replace github.com/b/early => ../early
    """
    assert asked("go.mod", go) == {
        "github.com/a/single": "firm",
        "github.com/b/early": "early",
        "golang.org/x/text": "early",
    }


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "{"),
        ("package.json", "[1, 2]"),
        ("package.json", '{"dependencies": ["a"]}'),
        ("package.json", '{"dependencies": {"a": 3}}'),
        ("package.json", "[" * 100_000),
        ("pyproject.toml", "project = 3"),
        ("pyproject.toml", "[project]\ndependencies = 3"),
        ("pyproject.toml", "[[["),
        ("Cargo.toml", "dependencies = 'x'"),
        ("Cargo.toml", "[dependencies]\na = [1]"),
        ("go.mod", "require " * 50_000),
        ("requirements.txt", "\0\x1b[31m\n" + "[" * 10_000 + "\n==\n;" * 99),
        ("requirements.txt", "a==" + "9" * 100_000),
        ("README.md", "requests==1"),
    ],
)
def test_what_cannot_be_read_asks_for_nothing_and_takes_no_time(path: str, text: str) -> None:
    for each in dependencies_in(path, text.encode()).values():
        assert len(each.name) <= 100
        assert len(each.version) <= 24


def test_names_and_versions_come_out_printable_and_short() -> None:
    hostile = '{"dependencies": {"<!channel>\\n\\u001b[31m": "1\\n\\u202e", "%s": "^1"}}' % (
        "x" * 900
    )
    for each in dependencies_in("package.json", hostile.encode()).values():
        assert each.name.isprintable()
        assert each.version.isprintable()
        assert len(each.name) <= 100


def test_the_line_of_versions_is_the_major_one_and_below_one_the_minor_too() -> None:
    lines = [Dependency("a", version).line for version in ("^2.31", "==2.0.1", ">=0.20,<1", "v0.3")]
    assert lines == [(2,), (2,), (0, 20), (0, 3)]
    assert Dependency("a", "", pinned=False).line is None
    assert Dependency("a", "latest").line is None
    ends = [Dependency("a", version).line for version in ("<3", "!= 2.1, < 3", "(,2.0]", "<= 2")]
    assert ends == [None] * 4


@pytest.mark.parametrize(
    ("path", "ecosystem"),
    [
        ("requirements.txt", "python"),
        ("a/Requirements-dev.txt", "python"),
        ("a/requirements/base.txt", "python"),
        ("a/notes.txt", None),
        ("a/Cargo.toml", "cargo"),
        ("a/package.json", "npm"),
        ("a/package-lock.json", None),
        ("go.mod", "go"),
        ("a/Gemfile", "rubygems"),
        ("gems.rb", "rubygems"),
        ("a/shop.gemspec", "rubygems"),
        ("a/MyGemfile", None),
        ("Gemfile.lock", None),
        ("a/pom.xml", "maven"),
        ("a/build.gradle", "maven"),
        ("build.gradle.kts", "maven"),
        ("settings.gradle", None),
        ("gradle/libs.versions.toml", "maven"),
        ("a/gradle/libs.versions.toml", "maven"),
        ("libs.versions.toml", None),
        ("a/mygradle/libs.versions.toml", None),
    ],
)
def test_a_manifest_is_known_by_its_name(path: str, ecosystem: str | None) -> None:
    assert manifest_of(path) == ecosystem


def test_the_nearest_manifest_above_a_file_counts_and_any_lock_above() -> None:
    lying = Manifests(
        [
            "package.json", "yarn.lock", "apps/web/package.json", "apps/api/requirements/base.txt",
            "apps/api/requirements/dev.txt", "pyproject.toml", "apps/old/poetry.lock",
        ]
    )  # fmt: skip
    assert lying.near("apps/web/src/a.ts", "npm") == ("apps/web/package.json",)
    assert lying.near("apps/other/src/a.ts", "npm") == ("package.json",)
    assert lying.near("apps/api/src/a.py", "python") == (
        "apps/api/requirements/base.txt",
        "apps/api/requirements/dev.txt",
    )
    assert lying.near("tools/a.py", "python") == ("pyproject.toml",)
    assert lying.near("a.go", "go") == ()
    assert lying.locks("apps/web/package.json", "npm")
    assert not lying.locks("apps/api/requirements/base.txt", "python")
    assert lying.locks("apps/old/requirements.txt", "python")


def test_a_version_catalog_belongs_to_every_build_script_around_and_below() -> None:
    lying = Manifests(
        [
            "gradle/libs.versions.toml", "build.gradle", "app/build.gradle.kts", "tool/pom.xml",
            "app/gradle.lockfile", "deep/x/build.gradle", "deep/gradle/libs.versions.toml",
        ]
    )  # fmt: skip
    assert lying.near("app/src/A.java", "maven") == (
        "app/build.gradle.kts",
        "gradle/libs.versions.toml",
    )
    assert lying.near("src/A.kt", "maven") == ("build.gradle", "gradle/libs.versions.toml")
    assert lying.near("deep/x/A.kt", "maven") == (
        "deep/x/build.gradle",
        "deep/gradle/libs.versions.toml",
    )
    assert lying.near("a.rb", "rubygems") == ()
    assert lying.locks("app/src/A.java", "maven")
    assert not lying.locks("tool/src/A.java", "maven")
