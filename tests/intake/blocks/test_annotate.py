"""The register's words written into a repository, and read back as they were."""

import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debt.artifact.artifact import Artifact, Rating, Stage
from debt.refusal import Refused
from debt.text import clean
from intake.blocks.annotate import Annotated, annotated, difference, write
from intake.blocks.blocks import blocks_in, may_hold
from intake.blocks.writing import BlockLine, with_comment, with_front_matter, with_yaml
from intake.languages.comments import TABLE, lines_of
from intake.languages.kinds import is_code
from intake.scan.apply import apply, conflicts
from intake.scan.scan import read_repository
from storage.database.store import Store
from tests.debt.builders import an_artifact
from tests.intake.repositories import BY_CLAUDE, Story, code, git
from tests.intake.spreadsheets import change, imported
from tests.storage.builders import Register

KEY = BlockLine("debt-key", "D-7")
NAMES = ("name", "purpose", "lifespan", "removal_impact", "rollback", "responder")


def known(*paths: str, **changes: Any) -> Artifact:
    usual: dict[str, Any] = {"id": 7, "name": "Retry", "paths": paths, "owner": "dana@example.com"}
    return an_artifact(**usual | changes)


def a_tree(root: Path, files: dict[str, str | bytes]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def written(root: Path, artifact: Artifact) -> Annotated:
    annotation = annotated(root, artifact, artifact.owner)
    write(root, annotation)
    assert (root / annotation.path).read_bytes() == annotation.after
    assert not annotated(root, artifact, artifact.owner).differs
    return annotation


def others(before: bytes, after: bytes) -> bool:
    """Whether every line that was there is there, in order."""
    left = iter(after.splitlines(keepends=True))
    return all(line in left for line in before.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("path", "before", "at"),
    [
        ("a.py", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n", 3),
        ("a.py", "\ufeffx = 1\r\ny = 2\r\n", 1),
        ("a.py", "x = 1", 1),
        ("a.py", "", 1),
        ("a.go", "// Package a does.\npackage a\n", 1),
        ("a.c", "#include <a.h>\n", 2),
        ("a.css", '@charset "utf-8";\nb {}\n', 3),
        ("a.html", "<!doctype html>\n<p>\n", 3),
        ("a.php", "<?php\necho 1;\n", 2),
        ("a.sql", "select 1;\n", 1),
        ("a.clj", "(+ 1 1)\n", 1),
        ("Dockerfile", "# syntax=docker/dockerfile:1\nFROM a\n", 2),
        ("a.rb", "# frozen_string_literal: true\n\nx\n", 2),
        ("a.md", "# A\n", 3),
        ("a.md", "---\r\ntitle: A\r\n---\r\n# A\r\n", 4),
        ("a.py", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", 2),
    ],
)
def test_the_block_goes_where_the_language_lets_it(
    tmp_path: Path, path: str, before: str | bytes, at: int
) -> None:
    root = a_tree(tmp_path, {path: before})
    old = (root / path).read_bytes()
    artifact = known(path, purpose="Café */ --> ?> coding: x\n- why", expires_on=date(2027, 1, 31))
    annotation = written(root, artifact)
    assert annotation.path == path
    assert old.startswith(b"\xef\xbb\xbf") == annotation.after.startswith(b"\xef\xbb\xbf")
    bom = b"\xef\xbb\xbf"
    assert others(old.removeprefix(bom), annotation.after.removeprefix(bom)) or path.endswith("py")
    assert (b"\r\n" in old) == (b"\r\n" in annotation.after)
    (block,) = blocks_in(path, annotation.after)
    assert (block.key, block.line, block.faults) == (7, at, ())
    assert block.facts["purpose"] == "Café */ --> ?> coding: x\n- why"
    if isinstance(before, bytes):
        assert annotation.after.decode("latin-1").endswith("x = 'é'\n")


def test_a_block_comment_is_written_as_people_write_one(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"a.css": "b {}\n", "a.html": "<p>\n"})
    css = written(root, known("a.css")).after.decode().splitlines()
    assert (css[0], css[1], css[css.index("") - 1]) == ("/*", " * debt-key: D-7", " */")
    html = written(root, known("a.html")).after.decode().splitlines()
    assert (html[0], html[1], html[html.index("") - 1]) == ("<!--", "  debt-key: D-7", "-->")


def test_a_scan_reads_every_file_that_a_block_is_written_into(tmp_path: Path) -> None:
    languages = TABLE["languages"]
    names = [f"a.{suffix}" for each in languages for suffix in each["suffixes"]]
    names += [name for each in languages for name in each.get("names", ())]
    for name in names:
        root = a_tree(tmp_path, {name: ""})
        assert written(root, known(name)).path == name
        assert is_code(name) or may_hold(name), name


def test_what_changed_is_written_over_and_nothing_else_moves(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"a.py": "#!/bin/sh\n# By Dana\n\nx = 1\n"})
    first = written(root, known("a.py", purpose="Old\nwords"))
    second = written(root, known("a.py", purpose="New", value=4))
    assert second.before == first.after
    assert second.after.startswith(b"#!/bin/sh\n# debt-key: D-7\n")
    assert second.after.endswith(b"\n\n# By Dana\n\nx = 1\n")
    assert b"# purpose: New\n" in second.after
    assert b"Old" not in second.after


def test_several_paths_share_the_file_of_their_directory(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"svc/a.py": "", "svc/deep/b.py": "", "svc/data.json": "{}"})
    assert written(root, known("svc/**")).path == "svc/debt.yml"
    mine = (root / "svc/debt.yml").read_text()
    assert "paths" not in mine
    (root / "svc/debt.yml").write_text(f"# ours\n{mine}# the end\n")
    written(root, known("svc/a.py", "svc/deep/**", id=8))
    written(root, known("svc/data.json", id=9))
    written(root, known("svc/**", purpose="Renewed"))
    text = (root / "svc/debt.yml").read_text()
    assert text.startswith("# ours\n")
    assert text.endswith("# the end\n")
    found = blocks_in("svc/debt.yml", text.encode())
    assert [(block.key, block.paths) for block in found] == [
        (7, ()),
        (8, ("a.py", "deep/**")),
        (9, ("data.json",)),
    ]
    assert found[0].facts["purpose"] == "Renewed"


