"""Who names what in the newest commit, asked once and kept up to date."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.git.repository import Repository, opened
from intake.git.tree import files_of
from intake.reading.mentions import MOST_KEPT, Mentions, brought_forward, mentions_of
from tests.intake.repositories import Story, Text, git

Own = dict[str, frozenset[bytes]]
OWN: Own = {"retry_worker": frozenset([b"retry_worker.py"])}


@pytest.fixture
def repository(story: Story) -> Iterator[Repository]:
    with opened(story.path) as repository:
        yield repository


def asked(
    repository: Repository, head: str, own: Own | None = None, known: Mentions | None = None
) -> Mentions:
    files = files_of(repository, head)
    known = brought_forward(repository, head, files, known or Mentions())
    return mentions_of(repository, head, own or OWN, ahead=(), files=files, known=known)


def named_in(mentions: Mentions, name: str = "retry_worker") -> set[bytes]:
    return {place.path for place in mentions.of[name].places}


def is_named(mentions: Mentions, name: str = "retry_worker", own: Own | None = None) -> bool:
    return mentions.has(name, (own or OWN).get(name, frozenset()))


def test_a_whole_word_in_any_file_but_its_own(story: Story, repository: Repository) -> None:
    files: dict[Text, Text] = {
        "retry_worker.py": "# retry_worker",
        "Procfile": "worker: python -m shop.retry_worker",
        "a\nb:c.toml": 'run = "retry_worker:main"',
        b"caf\xe9.md": "See `retry_worker`, retry_worker.",
        "x.py": "retry_workers = my_retry_worker + Retry_Worker",
        "logo.png": b"\0retry_worker",
    }
    head = story.commit("Begin", files)
    found = asked(repository, head)
    assert named_in(found) - OWN["retry_worker"] == {b"Procfile", b"a\nb:c.toml", b"caf\xe9.md"}
    assert is_named(found)


def test_of_what_nobody_asked_somebody_may_speak(story: Story, repository: Repository) -> None:
    head = story.commit("Begin", {"retry_worker.py": "x"})
    mentions = asked(repository, head)
    assert not is_named(mentions)
    assert is_named(mentions, "something_else")


def test_many_names_are_asked_at_once(story: Story, repository: Repository) -> None:
    files: dict[Text, Text] = {f"name-{at}.ts": f"use name-{at + 1}" for at in range(40)}
    head = story.commit("Begin", files)
    own = {f"name-{at}": frozenset([b"name-%d.ts" % at]) for at in range(40)}
    mentions = asked(repository, head, own)
    assert not is_named(mentions, "name-0", own)
    assert all(
        named_in(mentions, f"name-{at}") == {b"name-%d.ts" % (at - 1)} for at in range(1, 40)
    )


def test_what_was_known_and_what_changed_give_what_asking_anew_gives(
    story: Story, repository: Repository
) -> None:
    """Mentions come, stay, move, and go; the register of them never differs from a fresh one."""
    head = story.commit("Begin", {"retry_worker.py": "x", "a.py": "y", "lib/b.py": "z"})
    known = asked(repository, head)
    steps: list[tuple[dict[Text, Text], list[Text]]] = [
        ({"a.py": "import retry_worker"}, []),
        ({"c.py": "nothing"}, []),
        ({"a.py": "nothing", "lib/b.py": "retry_worker"}, []),
        ({"d.md": "retry_worker"}, ["lib/b.py"]),
        ({"e.md": "no"}, ["d.md"]),
        ({"retry_worker.py": "retry_worker"}, []),
        ({f"many/{at}.py": "retry_worker" for at in range(30)}, []),
        ({f"many/{at}.py": "x" for at in range(30)}, []),
    ]
    seen = []
    for files, gone in steps:
        head = story.commit("Next", files, deletes=gone)
        known, fresh = asked(repository, head, known=known), asked(repository, head)
        assert is_named(known) is is_named(fresh)
        assert len(known.of["retry_worker"].places) <= MOST_KEPT
        seen.append(is_named(known))
    assert seen == [True, True, True, True, False, False, True, False]


def test_whose_name_it_is_may_change(story: Story, repository: Repository) -> None:
    head = story.commit("Begin", {"retry_worker.py": "x", "twin.py": "retry_worker"})
    known = asked(repository, head)
    both = {"retry_worker": frozenset([b"retry_worker.py", b"twin.py"])}
    assert is_named(known)
    assert not is_named(asked(repository, head, both, known), own=both)


def test_names_are_asked_ahead_so_that_a_week_later_only_what_changed_is_searched(
    story: Story, repository: Repository
) -> None:
    head = story.commit("Begin", {"retry_worker.py": "x", "other_one.py": "x", "a.md": "other_one"})
    ahead, files = {"other_one"}, files_of(repository, head)
    known = mentions_of(repository, head, OWN, ahead=ahead, files=files, known=Mentions())
    assert named_in(known, "other_one") == {b"a.md"}
    head = story.commit("Next", {"a.md": "x"})
    own = {"other_one": frozenset([b"other_one.py"])}
    assert not is_named(asked(repository, head, own, known), "other_one", own)


def test_the_repositorys_own_settings_make_no_difference(
    story: Story, repository: Repository, tmp_path: Path
) -> None:
    head = story.commit("Begin", {"a.py": "retry_worker", ".gitattributes": "*.py diff=evil"})
    evil = tmp_path / "evil"
    for name, value in (
        ("diff.evil.textconv", f"touch {evil};"), ("grep.lineNumber", "true"),
        ("grep.column", "true"), ("color.ui", "always"), ("grep.patternType", "perl"),
    ):  # fmt: skip
        git(story.path, "config", name, value)
    assert named_in(asked(repository, head)) == {b"a.py"}
    assert not evil.exists()


def test_long_paths_and_many_names_fit_on_command_lines(
    story: Story, repository: Repository
) -> None:
    own: Own = {f"{'n' * 60}_{at}": frozenset() for at in range(1_000)}
    first = story.commit("Begin", {"a.md": "x"})
    known = asked(repository, first, own)
    long = "/".join(["d" * 200] * 15)
    files: dict[Text, Text] = {f"{long}/{at}.md": f"{'n' * 60}_7" for at in range(150)}
    head = story.commit("Next", files)
    found = asked(repository, head, own, known)
    assert [name for name in own if found.has(name, ())] == [f"{'n' * 60}_7"]
