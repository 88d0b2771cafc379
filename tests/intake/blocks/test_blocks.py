"""What a metadata block says, wherever it may stand, and what is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debt.artifact.artifact import Label, Surface
from intake.blocks.blocks import Block, blocks_in, may_hold
from intake.text.quoting import for_comment, for_yaml, unquoted
from tests.intake.repositories import code


def only(path: str, text: str | bytes) -> Block:
    (block,) = blocks_in(path, text.encode() if isinstance(text, str) else text)
    return block


def nothing_declared(path: str, text: str) -> bool:
    return not any(block.declares for block in blocks_in(path, text.encode()))


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n#\n# debt-key: D-7\n", 4),
        ("a.go", "// Copyright Acme\n\n// debt-key: D-7\n\npackage a\n", 3),
        ("a.rs", "//! debt-key: D-7\n", 1),
        ("a.sql", "-- debt-key: D-7\n", 1),
        ("a.lua", "--- debt-key: D-7\n", 1),
        ("a.clj", ";; debt-key: D-7\n", 1),
        ("a.c", "/*\n * debt-key: D-7\n */\n#include <a.h>\n", 2),
        ("a.css", '@charset "utf-8";\n/* debt-key: D-7 */\n', 2),
        ("a.html", "<!doctype html>\n<!-- debt-key: D-7 -->\n", 2),
        ("a.vue", "<!--\n  debt-key: D-7\n-->\n<template>\n", 2),
        ("a.php", "<?php\n// debt-key: D-7\n", 2),
        ("a.unheard", "; debt-key: D-7\n", 1),
        ("Dockerfile", "# syntax=docker/dockerfile:1\n# debt-key: d-7\n", 2),
        ("a.py", "\ufeff# debt-key: D-7\r\nx = 1\r\n", 1),
        ("a.py", "\ufeff# DEBT_KEY: 7\r# owner: dana@example.com\r", 1),
        ("a.md", "---\ntitle: A\ndebt:\n  key: D-7\n---\n# A\n", 4),
        ("a.md", "---\r\ndebt-key: D-7\r\n---\r\n", 2),
        ("a.md", "<!-- debt-key: D-7 -->\n# A\n", 1),
        ("src/debt.yml", "debt:\n  debt-key: D-7\n", 2),
        ("src/.debt.yml", "# ours\n\n- {key: D-7}\n", 3),
    ],
)
def test_a_key_is_read_wherever_a_block_may_stand(path: str, text: str, line: int) -> None:
    block = only(path, text)
    assert (block.key, block.line, block.declares, block.faults) == (7, line, True, ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "import os\n# debt-key: D-7\n"),
        ("a.py", '"""debt-key: D-7"""\n'),
        ("a.py", "# owner: dana@example.com\n# purpose: retries\n# value: 3\n"),
        ("a.py", "# key: D-7\n"),
        ("a.c", "#include <a.h>\n// debt-key: D-7\n"),
        ("a.py", "#\n" * 64 + "# debt-key: D-7\n"),
        ("a.js", "/* a */ let x = 1\n// debt-key: D-7\n"),
        ("a.md", "# debt-key: D-7\n"),
        ("a.md", "text\n---\ndebt-key: D-7\n---\n"),
        ("a.py", "# Origin: upstream\n# Generated-by: protoc 3.1\n"),
    ],
)
def test_the_same_words_elsewhere_count_for_nothing(path: str, text: str) -> None:
    assert nothing_declared(path, text)


def test_every_field_is_read_as_in_a_spreadsheet() -> None:
    block = only(
        "a.py",
        "# debt-key: D-7\n# owner: Dana <Dana@Example.com>\n# label: Temporary\n"
        "# review_by: 2027-01-31\n# sunset: 2027-06-30\n# value: 4\n# monthly_hours: 1.5\n"
        '# surface: production\n# purpose: "two\\nlines"\n# On-call: @sre\n# colour: blue\n',
    )
    assert block.facts == {
        "owner": "dana@example.com",
        "label": Label.TEMPORARY,
        "review_on": date(2027, 1, 31),
        "expires_on": date(2027, 6, 30),
        "value": 4,
        "monthly_minutes": 90,
        "surface": Surface.PRODUCTION,
        "purpose": "two\nlines",
        "responder": "@sre",
    }
    assert block.where("expires_on") == "a.py:5"


def test_a_handle_is_a_suggestion_and_no_owner() -> None:
    block = only("a.py", "# debt-key: D-7\n# owner: @acme/payments\n")
    assert (block.handle, "owner" in block.facts) == ("@acme/payments", False)


def test_what_a_value_may_be_is_said_with_its_line() -> None:
    block = only("src/x.py", "# debt-key: D-7\n# label: forever\n# expires: soon\n# owner: Dana\n")
    assert block.faults == (
        "src/x.py:2 label: “forever” is not one of experimental, temporary, durable",
        "src/x.py:3 expires: “soon” is not a date. Dates look like 2027-01-31.",
        "src/x.py:4 owner: “Dana” is no owner; write an e-mail or a Slack id such as U012AB3CD",
    )
    assert block.key == 7


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("# SPDX-AI-Disclosure: ai-generated", "ai"),
        ("# SPDX-AI-Disclosure: ai-assisted", "ai"),
        ("# SPDX-AI-Disclosure: none", "people"),
        ("# ai_generated: true", "ai"),
        ("# ai_generated: false", "people"),
        ("# ai_generated: false\n# ai_assisted: true", "ai"),
        ("# @ai-generated", "ai"),
        ("# @ai-generated: true", "ai"),
        ("# ORIGIN: AI", "ai"),
        ("# Origin: upstream", None),
        ("# Generated-by: Claude Code", "ai"),
        ("# Generated-by: protoc", None),
        ("# SPDX-AI-Disclosure: maybe", None),
    ],
)
def test_who_wrote_it_is_taken_at_its_word(text: str, origin: str | None) -> None:
    block = only("a.py", text)
    assert (block.origin, block.declares) == (origin, origin == "ai")


def test_the_tool_and_its_model_are_told() -> None:
    block = only("a.py", "# @ai-generated by Cursor\n# SPDX-AI-Model: claude-sonnet-4-5\n")
    assert block.facts == {"origin_tool": "Cursor", "origin_model": "claude-sonnet-4-5"}


def test_a_directory_may_have_several_blocks() -> None:
    first, second = blocks_in(
        "src/debt.yml",
        b"debt:\n  - name: Retry\n    paths: [retry/**, again.py]\n  - key: D-8\n    paths: x.py\n",
    )
    assert (first.directory, first.paths, first.line) == ("src", ("retry/**", "again.py"), 2)
    assert (second.key, second.paths) == (8, ("x.py",))


@pytest.mark.parametrize(
    "text",
    [
        "debt: &a [x, x]\nb: *a\n",
        "debt: {name: !!python/object/apply:os.system [id]",
        "debt: " + "[" * 5_000,
        "debt:\n  name: '" + "x" * 70_000 + "'\n",
        'debt: {name: "\\UFFFFFFFF"}\n',
        "debt:\n\t- x\n",
        "debt: \x00\n",
        "- {}\n" * 300,
    ],
)
def test_hostile_yaml_is_a_note_and_nothing_else(text: str) -> None:
    block = only("debt.yml", text)
    assert not block.declares
    assert block.faults[0].startswith("debt.yml: the metadata block cannot be read, ")


def test_a_tag_constructs_nothing() -> None:
    block = only("debt.yml", "debt: {name: !!python/name:os.system x}\n")
    assert block.facts == {"name": "x"}


@given(st.binary(max_size=300), st.sampled_from(["debt.yml", "a.md", "a.py", "a.c", "a.html"]))
def test_no_file_makes_it_stumble(content: bytes, path: str) -> None:
    for start in (b"", b"---\ndebt: ", b"# debt-key: ", b"/* owner: ", b"<!-- expires: "):
        blocks_in(path, start + content)


@given(st.text())
def test_any_text_survives_quoting(text: str) -> None:
    for ascii_only in (False, True):
        line = for_comment(text, ascii_only=ascii_only)
        assert unquoted(line) == text
        assert line.isprintable()
        assert line.isascii() or not ascii_only
        assert not any(sign in line for sign in ("*/", "/*", "--", "?>", "coding:"))
        assert not line.endswith("\\")
    assert for_yaml(text).isprintable()


def test_what_may_hold_a_block_beside_code() -> None:
    assert may_hold("docs/a.md")
    assert may_hold("debt.yml")
    assert may_hold("Makefile")
    assert not may_hold("a.json")
    assert blocks_in("a.py", code(5).encode()) == []
