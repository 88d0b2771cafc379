"""The comment at the head of a file: which lines it has, and where one of ours may begin."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

TABLE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("blocks.toml").read_text(encoding="utf-8")
)
MOST_LINES = 64
MOST_PREAMBLE = 8
MOST_CHARACTERS = 65_536
BOM = "\ufeff"

CLOSED_BY = {"/*": "*/", "<!--": "-->"}
EVERY_STYLE = ("#", "//", "--", ";", "/*", "<!--")
_LANGUAGES = {
    name: tuple(language["comments"])
    for language in TABLE["languages"]
    for name in (*language.get("names", ()), *(f".{each}" for each in language["suffixes"]))
}
# Lines that mean something only at the very beginning of a file, or in one of its first lines.
_FIRST = re.compile(
    r"#!|---\s*$|<\?php\s*$|<\?xml\b.*\?>\s*$|<!doctype\b[^>]*>\s*$|@charset\b|#cloud-config\b|#compdef\b"
    r"|#autoload\b|.{1,8}-\*-"
    r"|#\s*(?:syntax|escape|check)\s*=|#.*coding[:=]"
    r"|#\s*(?:frozen_string_literal|warn_indent|shareable_constant_value|typed)\s*:",
    re.I,
)
_A_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DECORATION = re.compile(r"\A\s*\*+(?!/)\s?")


class CommentLine(NamedTuple):
    """What one line of a comment says, without its signs; `opened_by` is how the comment begins."""

    number: int
    text: str
    opened_by: str


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment that goes on past its first line."""

    opened_by: str

    def rest_of(self, text: str) -> tuple[str, bool, str]:
        """What it says on this line, whether it ends here, and what stands behind it."""
        words, closed, behind = text.partition(CLOSED_BY[self.opened_by])
        return words, bool(closed), behind.strip()


def styles_of(path: str) -> tuple[str, ...]:
    """How comments begin in the file's language; nothing where we do not know it."""
    name = path.rpartition("/")[2].lower()
    return _LANGUAGES.get(name) or _LANGUAGES.get(f".{name.rpartition('.')[2]}", ())


def lines_of(text: str) -> list[str]:
    """Lines with their ends; only what ends a line for every compiler does so here."""
    return _A_LINE.findall(text)


def first_lines(text: str) -> Iterator[str]:
    """Splits as few lines as are read: most files have a short comment before their code."""
    return (match[0] for match in _A_LINE.finditer(text))


def preamble(lines: Sequence[str]) -> int:
    """How many lines have to stay first: shebang, encoding, `<?php` and the like."""
    kept = 0
    for number, line in enumerate(lines[:MOST_PREAMBLE]):
        if not _FIRST.match(line.removeprefix(BOM)):
            break
        kept = number + 1
    return kept


def header(path: str, lines: Iterable[str]) -> Iterator[CommentLine]:
    """The lines of all comments before the first code, within the first MOST_LINES."""
    styles = styles_of(path) or EVERY_STYLE
    coming = iter(lines)
    begun = [*islice(coming, MOST_PREAMBLE)]
    first = preamble(begun)
    comment: _Comment | None = None
    for number, line in enumerate(islice(chain(begun, coming), MOST_LINES), 1):
        text = line.removeprefix(BOM).strip()
        if comment is None:
            if not text or (number <= first and not text.startswith(styles)):
                continue
            opened = _opening(text, styles)
            if opened is None:
                return
            text = text[len(opened) :]
            if opened not in CLOSED_BY:
                yield CommentLine(number, text.lstrip(f"{opened[0]}!").strip(), opened)
                continue
            comment = _Comment(opened)
        words, closed, behind = comment.rest_of(text)
        yield CommentLine(number, _DECORATION.sub("", words, count=1).strip(), comment.opened_by)
        if closed and behind:
            return
        comment = None if closed else comment


def _opening(text: str, styles: Sequence[str]) -> str | None:
    return next((style for style in styles if text.startswith(style)), None)
