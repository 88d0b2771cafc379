"""`debt list` and `debt show`: what to fix first, and all about one artifact."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

from bot.cli.invocation import Invocation
from bot.slack.parsing import scope_in
from briefings.words.words import readable, say
from debt.artifact.artifact import RATING_NAMES, Artifact, parse_key
from debt.artifact.evidence import EvidencePiece
from debt.artifact.intent import missing_intent
from debt.refusal import Refused
from debt.rules.hours import as_hours
from debt.rules.score import explain, quadrant, score
from debt.rules.standing import Action, next_step
from debt.rules.tier import tier
from debt.scope import Filter
from intake.columns.json import public, ratings
from storage.database.history import HistoryEntry, last_entries
from storage.database.store import Session, Store
from storage.register import evidence
from storage.register.artifacts import require
from storage.register.queries import ArtifactQuery, page
from storage.register.refresh import follows_another, wake

_PAGE = 500
_ENTRIES = 5


def list_(invocation: Invocation) -> int:
    asyncio.run(_listed(invocation))
    return 0


async def _listed(invocation: Invocation) -> None:
    query = _query(invocation)
    async with invocation.register() as store:
        await _wake(store, invocation)
        async with store.read() as session:
            artifacts = _ranked(session, query)
            await (_array if invocation.arguments.json else _lines)(invocation, artifacts)


def _query(invocation: Invocation) -> ArtifactQuery:
    """Reads the words as `/debt list` does. Refused for “mine”: a terminal knows no Slack user."""
    words = invocation.arguments.words
    filters = {word.casefold() for word in words} & set(Filter)
    if Filter.MINE in filters:
        raise Refused("“mine” works in Slack, which knows who asks. Here, give your e-mail.")
    others = [word for word in words if word.casefold() not in filters]
    today = invocation.change.today
    return ArtifactQuery(
        filters=frozenset(map(Filter, filters)),
        scopes=tuple(scope for word in others if (scope := scope_in(word))),
        words=tuple(part for word in others if not scope_in(word) for part in word.split()),
        today=today,
        soon=today + timedelta(days=invocation.policy.thresholds.due_soon_days),
    )


async def _wake(store: Store, invocation: Invocation) -> None:
    """Renews standings whose date has come, unless a running process follows another policy."""
    async with store.read() as session:
        if await follows_another(session, invocation.policy):
            return
    renewed = 1
    while renewed:
        async with store.change() as session:
            renewed = await wake(session, invocation.change)


async def _ranked(session: Session, query: ArtifactQuery) -> AsyncIterator[Artifact]:
    for part in _parts(query):
        listed = await page(session, part, _PAGE)
        while True:
            for artifact in listed.artifacts:
                yield artifact
            if listed.after is None:
                break
            listed = await page(session, part, _PAGE, listed.after)


def _parts(query: ArtifactQuery) -> Iterator[ArtifactQuery]:
    """Live artifacts, then proposals; with a filter, only what the filter is about."""
    yield query
    if not query.filters:
        yield replace(query, filters=frozenset({Filter.PROPOSED}))


async def _array(invocation: Invocation, artifacts: AsyncIterator[Artifact]) -> None:
    before = "["
    async for artifact in artifacts:
        shown = json.dumps(public(artifact, invocation.policy), ensure_ascii=False)
        invocation.world.out.write(f"{before}\n{shown}")
        before = ","
    invocation.say("[]" if before == "[" else "\n]")


async def _lines(invocation: Invocation, artifacts: AsyncIterator[Artifact]) -> None:
    policy, today = invocation.policy, invocation.change.today
    none = True
    async for artifact in artifacts:
        step = next_step(artifact, policy, today)
        invocation.say(_line(artifact, readable(say("steps.words", step=step))))
        none = False
    if none:
        invocation.say("Nothing on the register matches.")


def _line(artifact: Artifact, step: str) -> str:
    ends = artifact.due_from.isoformat() if artifact.due_from else "no end"
    owner = artifact.owner or "nobody"
    points = score(artifact.ratings)
    name = " ".join(artifact.name.split())
    return f"{artifact.key:<7} {points:>3}  {ends:<10}  {name} ({artifact.repo}, {owner}): {step}"


def show(invocation: Invocation) -> int:
    asyncio.run(_shown(invocation))
    return 0


async def _shown(invocation: Invocation) -> None:
    number = parse_key(invocation.arguments.key)
    async with invocation.register() as store, store.read() as session:
        artifact = await require(session, number)
        last = await last_entries(session, number, _ENTRIES)
        with_evidence = invocation.arguments.evidence
        pieces = await evidence.of(session, number) if with_evidence else ()
    if invocation.arguments.json:
        shown = public(artifact, invocation.policy) | {"ratings": ratings(artifact)}
        shown |= {"evidence": [piece._asdict() for piece in pieces]} if with_evidence else {}
        invocation.say(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        invocation.say(*_card(invocation, artifact), *map(_piece, pieces), *_past(last))


def _card(invocation: Invocation, artifact: Artifact) -> Iterator[str]:
    policy, today = invocation.policy, invocation.change.today
    box = quadrant(artifact.value, artifact.ratings.risk.value, policy)
    missing = missing_intent(artifact)
    yield f"{artifact.key}  {_flat(artifact.name)}"
    kind = policy.kind(artifact.kind)
    yield f"{kind.name}, {artifact.label}, {artifact.stage}; {artifact.surface}"
    step = next_step(artifact, policy, today)
    yield f"next       {readable(say('steps.words', step=step))}"
    yield f"why        {explain(artifact, to_claim=step.action is Action.CLAIM)}"
    unrated = artifact.value is None
    does = readable(say("steps.quadrant", quadrant=box))
    meaning = " until somebody says what it is worth" if unrated else f": {does}"
    yield f"value/risk {box}{meaning}; {tier(artifact, policy)} tier"
    if missing:
        yield f"provisional: {', '.join(missing)}"
    yield from _facts(artifact)


def _facts(artifact: Artifact) -> Iterator[str]:
    gone = " (no longer there)" if artifact.owner_gone else ""
    yield f"owner      {artifact.owner or 'nobody'}{gone}; team {artifact.team or 'none'}"
    dates = {"created": artifact.created_on, "review": artifact.review_on}
    dates["ends"] = artifact.expires_on
    yield "dates      " + ", ".join(f"{name} {day or 'never'}" for name, day in dates.items())
    yield f"hours      {as_hours(artifact.minutes_logged)} logged"
    for name in RATING_NAMES:
        rating = artifact.ratings[name]
        by = "a person" if rating.by_person else "estimated"
        reason = f": {_flat(rating.reason)}" if rating.reason else ""
        if rating.by_person and rating.proxy != rating.value:
            reason += f"; the estimate is {rating.proxy}"
        yield f"{name:<10} {rating.value} ({by}{reason})"
    if artifact.further_signals:
        yield f"watch      {'; '.join(_flat(signal.words) for signal in artifact.further_signals)}"
    yield f"where      {artifact.repo}: {', '.join(artifact.paths)}"
    for field in ("purpose", "lifespan", "removal_impact", "evidence"):
        text = getattr(artifact, field)
        if text:
            yield f"{field.replace('_', ' ')}: {_flat(text)}"


def _piece(piece: EvidencePiece) -> str:
    """ "note       3f2a9c1b04de  12 lines by Cursor (gpt-5), high confidence"."""
    if piece.source == "declared":
        return f"declared   by a person: made with {_flat(str(piece.tool))}"
    where = piece.commit[:12] if piece.commit else f"{piece.path}:{piece.first_line}"
    if piece.source == "block":
        return f"block      {where}  made with {_flat(str(piece.tool))}"
    model = f" ({_flat(piece.model)})" if piece.model else ""
    lines = f"{piece.lines:,} {'line' if piece.lines == 1 else 'lines'}"
    by = f"{_flat(piece.tool or 'a person')}{model}"
    return f"{piece.source:<10} {where}  {lines} by {by}, {piece.confidence} confidence"


def _past(entries: list[HistoryEntry]) -> Iterator[str]:
    for entry in entries:
        reason = f" ({_flat(entry.reason)})" if entry.reason else ""
        yield f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.action} by {entry.by}{reason}"


def _flat(text: str) -> str:
    return " ".join(text.split())
