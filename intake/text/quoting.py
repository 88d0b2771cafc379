"""Any text as one line that is safe in a comment and in YAML, and back again.

The signs of a double-quoted YAML string, which comments borrow. What ends a comment, continues it
on the next line, or speaks to an editor or a compiler, is written so that it does not.
"""

import re

_ESCAPE = re.compile(r"\\(?:([nt\"\\/])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_QUOTED = re.compile(rf'"((?:[^"\\]|{_ESCAPE.pattern})*)"')
_LETTERS = {"n": "\n", "t": "\t"}
_SPEAKS = re.compile(
    r"\*/|/\*|--|[?%]>|<[/!?%]|-\*-|coding[:=]|\b(?:vim?|ex):|\?\?/|[{}]}|{[{#%]", re.I
)
_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]*")
_NOT_TEXT = frozenset("null true false yes no on off y n".split())


def quoted(text: str, *, ascii_only: bool = False) -> str:
    """The text between double quotes, in printable letters only."""
    harmless = {match.end() - 1 for match in _SPEAKS.finditer(text)}
    letters = (
        _escaped(letter, ascii_only=ascii_only, always=place in harmless)
        for place, letter in enumerate(text)
    )
    return f'"{"".join(letters)}"'


def unquoted(text: str) -> str:
    """What `quoted` was given; any other text as it stands."""
    match = _QUOTED.fullmatch(text)
    return _ESCAPE.sub(_letter, match[1]) if match else text


def for_yaml(text: str) -> str:
    """As short as YAML allows: a word without quotes, anything else between them."""
    is_word = _BARE.fullmatch(text) and text.casefold() not in _NOT_TEXT
    return text if is_word and not _SPEAKS.search(text) else quoted(text)


def for_comment(text: str, *, ascii_only: bool = False) -> str:
    """The text itself where that is safe, else the text in quotes."""
    plain = text.isprintable() and (text.isascii() or not ascii_only) and text == text.strip()
    if plain and text and text[0] not in "\"'" and "\\" not in text and not _SPEAKS.search(text):
        return text
    return quoted(text, ascii_only=ascii_only)


def _escaped(letter: str, *, ascii_only: bool, always: bool) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter in "\n\t":
        return "\\n" if letter == "\n" else "\\t"
    if letter.isprintable() and not always and (letter.isascii() or not ascii_only):
        return letter
    number = ord(letter)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _letter(match: re.Match[str]) -> str:
    sign, short, long = match.groups()
    if sign:
        return _LETTERS.get(sign, str(sign))
    number = int(short or long, 16)
    return chr(number) if number < 0x110000 else "\N{REPLACEMENT CHARACTER}"
