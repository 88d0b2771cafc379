"""What a person typed: Slack's escapes undone, names of people and scopes read."""

import re
from collections.abc import Sequence

from debt.refusal import Refused
from storage.lists import ALL, Scope, ScopeKind

_WORD = re.compile(r'[^\s":]+:"[^"]*"|\S+')
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?:https?|mailto):[^|>]*(?:\|([^>]*))?>")


def words_of(text: str) -> list[str]:
    """Split at spaces; `team:"data platform"` stays together."""
    return _WORD.findall(text)


def plain(text: str) -> str:
    """The text as it was typed: Slack escapes `& < >` and wraps what looks like a link."""
    unlinked = _LINK.sub(lambda match: match[1] or match[0][1:-1], text)
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def person_in(word: str) -> str:
    """The Slack id of a mention, or Refused."""
    match = _PERSON.fullmatch(word)
    if not match:
        raise Refused(f"“{plain(word)[:40]}” is not a person. Type @ and choose the name.")
    return match[1]


def scope_in(word: str) -> Scope | None:
    """`all`, `team:x`, `repo:x` or `service:x`; None for any other word."""
    if word.casefold() == ScopeKind.ALL:
        return ALL
    kind, _, name = word.partition(":")
    named = plain(name.strip('"'))
    if kind.casefold() in {ScopeKind.TEAM, ScopeKind.REPO, ScopeKind.SERVICE} and named:
        return Scope(ScopeKind(kind.casefold()), named)
    return None


def first_and_rest(text: str) -> tuple[str, str]:
    head, _, rest = text.strip().partition(" ")
    return head, rest.strip()


def rest_of(words: Sequence[str]) -> str:
    return plain(" ".join(words))
