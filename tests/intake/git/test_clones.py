"""Clones are up to date or what they were; nothing of a remote runs, nothing secret is told."""

import os
import stat
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.git.clones import CloneLimits, Clones
from intake.git.repository import UnreadableRepository
from tests.intake.git.test_hostile import commit_of_many_zeros
from tests.intake.remotes import PASSWORD, USER, https, ssh
from tests.intake.repositories import Story, code, git


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@pytest.fixture
def clones(tmp_path: Path, environment: dict[str, str]) -> Clones:
    return Clones(tmp_path / "cache", environment)


def fetched(clones: Clones, url: object, branch: str | None = None) -> Path:
    with clones.taken(str(url), branch) as clone:
        clone.fetch()
        return clone.path


def refused(clones: Clones, url: object, branch: str | None = None) -> str:
    with pytest.raises(UnreadableRepository) as error, clones.taken(str(url), branch) as clone:
        clone.fetch()
    assert "\n" not in str(error.value)
    return str(error.value)


def head(path: Path) -> str:
    return git(path, "rev-parse", "HEAD")


def left_in(clones: Path) -> list[str]:
    """What is neither a clone nor its lock."""
    names = {path.name for path in clones.iterdir()}
    return sorted(name for name in names if f"{name}.lock" not in names and "lock" not in name)


def test_a_clone_follows_its_remote_when_that_is_rewritten_too(
    story: Story, clones: Clones
) -> None:
    first = story.commit("Sell", {"a.py": code(3)})
    story.note(first, "kept")
    path = fetched(clones, story.path)
    assert (head(path), git(path, "notes", "--ref=ai", "show", first)) == (first, "kept")
    second = story.commit("Buy", {"b.py": code(3)})
    assert (fetched(clones, story.path), head(path)) == (path, second)
    story.branch("main", first)
    other = story.commit("Barter", {"c.py": code(3)})
    git(story.path, "update-ref", "-d", "refs/notes/ai")
    fetched(clones, story.path)
    assert head(path) == other
    assert git(path, "for-each-ref", "--format=%(refname)") == "refs/heads/fetched"


def test_a_branch_has_a_clone_of_its_own(story: Story, clones: Clones) -> None:
    main = story.commit("Sell", {"a.py": code(3)})
    story.branch("next", main)
    later = story.commit("Buy", {"b.py": code(3)}, branch="next")
    assert head(fetched(clones, story.path)) == main
    assert head(fetched(clones, f"file://{story.path}", "next")) == later
    assert refused(clones, story.path, "gone") == (
        f"{story.path}: git could not fetch it: couldn't find remote ref refs/heads/gone"
    )


def test_what_a_remote_says_is_one_short_printable_line(
    environment: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "ssh.sh"
    said = "printf 'fatal: \\033[31mred <!channel> %s\\n' " + "x" * 5_000 + " >&2"
    program.write_text(f"#!/bin/sh\n{said}\nexit 1\n")
    program.chmod(0o755)
    environment["GIT_SSH_COMMAND"] = str(program)
    told = refused(Clones(tmp_path / "cache", environment), "git@host:acme/checkout")
    assert told.startswith("git@host:acme/checkout: git could not fetch it: ")
    assert told.isprintable()
    assert len(told) < 300


def test_a_shallow_remote_gives_a_shallow_clone(
    story: Story, clones: Clones, tmp_path: Path
) -> None:
    for number in range(3):
        story.commit("Sell", {"a.py": code(number)})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{story.path}", str(shallow))
    assert git(fetched(clones, shallow), "rev-list", "--count", "HEAD") == "1"


def test_a_remote_that_is_away_leaves_the_clone_as_it_was(
    story: Story, clones: Clones, tmp_path: Path
) -> None:
    first = story.commit("Sell", {"a.py": code(3)})
    path = fetched(clones, story.path)
    story.path.rename(tmp_path / "away")
    assert refused(clones, story.path) == (
        f"{story.path}: git could not fetch it: '{story.path}' does not appear to be a git "
        "repository"
    )
    assert head(path) == first
    assert left_in(tmp_path / "cache") == []


def test_nothing_is_left_of_a_clone_that_could_not_be_made(
    story: Story, clones: Clones, tmp_path: Path
) -> None:
    assert "couldn't find remote ref HEAD" in refused(clones, story.path)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def damage_objects(path: Path) -> None:
    for file in (path / "objects").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"damaged")


def damage_ref(path: Path) -> None:
    (path / "refs" / "heads" / "fetched").write_bytes(b"")


def damage_config(path: Path) -> None:
    (path / "config").write_text("[core")


def damage_head(path: Path) -> None:
    (path / "HEAD").unlink()


@pytest.mark.parametrize("damage", [damage_objects, damage_ref, damage_config, damage_head])
def test_a_broken_clone_is_made_anew(story: Story, clones: Clones, damage: object) -> None:
    assert callable(damage)
    story.commit("Sell", {"a.py": code(3)})
    damage(fetched(clones, story.path))
    second = story.commit("Buy", {"a.py": code(4)})
    path = fetched(clones, story.path)
    assert head(path) == second
    git(path, "fsck", "--strict")


