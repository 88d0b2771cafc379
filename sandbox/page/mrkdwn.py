"""mrkdwn as Slack's client shows it, as safe HTML: what is not Slack's markup stays text."""

import re
from collections.abc import Callable, Iterable, Iterator

from markupsafe import Markup

from sandbox.page.reader import Reader
from sandbox.wire.emoji import with_emoji

_FENCED = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTED = re.compile(r"(?:&gt;|>) ?")
_REST_QUOTED = re.compile(r"(?:&gt;|>){3} ?")
_KEPT = re.compile(r"`([^`\n]+)`|<([^<>\n]+)>")
_MARKS = {"*": ("b", r"\*"), "_": ("i", "_"), "~": ("s", "~")}
_EMPHASIS = re.compile(
    "|".join(
        rf"(?<![\w{mark}])(?P<{tag}>{mark})(?=[^\s{mark}])([^{mark}\n]*[^\s{mark}]){mark}(?![\w{mark}])"
        for tag, mark in _MARKS.values()
    )
)
_URL = re.compile(r"https?://[^\s<>|\x00]*[^\s<>|\x00.,;:!?'\")\]]")
_HOLE = "\x00"  # the one character that no page can show


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """`verbatim` leaves bare addresses alone. Wrap it where white space is kept."""
    parts = _FENCED.split(text.replace(_HOLE, ""))
    flowing = (_quotes(part, reader, verbatim) for part in parts[::2])
    fenced = (Markup("<pre>{}</pre>").format(_entities(part.strip("\n"))) for part in parts[1::2])
    return _joined(_alternate(flowing, fenced))


def _alternate(flowing: Iterable[Markup], fenced: Iterable[Markup]) -> Iterator[Markup]:
    between = iter(fenced)
    for part in flowing:
        yield part
        yield next(between, Markup())


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def _entities(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# --------------------------------------------------------------------------- quoted lines


def _quotes(text: str, reader: Reader, verbatim: bool) -> Markup:
    """Lines that begin with > stand in a block; >>> takes in all that follows."""
    before, rest = _parted(text)
    shown = [_lines(quoted, lines, reader, verbatim) for quoted, lines in _runs(before)]
    if rest is not None:
        shown.append(_lines(True, rest, reader, verbatim))
    return _joined(shown)


def _parted(text: str) -> tuple[list[str], list[str] | None]:
    lines = text.strip("\n").split("\n") if text.strip("\n") else []
    for number, line in enumerate(lines):
        if start := _REST_QUOTED.match(line):
            return lines[:number], [line[start.end() :], *lines[number + 1 :]]
    return lines, None


def _runs(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    run: list[str] = []
    inside = False
    for line in lines:
        start = _QUOTED.match(line)
        if run and bool(start) != inside:
            yield inside, run
            run = []
        inside = bool(start)
        run.append(line[start.end() :] if start else line)
    if run:
        yield inside, run


def _lines(quoted: bool, lines: list[str], reader: Reader, verbatim: bool) -> Markup:
    shown = _inline("\n".join(lines), reader, verbatim)
    return Markup("<blockquote>{}</blockquote>").format(shown) if quoted else shown


# ------------------------------------------------------------------------- within a line


def _inline(text: str, reader: Reader, verbatim: bool) -> Markup:
    """Code and tokens are put aside first: nothing in them is marked up."""
    kept: list[Markup] = []

    def keep(found: re.Match[str]) -> str:
        code, token = found.groups()
        if code is not None:
            kept.append(Markup("<code>{}</code>").format(_entities(code)))
        else:
            kept.append(_token(token, reader))
        return _HOLE

    holed = _KEPT.sub(keep, text)
    return _emphasized(holed, _leaf(reader, iter(kept), verbatim))


def _emphasized(text: str, leaf: Callable[[str], Markup]) -> Markup:
    shown, last = [], 0
    for found in _EMPHASIS.finditer(text):
        tag, mark = next((name, m) for name, m in found.groupdict().items() if m)
        inner = found[0].removeprefix(mark).removesuffix(mark)
        shown.append(leaf(text[last : found.start()]))
        shown.append(Markup(f"<{tag}>{{}}</{tag}>").format(_emphasized(inner, leaf)))  # noqa: S704 - our own tag
        last = found.end()
    return _joined([*shown, leaf(text[last:])])


def _leaf(reader: Reader, kept: Iterator[Markup], verbatim: bool) -> Callable[[str], Markup]:
    def shown(text: str) -> Markup:
        first, *rest = (_written(part, reader, verbatim) for part in text.split(_HOLE))
        return _joined([first, *(next(kept) + part for part in rest)])

    return shown


def _written(text: str, reader: Reader, verbatim: bool) -> Markup:
    if verbatim:
        return Markup.escape(with_emoji(_entities(text)))
    shown, last = [], 0
    for found in _URL.finditer(text):
        shown.append(Markup.escape(with_emoji(_entities(text[last : found.start()]))))
        shown.append(reader.link(_entities(found[0])))
        last = found.end()
    return _joined([*shown, Markup.escape(with_emoji(_entities(text[last:])))])


def _token(token: str, reader: Reader) -> Markup:
    body, _, label = token.partition("|")
    label = _entities(label)
    if body.startswith("@"):
        return reader.person(body[1:])
    if body.startswith("#"):
        return reader.channel(body[1:], label)
    if body.startswith("!subteam^"):
        return reader.group(body.removeprefix("!subteam^"))
    if body.startswith("!date^"):
        return _date(body, label, reader)
    if body.startswith("!"):
        return reader.broadcast(body[1:])
    return reader.link(_entities(body), with_emoji(label))


def _date(body: str, fallback: str, reader: Reader) -> Markup:
    _, timestamp, form, url, *_ = [*body.split("^"), "", ""]
    return reader.date(timestamp, form, fallback, _entities(url))