@pytest.mark.parametrize(
    ("files", "paths", "why"),
    [
        ({"a.py": "# debt-key: D-3\n"}, ("a.py",), "a.py:1 says that it is D-3 already."),
        ({"a.py": "# SPDX-AI-Disclosure: none\n"}, ("a.py",), "cannot take the block of D-7"),
        ({"a.c": "/* debt-key: D-7 */\n"}, ("a.c",), "on lines of its own first"),
        ({"a.py": ""}, ("b.py",), "b.py is not in"),
        ({"a.py": ""}, ("src/**",), "src is no directory in"),
        ({"a.py": ""}, ("../a.py",), "no path within a repository"),
        ({"a.py": ""}, ("/etc/passwd",), "no path within a repository"),
        ({"a.py": ""}, (".git/config",), "no path within a repository"),
        ({"s/debt.yml": "debt: {name: x}"}, ("s/**",), "on lines of its own first"),
        ({"s/debt.yml": "a: *b"}, ("s/**",), "its YAML cannot be read, line 1: anchors"),
        ({"a.md": "---\n[: x\n---\n"}, ("a.md",), "its YAML cannot be read"),
        ({"a.py": "x" * 2_000_000}, ("a.py",), "is larger than 1,048 kB"),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_written(
    tmp_path: Path, files: dict[str, str | bytes], paths: tuple[str, ...], why: str
) -> None:
    root = a_tree(tmp_path, files)
    with pytest.raises(Refused) as refused:
        annotated(root, known(*paths), None)
    assert why in str(refused.value)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    root = a_tree(tmp_path / "in", {"a.py": "", "real/b.py": ""})
    secret = a_tree(tmp_path / "out", {"secret.py": "mine\n"}) / "secret.py"
    (root / "leak.py").symlink_to(secret)
    (root / "away").symlink_to(secret.parent)
    (root / "real" / "debt.yml").symlink_to(secret)
    for paths in (("leak.py",), ("away/**",), ("away/secret.py",), ("real/**",)):
        with pytest.raises(Refused, match="links are not followed"):
            annotated(root, known(*paths), None)
    assert secret.read_text() == "mine\n"


def test_a_program_stays_a_program(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"run.sh": "#!/bin/sh\n"})
    (root / "run.sh").chmod(0o755)
    written(root, known("run.sh"))
    assert os.access(root / "run.sh", os.X_OK)


def test_what_has_ended_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="D-7 has ended"):
        annotated(a_tree(tmp_path, {"a.py": ""}), known("a.py", stage=Stage.RETIRED), None)


