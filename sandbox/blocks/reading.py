"""Reads text and blocks as a person would see them, and tells what would ping or link."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

from sandbox.wire.wire import Json

_TOKEN = re.compile(r"<([^<>\n]+)>")
_BARE_URL = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")
_EMPHASIS = [
    re.compile(
        rf"(?<![\w{mark}]){mark}(?=[^\s{mark}])([^{mark}\n]*[^\s{mark}]){mark}(?![\w{mark}])"
    )
    for mark in (r"\*", "_", "~")
]
_CODE_OR_TOKEN = re.compile(rf"```(.+?)```|`([^`\n]+)`|{_TOKEN.pattern}", re.DOTALL)
_KEPT = "\x00"  # the one character that is nowhere to be seen


class Names(Protocol):
    """Who is behind an id."""

    def handle_of(self, user_id: str) -> str: ...
    def channel_name_of(self, channel_id: str) -> str: ...
    def group_handle_of(self, group_id: str) -> str: ...


class TextPiece(NamedTuple):
    """A stretch of text on a surface; only mrkdwn can ping, link and format.

    In verbatim mrkdwn a bare address stays text.
    """

    kind: Literal["mrkdwn", "plain"]
    text: str
    verbatim: bool = False


def shown(text: str, names: Names) -> str:
    """mrkdwn as it appears: names for ids, labels for links, no formatting marks, no entities."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        kept.append(_entities(code) if code else _token(found[3], names))
        return _KEPT

    rest = _entities(_plain(_CODE_OR_TOKEN.sub(keep, text.replace(_KEPT, ""))))
    pieces = iter(kept)
    return re.sub(_KEPT, lambda _: next(pieces), rest)


def pings(text: str) -> set[str]:
    """Whom mrkdwn would notify: user and group ids, "channel", "here", "everyone"."""
    return {who for token in _TOKEN.findall(text) if (who := _pinged(token))}


def links(text: str, *, verbatim: bool = False) -> list[str]:
    """Addresses that mrkdwn makes clickable, written out or, where not verbatim, bare."""
    tokens = [token.partition("|")[0] for token in _TOKEN.findall(text)]
    marked = [html.unescape(one) for one in tokens if one[0] not in "@#!"]
    bare = [] if verbatim else _BARE_URL.findall(_TOKEN.sub(" ", text))
    return marked + [html.unescape(one) for one in bare]


def _entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(text: str) -> str:
    for emphasis in _EMPHASIS:
        text = emphasis.sub(r"\1", text)
    return text


def _pinged(token: str) -> str | None:
    body = token.partition("|")[0]
    if body.startswith("@"):
        return body[1:]
    if body.startswith("!subteam^"):
        return body.removeprefix("!subteam^")
    return body[1:] if body in {"!here", "!channel", "!everyone", "!group"} else None


def _token(token: str, names: Names) -> str:
    body, _, label = token.partition("|")
    if body.startswith("@"):
        return "@" + names.handle_of(body[1:])
    if body.startswith("#"):
        return "#" + (names.channel_name_of(body[1:]) or label)
    if body.startswith("!subteam^"):
        return "@" + names.group_handle_of(body.removeprefix("!subteam^"))
    if body.startswith("!date^"):
        return _entities(label)
    if body.startswith("!"):
        return "@" + body[1:]
    return _entities(label or body.removeprefix("mailto:"))


# ------------------------------------------------------------------------------------ blocks


def lines_of(blocks: Iterable[Json], names: Names) -> str:
    """All that can be read on the blocks, a line each, buttons as [Text]."""
    lines = (_line(block, names) for block in blocks)
    return "\n".join(line for line in lines if line)


def pieces_of(value: object) -> Iterator[TextPiece]:
    """Every text object anywhere below, rich text turned into the mrkdwn that does the same."""
    if isinstance(value, dict):
        yield from _pieces_of_object(value)
    elif isinstance(value, list):
        for one in value:
            yield from pieces_of(one)


def _pieces_of_object(value: Json) -> Iterator[TextPiece]:
    kind = value.get("type")
    if kind == "mrkdwn":
        yield TextPiece("mrkdwn", value.get("text", ""), bool(value.get("verbatim")))
    elif kind in {"plain_text", "raw_text"}:
        yield TextPiece("plain", value.get("text", ""))
    elif kind in _RICH:
        yield TextPiece(*_RICH[kind](value))
    else:
        for name, below in value.items():
            if name != "metadata":
                yield from pieces_of(below)


def _styled_text(value: Json) -> tuple[Literal["plain"], str]:
    return "plain", value.get("text", "")


def _mrkdwn(form: str, field: str) -> "_Rich":
    def piece(value: Json) -> tuple[Literal["mrkdwn"], str]:
        return "mrkdwn", form.format(value[field])

    return piece


class _Rich(Protocol):
    def __call__(self, value: Json) -> tuple[Literal["mrkdwn", "plain"], str]: ...


def _rich_link(value: Json) -> tuple[Literal["mrkdwn"], str]:
    return "mrkdwn", f"<{value['url']}|{value.get('text') or value['url']}>"


def _rich_date(value: Json) -> tuple[Literal["plain"], str]:
    return "plain", value.get("fallback") or value.get("format", "")


_RICH: dict[str, _Rich] = {
    "text": _styled_text,
    "emoji": lambda value: ("plain", f":{value['name']}:"),
    "user": _mrkdwn("<@{}>", "user_id"),
    "usergroup": _mrkdwn("<!subteam^{}>", "usergroup_id"),
    "channel": _mrkdwn("<#{}>", "channel_id"),
    "broadcast": _mrkdwn("<!{}>", "range"),
    "link": _rich_link,
    "date": _rich_date,
    "markdown": lambda value: ("mrkdwn", value.get("text", "")),
}


def _line(block: Json, names: Names) -> str:
    kind = block.get("type", "")
    if kind == "table":
        return "\n".join(" | ".join(_said(cell, names) for cell in row) for row in block["rows"])
    if kind == "input":
        return f"{_said(block['label'], names)}: {_said(block.get('hint'), names)}".rstrip(": ")
    if kind == "image":
        return " ".join(filter(None, (_said(block.get("title"), names), block.get("alt_text"))))
    if kind == "rich_text":
        return "\n".join(_said(part, names) for part in block.get("elements", []))
    parts = [block.get("text"), *block.get("fields", []), block.get("accessory")]
    return " ".join(filter(None, (_said(p, names) for p in [*parts, *block.get("elements", [])])))


def _said(value: Json | str | None, names: Names) -> str:
    if isinstance(value, str) or not value:
        return str(value or "")
    kind = str(value.get("type", ""))
    if kind in _DRAWN:
        return _DRAWN[kind](value)
    if kind == "rich_text_list":
        return "\n".join("• " + _said(one, names) for one in value["elements"])
    if kind.endswith(_CONTROLS):
        return f"[{_said(value.get('placeholder'), names) or kind.replace('_', ' ')}]"
    return "".join(_spoken(piece, names) for piece in pieces_of(value))


def _choices(value: Json) -> str:
    return " ".join(f"( ) {one['text']['text']}" for one in value["options"])


_CONTROLS = ("_select", "picker", "_input", "overflow")
_DRAWN: dict[str, Callable[[Json], str]] = {
    "button": lambda value: f"[{value['text']['text']}]",
    "image": lambda value: str(value["alt_text"]),
    "checkboxes": _choices,
    "radio_buttons": _choices,
}


def _spoken(piece: TextPiece, names: Names) -> str:
    return shown(piece.text, names) if piece.kind == "mrkdwn" else piece.text