def test_what_a_git_that_was_killed_left_is_in_nobodys_way(
    story: Story, clones: Clones, tmp_path: Path
) -> None:
    story.commit("Sell", {"a.py": code(3)})
    path = fetched(clones, story.path)
    (path / "refs" / "heads" / "fetched.lock").touch()
    (path / "packed-refs.lock").touch()
    (path / "objects" / "pack" / "tmp_pack_XYZ").write_bytes(b"x" * 1000)
    path.with_suffix(".new").mkdir()
    (path.with_suffix(".new") / "HEAD").touch()
    second = story.commit("Buy", {"a.py": code(4)})
    assert head(fetched(clones, story.path)) == second
    assert [*path.rglob("tmp_*"), *path.rglob("*.lock")] == []


def test_one_works_with_a_clone_at_a_time(story: Story, clones: Clones) -> None:
    story.commit("Sell", {"a.py": code(3)})
    with clones.taken(str(story.path), None):
        assert refused(clones, story.path) == f"{story.path}: another process works with its clone."
        assert "couldn't find" in refused(clones, story.path, "another")
    fetched(clones, story.path)


def test_a_clone_that_grows_too_large_is_given_up(
    story: Story, clones: Clones, environment: Mapping[str, str], tmp_path: Path
) -> None:
    story.commit("Sell", {"a.bin": os.urandom(3_000_000)})
    small = Clones(tmp_path / "cache", environment, CloneLimits(size=2_000_000))
    told = f"{story.path}: its clone takes more than 2 MB."
    assert refused(small, story.path) == told
    path = fetched(clones, story.path)
    assert refused(small, story.path) == told
    assert not path.exists()
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_remote_that_takes_all_memory_is_given_up(
    story: Story, environment: Mapping[str, str], tmp_path: Path
) -> None:
    story.commit("Sell", {"a.py": code(3)})
    commit_of_many_zeros(story, 300 << 20)
    frugal = Clones(tmp_path / "cache", environment, CloneLimits(memory=100_000_000))
    assert refused(frugal, story.path) == (
        f"{story.path}: fetching it takes more than 100 MB of memory."
    )
    assert left_in(tmp_path / "cache") == []