def test_an_estimate_is_not_written_as_somebodys_word(tmp_path: Path) -> None:
    artifact = known("a.py")
    said = replace(artifact.ratings, risk=Rating(2, "guessed", 5, "seen"))
    root = a_tree(tmp_path, {"a.py": ""})
    text = written(root, replace(artifact, ratings=said)).after
    assert b"# risk: 5\n" in text
    assert b"frequency" not in text


def test_a_difference_has_no_escape_codes(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {"a.py": "# \x1b[31mred\nx = 1\n"})
    lines = [*difference(annotated(root, known("a.py"), None))]
    assert lines[:2] == ["--- a/a.py", "+++ b/a.py"]
    assert "+# debt-key: D-7" in lines
    assert all(line.isprintable() for line in lines)


TEXTS = st.text().map(clean).filter(bool)
PAIRS = st.dictionaries(st.sampled_from(NAMES), TEXTS).map(
    lambda said: [KEY, *(BlockLine(name, text) for name, text in said.items())]
)


@settings(max_examples=200, deadline=None)
@given(PAIRS, st.sampled_from(["a.py", "a.c", "a.html", "a.sql", "a.clj", "a.go"]), st.booleans())
def test_every_text_survives_a_comment(pairs: list[BlockLine], path: str, ascii_only: bool) -> None:
    body = "int x;\r\n"
    text = with_comment(path, body, pairs, ascii_only=ascii_only)
    (block,) = blocks_in(path, text.encode())
    assert dict(block.facts) == dict(pairs[1:])
    assert text.endswith(body)
    assert with_comment(path, text, pairs, ascii_only=ascii_only) == text
    assert all(line.endswith("\r\n") for line in lines_of(text))


@settings(max_examples=60, deadline=None)
@given(PAIRS, PAIRS)
def test_every_text_survives_yaml(pairs: list[BlockLine], later: list[BlockLine]) -> None:
    for with_block, path, start in (
        (with_front_matter, "a.md", "---\ntitle: x\n---\n# A\n"),
        (with_yaml, "debt.yml", "# ours\n"),
        (with_yaml, "debt.yml", "debt:\n  - key: D-1\n    name: |\n      a\n      b\n"),
        (with_yaml, "debt.yml", "debt:\n  key: D-1 # first\n"),
    ):
        text = start
        for said in (pairs, later):
            text = with_block(path, text, said)
            assert with_block(path, text, said) == text
            (block,) = (each for each in blocks_in(path, text.encode()) if each.key == 7)
            assert dict(block.facts) == dict(said[1:])
        kept = [words.strip() for words in start.splitlines()]
        assert all(words in text for words in kept)


@pytest.fixture
def register(store: Store) -> Register:
    return Register(store)


async def test_reading_back_what_was_written_changes_nothing(
    register: Register, story: Story, now: datetime
) -> None:
    files: dict[str | bytes, str | bytes] = {
        "svc/a.py": code(40, "a"),
        "svc/b.py": code(40, "b"),
        "one.go": code(40, "one"),
    }
    story.commit(f"Begin\n\n{BY_CLAUDE}", files)
    sheet = "name,repo,paths,owner,label,expires_on,purpose,risk,monthly_hours\n"
    sheet += 'Pay,acme/shop,svc/**,dana@example.com,temporary,2027-01-31,"two\nlines",4,0.3333\n'
    sheet += "One,acme/shop,one.go,U0ERIN,durable,,*/ done,,\n"
    await imported(register.store, sheet)

    async def scanned() -> Any:
        scan = read_repository(story.path, name="acme/shop", now=now)
        return await apply(register.store, change(), scan)

    await scanned()
    git(story.path, "checkout", "-q", "-f", "main")
    before = [await register.artifact(number) for number in (1, 2)]
    for artifact in before:
        written(story.path, artifact)
    git(story.path, "add", "-A")
    git(story.path, "-c", "user.name=Dana", "-c", "user.email=d@x.org", "commit", "-qm", "Say so")
    told = await scanned()
    assert ([*conflicts(told)], told.result.created) == ([], ())
    for old in before:
        new = await register.artifact(old.id)
        same = ("name", "kind", "label", "owner", "paths", "purpose", "expires_on", "review_on")
        assert [getattr(new, each) for each in same] == [getattr(old, each) for each in same]
        assert new.monthly_minutes == old.monthly_minutes
        assert new.ratings.risk.person == old.ratings.risk.person
    assert (await scanned()).result.changed == ()
