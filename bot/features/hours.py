"""The hours logged in a sprint, month or quarter, by kind of work (R9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.slack.call import Call, Reply
from bot.slack.parsing import scope_in
from briefings.messages.message import Message, act_button, line
from briefings.words.words import say
from debt.artifact.artifact import looks_like_key, parse_key
from debt.refusal import Refused
from debt.rules.hours import Period, span
from debt.rules.standing import Action
from debt.scope import ScopeKind
from storage.costs import hours_log
from storage.register.artifacts import require

_COSTLIEST = 3
_PLACES: Mapping[ScopeKind, hours_log.HoursScope] = MappingProxyType(
    {ScopeKind.TEAM: "team", ScopeKind.REPO: "repo", ScopeKind.SERVICE: "service"}
)


@dataclass(frozen=True, slots=True)
class HoursQuery:
    """Whose hours (a key's number, or a team, repository or service), and over which period."""

    scope: hours_log.HoursScope
    name: int | str
    period: Period


def asked_in(words: Sequence[str]) -> HoursQuery | None:
    """Reads `team:payments`, `team:payments quarter` or `D-7 sprint`; None for hours to log."""
    head, *rest = words or [""]
    place = scope_in(head)
    if place and place.kind in _PLACES:
        return HoursQuery(_PLACES[place.kind], place.name, _period(rest))
    if looks_like_key(head) and len(rest) == 1 and rest[0].casefold() in set(Period):
        return HoursQuery("artifact_id", parse_key(head), _period(rest))
    return None


def _period(words: Sequence[str]) -> Period:
    named = " ".join(words).casefold() or Period.MONTH
    if named not in set(Period):
        raise Refused(
            "Say sprint, month or quarter after it, such as team:payments quarter; "
            'a name of several words stands in quotes, such as team:"data platform".'
        )
    return Period(named)


async def hours_of(call: Call, query: HoursQuery) -> Reply:
    """The sum, the kinds of work and, but for a single artifact, what cost most."""
    then = span(query.period, call.today, call.policy.sprint)
    where = query.scope, query.name, then
    async with call.store.read() as session:
        one = await require(session, query.name) if isinstance(query.name, int) else None
        kinds = await hours_log.minutes_by_kind(session, *where)
        most = [] if one else await hours_log.costliest(session, *where, _COSTLIEST)
    words = say("log.spent", asked=query, artifact=one, span=then, kinds=kinds, most=most)
    first = one or next((artifact for artifact, _ in most), None)
    show = act_button(Action.SHOW, first.key) if first else None
    return Reply(Message(words, (line(words, accessory=show),)))
