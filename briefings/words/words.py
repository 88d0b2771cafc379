"""The words: one Jinja2 template per subject, a macro per message, filters that read as words.

What a person or a repository wrote is shown, never interpreted: `& < >` are escaped, and the
characters that Slack would take for formatting become their look-alikes.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from debt.artifact.artifact import key_of
from debt.rules.hours import as_hours, roughly

_LOOKALIKES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "*": "∗",
        "~": "∼",
        "`": "ˋ",
        **dict.fromkeys("\n\t\u2028\u2029", " "),
    }  # look-alikes on purpose
)
# Controls, and what turns the direction of all that follows on the line.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,}")


# An underscore formats unless letters stand on both sides; a quote begins a line.
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_QUOTE = re.compile(r"^\s*&gt;")
# Custom emoji have names in any alphabet; “10:30:15” has none in it.
_EMOJI = re.compile(r":(?=[^\s:]{1,100}:)(?![0-9]{1,2}:)")


def inert(text: str) -> Markup:
    """The text as Slack's mrkdwn that looks like it and does nothing."""
    plain = _QUOTE.sub("›", _UNSEEN.sub("", text).translate(_LOOKALIKES))
    return Markup(_EMOJI.sub("꞉", _UNDERSCORE.sub("ˍ", plain)))  # noqa: S704  # what makes it safe is above


def shorten(text: str, length: int) -> str:
    """At most that many characters on one line, an ellipsis for what is left out."""
    flat = " ".join(_UNSEEN.sub("", text).split())
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


def cut(mrkdwn: str, length: int) -> str:
    """At most that many characters of mrkdwn, with no half of an escape or a token at its end."""
    if len(mrkdwn) <= length:
        return mrkdwn
    return re.sub(r"(?:&[a-z]*|<[^>]*)$", "", mrkdwn[: length - 1]) + "…"


def day(value: date) -> Markup:
    """A whole day in the reader's own zone and language.

    Slack renders instants: 10:00 UTC is the same calendar day from Honolulu (-10) to Auckland
    in summer (+13).
    """
    instant = datetime.combine(value, time(10), UTC)
    return Markup(f"<!date^{int(instant.timestamp())}^{{date_short}}|{long_day(value)}>")  # noqa: S704  # digits and a date


_ISO_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", re.ASCII)


def told(plain: str) -> Markup:
    """What was done, as the register keeps it in plain text: its days become tokens."""
    return Markup(_ISO_DAY.sub(lambda match: _day_in(match[0]), inert(plain)))  # noqa: S704  # inert, and days


def _day_in(text: str) -> Markup:
    """`2027-01-31` as a token; what no calendar has stays as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return inert(text)


def moment(value: datetime) -> Markup:
    """An instant in the reader's own zone."""
    utc = value.astimezone(UTC)
    shown = f"{long_day(utc.date())}, {utc:%H:%M} UTC"
    return Markup(f"<!date^{int(utc.timestamp())}^{{date_short}} at {{time}}|{shown}>")  # noqa: S704  # digits and a date


def long_day(value: date) -> str:
    return f"{value:%b} {value.day}, {value.year}"


def person(owner: str | None) -> Markup:
    """A mention for a Slack id, an e-mail as it is, “nobody” for none."""
    if not owner:
        return Markup("nobody")
    return Markup(f"<@{owner}>") if _SLACK_ID.fullmatch(owner) else inert(owner)  # noqa: S704  # checked to be an id


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def months(number: float) -> str:
    """“3.3 months”, “1 month”."""
    shown = f"{number:.1f}".removesuffix(".0")
    return "1 month" if shown == "1" else f"{shown} months"


def month(value: date, today: date) -> str:
    """“February”, with its year where that is not the next one."""
    away = (value.year - today.year) * 12 + value.month - today.month
    return f"{value:%B}" if -12 < away < 12 else f"{value:%B %Y}"


def count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: Sequence[str]) -> Markup:
    """“a, b and c”."""
    *most, last = (part if isinstance(part, Markup) else inert(part) for part in parts)
    return Markup(" and ").join([Markup(", ").join(most), last]) if most else Markup(last)  # noqa: S704  # its parts are inert


def templates(
    *filters: Callable[..., Any], finalize: Callable[..., Any] | None = None
) -> Environment:
    """This room's templates, escaped as HTML where nothing else is said; filters by their names."""
    environment = Environment(
        loader=PackageLoader("briefings.words"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {each.__name__: each for each in (shorten, count, roughly, *filters)}
    environment.filters |= {"hours": as_hours, "key": key_of}
    return environment


@cache
def _environment() -> Environment:
    return templates(day, told, moment, person, days, month, months, listed, finalize=_shown)


def _shown(value: Any) -> Any:
    return value if isinstance(value, Markup) else inert(str(value))


def say(name: str, **values: Any) -> str:
    """The message `template.macro` as mrkdwn, white space folded and empty lines left out."""
    template, macro = name.split(".")
    said = getattr(_module(template), macro)(**values)
    lines = (" ".join(line.split()) for line in str(said).splitlines())
    return "\n".join(line for line in lines if line)


@cache
def _module(template: str) -> Any:
    return _environment().get_template(f"{template}.j2").module


def readable(mrkdwn: str) -> str:
    """The same words without Slack's markup: for a terminal and for notifications."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", mrkdwn)
    text = re.sub(r"<([@#])([A-Z0-9]+)>", r"\1\2", text)
    text = _UNDERSCORE.sub("", re.sub(r"[*`]", "", text))
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