def test_a_remote_that_takes_its_time_is_given_up(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    waiting = {**environment, "GIT_SSH_COMMAND": "sleep 60; false"}
    hurried = Clones(tmp_path / "cache", waiting, CloneLimits(seconds=0.5))
    began = time.monotonic()
    told = refused(hurried, "git@host:acme/checkout")
    assert told == "git@host:acme/checkout: fetching it takes more than 0 minutes."
    assert time.monotonic() - began < 20
    assert left_in(tmp_path / "cache") == []


def test_ssh_is_the_users_own(story: Story, environment: dict[str, str], tmp_path: Path) -> None:
    first = story.commit("Sell", {"a.py": code(3)})
    environment |= {"GIT_SSH_COMMAND": ssh(tmp_path), "GIT_SSH_VARIANT": "ssh"}
    clones = Clones(tmp_path / "cache", environment)
    assert head(fetched(clones, f"git@host:{story.path}")) == first
    assert head(fetched(clones, f"ssh://git@host:22{story.path}")) == first


def configured(home: Path, **settings: str) -> None:
    for key, value in settings.items():
        name = key.replace("__", ".", 1)
        git(home, "config", "--file", str(home / ".gitconfig"), name, value)


def test_git_asks_its_own_helper_for_the_password_and_nobody_is_told(
    story: Story, clones: Clones, home: Path, tmp_path: Path
) -> None:
    first = story.commit("Sell", {"a.py": code(3)})
    with https(tmp_path, tmp_path) as (address, certificate):
        url = f"{address}/shop/.git"
        configured(home, http__sslCAInfo=str(certificate))
        assert "could not read Username" in refused(clones, url)
        helper = "!f() { echo username=%s; echo password=%s; }; f"
        configured(home, credential__helper=helper % (USER, "wr0ng-one"))
        told = refused(clones, url)
        assert "Authentication failed" in told
        assert "wr0ng-one" not in told
        configured(home, credential__helper=helper % (USER, PASSWORD))
        path = fetched(clones, url)
    assert head(path) == first
    kept = [file for file in path.parent.rglob("*") if file.is_file()]
    assert not any(PASSWORD.encode() in file.read_bytes() for file in kept)


def test_a_secret_that_git_was_configured_with_is_not_repeated(clones: Clones, home: Path) -> None:
    secret = "https://dana:s3cret@localhost:1/"
    git(home, "config", "--file", str(home / ".gitconfig"), f"url.{secret}.insteadOf", "work:")
    told = refused(clones, "work:acme/checkout")
    assert "https://localhost:1/acme/checkout" in told
    assert "s3cret" not in told


def trap(folder: Path, canary: Path) -> str:
    script = folder / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch '{canary}'\nexit 1\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


HOOKS = (
    "reference-transaction",
    "post-checkout",
    "post-update",
    "pre-auto-gc",
    "fsmonitor-watchman",
)


def test_no_hook_or_template_runs_wherever_it_comes_from(
    story: Story, clones: Clones, home: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    program = Path(trap(tmp_path, canary))
    template = tmp_path / "template"
    first = story.commit("Sell", {"a.py": code(3), ".gitmodules": "[submodule 'x']\npath=x\n"})
    second = story.commit("Buy", {"b.py": code(3)})
    story.branch("main", first)
    for hooks in (template / "hooks", home / "hooks", story.path / ".git" / "hooks"):
        hooks.mkdir(parents=True, exist_ok=True)
        for name in HOOKS:
            (hooks / name).symlink_to(program)
    config = ("config", "--file", str(story.path / ".git" / "config"))
    for key in ("uploadpack.packObjectsHook", "core.fsmonitor", "core.sshCommand",
                "core.alternateRefsCommand", "core.gitProxy", "diff.external"):  # fmt: skip
        git(story.path, *config, key, str(program))
    configured(
        home,
        init__templateDir=str(template),
        core__hooksPath=str(home / "hooks"),
        core__fsmonitor=str(program),
        core__alternateRefsCommand=str(program),
    )
    path = fetched(clones, story.path)
    (story.path / ".git" / "refs" / "heads" / "main").write_text(f"{second}\n")
    fetched(clones, story.path)
    assert head(path) == second
    assert not canary.exists()
    assert not (path / "hooks").exists()


def test_no_transport_runs_but_the_one_that_the_address_asks_for(
    story: Story, clones: Clones, home: Path, tmp_path: Path
) -> None:
    """Whatever is rewritten by git's configuration, and however a policy came to name it."""
    canary = tmp_path / "canary"
    command = f"ext::{trap(tmp_path, canary)}"
    configured(home, protocol__allow="always")
    assert "transport 'ext' not allowed" in refused(clones, command)
    git(home, "config", "--file", str(home / ".gitconfig"), f"url.{command} .insteadOf", "work:")
    assert "transport 'ext' not allowed" in refused(clones, "work:acme/checkout")
    git(home, "config", "--file", str(home / ".gitconfig"), f"url.{story.path}.insteadOf", "x:")
    assert "transport 'file' not allowed" in refused(clones, "x:")
    assert not canary.exists()


def test_an_address_is_never_an_option(clones: Clones, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    told = refused(clones, f"--upload-pack=touch {canary}")
    assert "git could not fetch it" in told
    assert not canary.exists()


def test_git_sees_nothing_of_ours_and_no_other_repository(
    story: Story, environment: dict[str, str], tmp_path: Path
) -> None:
    first = story.commit("Sell", {"a.py": code(3)})
    seen = tmp_path / "seen"
    program = tmp_path / "ssh.sh"
    program.write_text(f'#!/bin/sh\nenv > "{seen}"\nfor last; do :; done\nexec sh -c "$last"\n')
    program.chmod(0o755)
    environment |= {
        "GIT_SSH_COMMAND": str(program),
        "DATABASE_URL": "postgresql://s3cret",
        "SLACK_BOT_TOKEN": "s3cret",
        "GIT_DIR": "/nowhere",
        "GIT_INDEX_FILE": "/nowhere",
        "GIT_TRACE": str(tmp_path / "trace"),
    }
    clones = Clones(tmp_path / "cache", environment)
    assert head(fetched(clones, f"git@host:{story.path}")) == first
    assert "s3cret" not in seen.read_text()
    assert not (tmp_path / "trace").exists()


def test_what_was_rewritten_does_not_pile_up(story: Story, clones: Clones, home: Path) -> None:
    """Git tidies up once there is enough of it; here, at once."""
    first = story.commit("Sell", {"a.bin": os.urandom(400_000)})
    path = fetched(clones, story.path)
    story.branch("main", first)
    git(story.path, "update-ref", "-d", "refs/heads/main")
    story.commit("Anew", {"b.py": code(3)})
    configured(home, gc__autoPackLimit="1", fetch__unpackLimit="1")
    for number in range(3):
        story.commit("On", {"b.py": code(number)})
        fetched(clones, story.path)
    with pytest.raises(AssertionError):
        git(path, "cat-file", "-e", first)


def test_a_clone_that_nobody_used_for_long_is_removed(
    story: Story, clones: Clones, tmp_path: Path
) -> None:
    story.commit("Sell", {"a.py": code(3)})
    path = fetched(clones, story.path)
    now = datetime.now(UTC)
    clones.forget_unused(now + timedelta(days=59))
    assert path.exists()
    with clones.taken(str(story.path), None):
        clones.forget_unused(now + timedelta(days=61))
    assert path.exists()
    clones.forget_unused(now + timedelta(days=61))
    assert not path.exists()


def test_a_clone_is_for_its_owner_only(story: Story, clones: Clones, tmp_path: Path) -> None:
    story.commit("Sell", {"a.py": code(3)})
    fetched(clones, story.path)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700
