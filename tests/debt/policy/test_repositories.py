"""Repositories in a policy: an address is one, and nothing that git would run or we would tell."""

from datetime import time
from pathlib import Path

import pytest

from debt.policy.policy import PolicyError, built_in, load, repositories_in
from debt.policy.repositories import RepositoryPolicy, is_local, without_user_info
from tests.debt.builders import answer

ADDRESSES = "allowed are https://host/path, ssh://host/path, git@host:path and /a/path"
NO_SECRETS = "allowed is an address without user and password: git asks its own credential helpers"
BRANCHES = 'allowed is the name of a branch, such as "main"'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def said(file: Path, key: str, value: str) -> str:
    """What a repository with that value is answered with, after its file, line and key."""
    rest = "" if key in {"url", "path"} else "url = '/srv/checkout'\n"
    file.write_text(f'[repositories.\'acme/checkout\']\n{rest}{key} = """{value}"""\n', "utf-8")
    told = answer(lambda: load(file), PolicyError)
    if not isinstance(told, str):
        return "taken"
    return told.partition(f": repositories.acme/checkout.{key}: ")[2]


def test_nothing_is_read_unless_a_policy_names_it() -> None:
    assert built_in().repositories == {}
    assert (built_in().refresh.weekday, built_in().refresh.time) == ("sunday", time(3))


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/checkout.git",
        "https://git.example.com:8443/acme/checkout",
        "ssh://git@git.example.com:2222/acme/checkout.git",
        "git@github.com:acme/checkout.git",
        "git.example.com:/srv/git/checkout.git",
        "/srv/git/checkout.git",
        "~/work/checkout",
        "file:///srv/git/checkout.git",
    ],
)
def test_an_address_is_https_ssh_or_a_path(file: Path, url: str) -> None:
    assert said(file, "url", url) == "taken"
    assert is_local(url) == url.startswith(("/", "~", "file:"))


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% /tmp/canary",
        "ext::/bin/true",
        "fd::3",
        "http://github.com/acme/checkout",
        "git://github.com/acme/checkout",
        "ftp://github.com/acme/checkout",
        "https:/github.com",
        "https://github.com",
        "https://github.com/acme/checkout?token=s3cret",
        "https://github.com/acme/checkout#s3cret",
        "--upload-pack=touch /tmp/canary",
        "-oProxyCommand=touch",
        "ssh://-oProxyCommand=touch/checkout",
        "ssh://-l@host/checkout",
        "git@-oProxyCommand=touch:checkout",
        "git@host:-checkout",
        "file://elsewhere/checkout",
        "//elsewhere/checkout",
        "checkout",
        "../checkout",
        "C:\\checkout",
        "https://github.com/acme/check out",
        "/srv/check\nout",
        "/srv/check\x1b[31mout",
        "/" + "x" * 500,
        "",
    ],
)
def test_nothing_else_is_an_address(file: Path, url: str) -> None:
    if "\x1b" in url:
        url = url.replace("\x1b", "\\u001b")
    assert said(file, "url", url.replace("C:\\", "C:\\\\")) == ADDRESSES


@pytest.mark.parametrize(
    "url",
    [
        "https://dana:s3cret@github.com/acme/checkout",
        "https://s3cret@github.com/acme/checkout",
        "https://dana:s3c@ret@github.com/acme/checkout",
        "ssh://git:s3cret@github.com/acme/checkout",
        "git:s3cret@github.com:acme/checkout",
        "http://dana:s3cret@github.com/acme/checkout",
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(file: Path, url: str) -> None:
    assert said(file, "url", url) == NO_SECRETS


def test_a_secret_in_a_name_is_not_repeated_either(file: Path) -> None:
    file.write_text("[repositories.'https://dana:s3cret@github.com/acme']\nurl = '/srv/x'\n")
    with pytest.raises(PolicyError) as refused:
        load(file)
    assert str(refused.value) == (
        f'{file}:1: repositories.https://github.com/acme: allowed are names such as "acme/checkout"'
    )


def test_a_message_loses_who_and_keeps_where() -> None:
    told = "unable to access 'https://dana:s3@cret@host/acme/checkout/': 403, ssh://git@host/x"
    assert without_user_info(told) == (
        "unable to access 'https://host/acme/checkout/': 403, ssh://host/x"
    )
    assert without_user_info("dana@example.org") == "dana@example.org"


@pytest.mark.parametrize("name", ["main", "release/2026.11", "dana@work", "größe"])
def test_a_branch_has_a_name(file: Path, name: str) -> None:
    assert said(file, "branch", name) == "taken"


@pytest.mark.parametrize(
    "name",
    ["-x", "--all", "a..b", "a b", "x.lock", "x.lock/y", "a/.b", "x@{1}", "x/", "x.", "*", "a:b",
     "a^", "", "/x", "x" * 501],
)  # fmt: skip
def test_nothing_that_git_would_take_for_more_is_a_branch(file: Path, name: str) -> None:
    assert said(file, "branch", name) == BRANCHES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "allowed is either a url, to be cloned, or a path, to be read there"),
        ("url = '/x'\npath = '/y'",
         "allowed is either a url, to be cloned, or a path, to be read there"),
        ("path = '/y'\nbranch = 'main'",
         "allowed is a branch of a url; a path is read as it is checked out"),
    ],
)  # fmt: skip
def test_a_repository_is_in_one_place(file: Path, text: str, told: str) -> None:
    file.write_text(f"[repositories.x]\n{text}\n")
    assert answer(lambda: load(file), PolicyError) == f"{file}:1: repositories.x: {told}"


def test_a_path_is_whole_and_no_name_is_an_option(file: Path) -> None:
    assert (
        said(file, "path", "work") == "allowed is a directory's whole path, such as /srv/checkout"
    )
    assert said(file, "path", "~/work") == "taken"
    for name in ("-x", "a b", "/x", "x//y"):
        file.write_text(f"[repositories.'{name}']\nurl = '/x'\n")
        assert str(answer(lambda: load(file), PolicyError)).endswith(
            'names such as "acme/checkout"'
        )


def test_the_week_has_a_day_or_none(file: Path) -> None:
    file.write_text("[refresh]\nweekday = 'never'\n")
    assert load(file).refresh.weekday == "never"
    for line, told in (
        ("weekday = 'Sunday'", ("weekday: “Sunday” is not allowed; allowed are monday, tuesday, "
         "wednesday, thursday, friday, saturday, sunday, never")),
        ("time = '3'", 'time: allowed are times like "09:00"'),
        ("zone = 'Berlin'", 'zone: allowed are time zones such as "Europe/Berlin"'),
        ("zone = '../../etc/passwd'", 'zone: allowed are time zones such as "Europe/Berlin"'),
    ):  # fmt: skip
        file.write_text(f"[refresh]\n{line}\n")
        assert answer(lambda: load(file), PolicyError) == f"{file}:2: refresh.{told}"


def test_a_list_of_its_own_holds_repositories_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("[repositories.'acme/web']\npath = '/srv/web'\n")
    assert repositories_in(file) == {"acme/web": RepositoryPolicy(path="/srv/web")}
    file.write_text("[refresh]\ntime = '04:00'\n[repositories]\n")
    assert answer(lambda: repositories_in(file), PolicyError) == (
        f"{file}:1: refresh: no such key; allowed are repositories"
    )
    file.write_text("[repositories\n")
    told = str(answer(lambda: repositories_in(file), PolicyError))
    assert told.endswith("; --list names a TOML file")
