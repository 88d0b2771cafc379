"""rich_text blocks as safe HTML."""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from sandbox.page.reader import Reader
from sandbox.wire.emoji import EMOJI, with_emoji
from sandbox.wire.wire import Json

_STYLES = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "code": "code"}
_COLOR = Markup('<span class="color" data-color="{0}"></span>{0}')


def rich_text(block: Json, reader: Reader) -> Markup:
    return _joined(_part(one, reader) for one in block.get("elements", []))


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def _part(part: Json, reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, reader)
    frame = _FRAMES.get(str(kind), _FRAMES["rich_text_section"])
    return frame.format(_run(part, reader))


_FRAMES = {
    "rich_text_section": Markup('<div class="rich">{}</div>'),
    "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
    "rich_text_preformatted": Markup("<pre>{}</pre>"),
}
_LISTS = {
    "ordered": Markup('<ol class="rich indent-{}" start="{}">{}</ol>'),
    "bullet": Markup('<ul class="rich indent-{}" data-start="{}">{}</ul>'),
}


def _list(part: Json, reader: Reader) -> Markup:
    items = _joined(
        Markup("<li>{}</li>").format(_run(one, reader)) for one in part.get("elements", [])
    )
    frame = _LISTS["ordered" if part.get("style") == "ordered" else "bullet"]
    return frame.format(
        min(int(part.get("indent") or 0), 8), int(part.get("offset") or 0) + 1, items
    )


def _run(part: Json, reader: Reader) -> Markup:
    return _joined(_styled(one, reader) for one in part.get("elements", []))


def _styled(one: Json, reader: Reader) -> Markup:
    draw = _ELEMENTS.get(str(one.get("type")))
    shown = draw(one, reader) if draw else Markup.escape(one.get("text", ""))
    for style, on in (one.get("style") or {}).items():
        if on and style in _STYLES:
            tag = _STYLES[style]
            shown = Markup(f"<{tag}>{{}}</{tag}>").format(shown)  # noqa: S704 - our own tag
    return shown


def _text(one: Json, _: Reader) -> Markup:
    return Markup.escape(one.get("text", ""))


def _link(one: Json, reader: Reader) -> Markup:
    return reader.link(str(one.get("url", "")), with_emoji(str(one.get("text") or "")))


def _emoji(one: Json, _: Reader) -> Markup:
    name = str(one.get("name", ""))
    return Markup.escape(EMOJI.get(name) or _from_points(one.get("unicode")) or f":{name}:")


def _from_points(points: object) -> str:
    """Slack names an emoji's code points in hex, joined by dashes."""
    try:
        return "".join(chr(int(point, 16)) for point in str(points or "").split("-") if point)
    except (ValueError, OverflowError):
        return ""


def _date(one: Json, reader: Reader) -> Markup:
    form, fallback = str(one.get("format", "")), str(one.get("fallback") or one.get("format", ""))
    return reader.date(one.get("timestamp", ""), form, fallback, str(one.get("url") or ""))


_ELEMENTS: dict[str, Callable[[Json, Reader], Markup]] = {
    "text": _text,
    "link": _link,
    "emoji": _emoji,
    "date": _date,
    "user": lambda one, reader: reader.person(str(one.get("user_id", ""))),
    "usergroup": lambda one, reader: reader.group(str(one.get("usergroup_id", ""))),
    "channel": lambda one, reader: reader.channel(str(one.get("channel_id", ""))),
    "broadcast": lambda one, reader: reader.broadcast(str(one.get("range", ""))),
    "color": lambda one, _: _COLOR.format(one.get("value", "")),
}
