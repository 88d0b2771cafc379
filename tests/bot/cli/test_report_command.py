"""`debt report` writes one file, and refuses what it cannot be about."""

from pathlib import Path

import pytest

from tests.bot.cli.terminal import SHEET, Terminal
from tests.bot.cli.test_command_line import done, refused


@pytest.fixture
def filled(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})
    done(terminal.says("import", "-", given=SHEET))
    return terminal


def test_the_page_is_written_where_it_was_asked_for(filled: Terminal) -> None:
    out = filled.folder / "report.html"
    assert done(filled.says("report", "--out", str(out))) == f"{out}: all, Q4 2026\n"
    assert "<title>Code debt, Q4 2026</title>" in out.read_text("utf-8")
    said = filled.says("report", "--scope", "team:growth", "--quarter", "2026Q3", "--out", str(out))
    assert done(said) == f"{out}: team:growth, Q3 2026\n"
    assert "Price widget" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--scope", "payments"), "“payments” is no scope; say all, team:x, repo:x"),
        (("--scope", "team:nowhere"), "Nothing on the register is in team:nowhere."),
        (("--quarter", "4"), "“4” is not a quarter. Quarters look like 2026Q4."),
        (("--quarter", "2027Q1"), "Q1 2027 has not begun yet."),
    ],
)
def test_what_it_cannot_be_about_is_refused(
    words: tuple[str, ...], why: str, filled: Terminal
) -> None:
    out = filled.folder / "report.html"
    assert why in refused(filled.says("report", *words, "--out", str(out)))
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_named(filled: Terminal) -> None:
    out = filled.folder / "absent" / "report.html"
    assert str(out) in refused(filled.says("report", "--out", str(out)))
