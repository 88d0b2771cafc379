"""What a person typed: Slack's escapes undone, names of people and scopes read."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from debt.refusal import Refused
from debt.rules.dates import looks_like_until
from debt.scope import ALL, Scope, ScopeKind
from debt.text import clean

_WORD = re.compile(r'[^\s":]+:(?:"[^"]*"|“[^”]*”)|\S+')
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_TOKEN = re.compile(r"<([@#!])([^|>]+)(?:\|([^>]*))?>")
_NOBODY: Mapping[str, str] = MappingProxyType({})
_LINK = re.compile(r"<(?:https?|mailto):[^|>]*(?:\|([^>]*))?>")


def words_of(text: str) -> list[str]:
    """Split at spaces; `team:"data platform"` stays together, whichever quotes the keyboard has."""
    return _WORD.findall(text)


def plain(text: str, names: Mapping[str, str] = _NOBODY) -> str:
    """The text as it was read while it was typed: names for ids, no links, no escapes."""
    unlinked = _LINK.sub(lambda match: match[1] or match[0][1:-1], text)
    unlinked = _TOKEN.sub(lambda match: _read(match[1], match[2], match[3], names), unlinked)
    return clean(unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _read(sign: str, what: str, label: str | None, names: Mapping[str, str]) -> str:
    """`@dana` and `#general`; `@here` and `@sre` are broadcasts and groups."""
    if what.startswith(("date^", "subteam^")) and label:
        return label
    return f"{'#' if sign == '#' else '@'}{label or names.get(what, what)}"


def mentioned(text: str) -> list[str]:
    """The ids of the people a text names."""
    return [match[1] for match in _PERSON.finditer(text)]


def person_in(word: str) -> str:
    """The Slack id of a mention, or Refused."""
    match = _PERSON.fullmatch(word)
    if not match:
        raise Refused(f"“{plain(word)[:40]}” is not a person. Type @ and choose the name.")
    return match[1]


def scope_in(word: str) -> Scope | None:
    """`all`, `team:x`, `repo:x`, `service:x` or `train:x`; None for any other word."""
    if word.casefold() == ScopeKind.ALL:
        return ALL
    kind, _, name = word.partition(":")
    named = plain(name.strip('"“”'))
    if kind.casefold() in set(ScopeKind) - {ScopeKind.ALL} and named:
        return Scope(ScopeKind(kind.casefold()), named)
    return None


def spelled(scope: Scope) -> str:
    """The scope as somebody would type it; `words_of` and `scope_in` read it back."""
    name = scope.name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not re.search(r'[\s"]', name):
        return f"{scope.kind}:{name}" if name else str(scope.kind)
    opening, closing = "“”" if '"' in name else '""'
    return f"{scope.kind}:{opening}{name}{closing}"


def sought(word: str) -> str:
    """The word to search for: the id of a mention, any other word as it was typed."""
    match = _PERSON.fullmatch(word)
    return match[1] if match else plain(word)


def first_and_rest(text: str) -> tuple[str, str]:
    head, *rest = text.split(maxsplit=1) or [""]
    return head, rest[0].strip() if rest else ""


def rest_of(words: Sequence[str]) -> str:
    return plain(" ".join(words))


def until_first(words: list[str]) -> tuple[str, list[str]]:
    """A time or a date, and the words after it; `by 30 days` is what people say too."""
    if len(words) > 1 and words[0].casefold() in {"by", "for", "to", "until"}:
        words = words[1:]
    together = " ".join(words[:2])
    return (together, words[2:]) if looks_like_until(together) else (words[0], words[1:])
