"""The weekly digest: at most a handful of artifacts that need somebody, and what to do (R24)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from briefings import looking_back
from briefings.asides import asides
from briefings.budgets import Told, burn_up_of, chart, standings, with_costliest
from briefings.message import Message, button, buttons, heading, line, quiet
from briefings.pictures import BurnUp, burn_up_in
from briefings.words import readable, say
from debt.artifact import Artifact
from debt.budget import State
from debt.notice import ignored_on
from debt.policy import DigestPolicy, Policy
from debt.score import explain, priority
from debt.standing import Action, next_step
from storage import listings, lists, people
from storage.artifacts import Change
from storage.listings import Listed
from storage.lists import Scope, ScopeKind
from storage.store import Session
from storage.told import Said
from storage.uses import Place

_BY = "digest"
_NEWS = 3
_BUDGETS = 3
_NAMED = 3
_NEWS_COUNTED = 50
LISTING_LIMIT = 500
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Item:
    """One artifact to act on; `weeks` counts how often it was said before, in vain.

    `changed` is when somebody last did something about it, as of then: what is done later shows.
    """

    id: int
    weeks: int
    first_on: date
    changed: str = ""

    def as_json(self) -> list[Any]:
        return [self.id, self.weeks, self.first_on.isoformat(), self.changed]


def item_of(said: Sequence[Any]) -> Item:
    number, weeks, first, changed = said
    return Item(number, weeks, date.fromisoformat(first), changed)


def _changed(artifact: Artifact) -> str:
    return artifact.changed_at.isoformat() if artifact.changed_at else ""


def _touched(artifact: Artifact, item: Item) -> bool:
    """Whether somebody did something about it since it was listed."""
    return _changed(artifact) != item.changed


@dataclass(frozen=True, slots=True)
class Weekly:
    """What one digest says, small enough for the ledger; artifacts are read when it is shown. How
    budgets stand is said as of then: those that went over, or came back, open it, others close it;
    `chart` is the scope's own, `asides` are lines that are said once.

    `moved` is a metric that got so much worse that it asks for something; `review` looks back on a
    month of the register. Both are said as of then.

    `at` is in the zone of its readers, whose days it speaks of.
    """

    scope: Scope
    at: datetime
    items: tuple[Item, ...]
    ephemeral: int
    retained: int
    folded: int
    ignored: tuple[int, ...]
    more_ignored: int
    news: tuple[tuple[int, str, str], ...]
    more_news: int
    opening: tuple[str, ...] = ()
    budgets: tuple[str, ...] = ()
    chart: BurnUp | None = None
    asides: tuple[str, ...] = ()
    moved: str = ""
    review: str = ""

    @property
    def speaks(self) -> bool:
        """Whether anybody has to be told anything."""
        return bool(self.items or self.opening or self.moved or self.review)

    def as_json(self) -> dict[str, Any]:
        return {
            "scope": [self.scope.kind, self.scope.name],
            "at": self.at.isoformat(),
            "items": [item.as_json() for item in self.items],
            "rest": [self.ephemeral, self.retained, self.folded],
            "ignored": [list(self.ignored), self.more_ignored],
            "news": [list(each) for each in self.news],
            "more_news": self.more_news,
            "opening": list(self.opening),
            "budgets": list(self.budgets),
            "chart": self.chart.as_json() if self.chart else None,
            "asides": list(self.asides),
            "looking_back": [self.moved, self.review],
        }


def weekly_of(facts: Mapping[str, Any]) -> Weekly:
    kind, name = facts["scope"]
    news = ((number, how, by) for number, how, by in facts["news"])
    ephemeral, retained, folded = facts["rest"]
    ignored, more_ignored = facts["ignored"]
    moved, review = facts.get("looking_back", ("", ""))
    return Weekly(
        scope=Scope(ScopeKind(kind), name),
        at=datetime.fromisoformat(facts["at"]),
        items=tuple(item_of(said) for said in facts["items"]),
        ephemeral=ephemeral,
        retained=retained,
        folded=folded,
        ignored=tuple(ignored),
        more_ignored=more_ignored,
        news=tuple(news),
        more_news=facts["more_news"],
        opening=tuple(facts.get("opening", ())),
        budgets=tuple(facts.get("budgets", ())),
        chart=burn_up_in(said) if (said := facts.get("chart")) else None,
        asides=tuple(facts.get("asides", ())),
        moved=moved,
        review=review,
    )


@dataclass(frozen=True, slots=True)
class Ignored:
    """An artifact that was said often enough in vain to become an intervention."""

    artifact: Artifact
    item: Item


@dataclass(frozen=True, slots=True)
class Gathered:
    """A digest, what has become an intervention, all whose weeks in vain go on counting, and what
    is said once.
    """

    weekly: Weekly
    ignored: tuple[Ignored, ...]
    told: tuple[int, ...]
    once: tuple[Said, ...]


async def gather(
    session: Session,
    channel: str,
    scope: Scope,
    policy: Policy,
    now: datetime,
    since: datetime,
    *,
    month: date | None = None,
) -> Gathered:
    """What a channel's digest says now, `now` in its zone; with `month`, the first day of one, it
    opens with what became of the register since. Standings must be awake.
    """
    rules = policy.digest
    before = await listings.ignored(session, channel, scope)
    folded = {number for number, listed in before.items() if listed.weeks >= rules.repeat_weeks}
    ranked = await lists.needing(session, scope, rules.items + min(len(folded), LISTING_LIMIT))
    shown = [artifact for artifact in ranked if artifact.id not in folded][: rules.items]
    items = tuple(_item(artifact, before.get(artifact.id), now.date()) for artifact in shown)
    counted = await _counted(session, scope, policy, shown, len(folded))
    changed = await lists.changed_since(session, scope, since, _NEWS_COUNTED)
    news = tuple((a.id, a.changed_how or "", a.changed_by or "") for a in changed[:_NEWS])
    ignored = await lists.ignored(session, scope, now.date())
    others = [artifact.id for artifact in ignored if artifact not in shown]
    opening, closing, chart = await _budgets(session, scope, policy, now, since)
    once = await asides(session, channel, scope, policy, now.date())
    weekly = Weekly(
        scope,
        now,
        items,
        *counted,
        tuple(others[:_NAMED]),
        len(others[_NAMED:]),
        news,
        max(0, len(changed) - _NEWS),
        (*opening, *(each.words for each in once if each.opens)),
        closing,
        chart,
        tuple(each.words for each in once if not each.opens),
        await looking_back.moved(session, scope, policy, now.date()),
    )
    if month:
        weekly = replace(weekly, review=await _review(session, weekly, policy, month))
    told = (*(item.id for item in items), *sorted(folded))
    said = tuple(each.said for each in once)
    return Gathered(weekly, await _ignored_of(session, rules, told, before), told, said)


async def _review(session: Session, weekly: Weekly, policy: Policy, month: date) -> str:
    """Of the register since then; where nothing else is said, only if anything came or went."""
    said = looking_back.Said(weekly.scope, weekly.at.date(), {item.id for item in weekly.items})
    told = await looking_back.review(session, policy, month, said)
    speaks = told is not None and (told.is_news or weekly.items or weekly.opening)
    return told.words if told and speaks else ""


async def _budgets(
    session: Session, scope: Scope, policy: Policy, now: datetime, since: datetime
) -> tuple[tuple[str, ...], tuple[str, ...], BurnUp | None]:
    """A line for each of the worst few budgets that are over or were found within again since then,
    and for as many others of the scope; where the scope is everything, only for those that ask for
    something. The chart of the scope's own budget.
    """
    everything, change = scope.kind is ScopeKind.ALL, Change(_BY, now, policy)
    told = await standings(session, change, None if everything else [scope])
    first = [each for each in told if _opens(each, since)]
    named = [await with_costliest(session, change, each) for each in first[:_BUDGETS]]
    others = [each for each in told if not _opens(each, since)]
    if everything:
        others = [each for each in others if each.standing.state is State.AT_RISK]
    whole = [] if everything else [each for each in told if not each.budget.place.only]
    chart = await burn_up_of(session, whole[0], now.date()) if whole else None
    return _lines(named, since), _lines(others[:_BUDGETS], since), chart


def _opens(told: Told, since: datetime) -> bool:
    return told.over or told.is_back(since.date())


def _lines(told: Sequence[Told], since: datetime) -> tuple[str, ...]:
    return tuple(say("budget.weekly", told=each, back=each.is_back(since.date())) for each in told)


def _item(artifact: Artifact, before: Listed | None, today: date) -> Item:
    weeks, first_on = (before.weeks, before.first_on) if before else (0, today)
    return Item(artifact.id, weeks, first_on, _changed(artifact))


async def _ignored_of(
    session: Session, rules: DigestPolicy, told: Sequence[int], before: Mapping[int, Listed]
) -> tuple[Ignored, ...]:
    """Those for whom this is the week in which their lead is told, what to fix first first."""
    enough = max(1, rules.intervention_weeks - 1)
    due = [n for n in told if n in before and before[n].weeks == enough]
    artifacts = await lists.several(session, due)
    ranked = sorted(artifacts.values(), key=lambda each: (-priority(each), -each.id))
    return tuple(Ignored(each, _item(each, before[each.id], date.min)) for each in ranked)


async def _counted(
    session: Session, scope: Scope, policy: Policy, shown: Sequence[Artifact], folded: int
) -> tuple[int, int, int]:
    """How many more need somebody: ephemeral, retained, and how many were said before."""
    by_label = await lists.count_needing(session, scope)
    for artifact in shown:
        by_label[artifact.label] = by_label.get(artifact.label, 0) - 1
    counts = {"ephemeral": 0, "retained": 0}
    for label, policy_of_label in policy.labels.items():
        counts[policy_of_label.counts_as] += max(0, by_label.get(label, 0))
    return counts["ephemeral"], counts["retained"], folded


@dataclass(frozen=True, slots=True)
class Known:
    """What a digest speaks of, as the register has it now: artifacts and people's names."""

    artifacts: Mapping[int, Artifact]
    names: Mapping[str, str]

    def name(self, owner: str | None) -> str:
        return self.names.get(owner, owner) if owner else "nobody"


async def known(session: Session, numbers: Sequence[int], who: Sequence[str] = ()) -> Known:
    artifacts = await lists.several(session, numbers)
    spoken_of = [*who, *(a.owner for a in artifacts.values())]
    spoken_of += [a.changed_by for a in artifacts.values()]
    names = await people.names(session, [who for who in spoken_of if who])
    return Known(artifacts, names)


async def compose(session: Session, weekly: Weekly, policy: Policy) -> Message | None:
    """The digest as it stands now: what was settled since it was sent says so."""
    numbers = [item.id for item in weekly.items] + [number for number, _, _ in weekly.news]
    numbers += weekly.ignored
    who = [by for _, _, by in weekly.news]
    return digest(weekly, await known(session, numbers, who), policy)


def digest(weekly: Weekly, known: Known, policy: Policy) -> Message | None:
    """None means that nobody needs to be told anything."""
    if not weekly.speaks:
        return None
    if not (weekly.items or weekly.opening):
        return _in_one_block(weekly)
    items = [_item_blocks(item, known, weekly, policy) for item in weekly.items]
    blocks: list[Block] = [heading(readable(say("digest.title", scope=weekly.scope)))]
    blocks += [line(words) for words in [weekly.review, *weekly.opening] if words]
    blocks += _chart(weekly) if weekly.opening else []
    blocks += [block for group in items for block in group]
    return Message(_fallback(weekly, known, policy), (*blocks, *_closing(weekly, known, policy)))


def _in_one_block(weekly: Weekly) -> Message:
    """Where nothing else is to be said."""
    words = "\n".join(filter(None, (weekly.review, weekly.moved)))
    return Message(words, (line(words, accessory=_metrics(weekly)),))


def _metrics(weekly: Weekly) -> ButtonElement:
    return button("Metrics", "metrics.open", str(weekly.scope))


def _chart(weekly: Weekly) -> list[Block]:
    return [chart(Place(weekly.scope), weekly.chart)] if weekly.chart else []


def _fallback(weekly: Weekly, known: Known, policy: Policy) -> str:
    if not weekly.items:
        return weekly.opening[0]
    first = known.artifacts[weekly.items[0].id]
    step = next_step(first, policy, weekly.at.date())
    return say(
        "digest.fallback", scope=weekly.scope, count=len(weekly.items), first=first, step=step
    )


def _item_blocks(item: Item, known: Known, weekly: Weekly, policy: Policy) -> list[Block]:
    artifact, today = known.artifacts[item.id], weekly.at.date()
    touched = _touched(artifact, item)
    step = next_step(artifact, policy, today)
    if touched and step.need is None:
        return [_settled(artifact, known)]
    words = say(
        "digest.item",
        artifact=artifact,
        step=step,
        why=explain(artifact),
        owner=known.name(artifact.owner),
        today=today,
        item=item,
        done_by=known.name(artifact.changed_by) if touched else "",
    )
    return [line(words), buttons(f"item:{artifact.key}", *item_buttons(artifact, step.action))]


def _settled(artifact: Artifact, known: Known) -> Block:
    return line(
        say("digest.settled", artifact=artifact, by=known.name(artifact.changed_by)),
        accessory=button("Show", "artifact.show", artifact.key),
    )


def item_buttons(artifact: Artifact, first: Action) -> list[ButtonElement]:
    """The one thing to do stands out and comes first; Claim only where nobody would be robbed,
    Edit and Retire only where they are that one thing.
    """
    wanted = ["claim"] if artifact.orphan else []
    wanted += [first] if first in {Action.EDIT, Action.RETIRE} else []
    wanted += ["extend", "log", "review", "show"]
    wanted.sort(key=lambda name: name != first)
    return [
        button(name.capitalize(), f"artifact.{name}", artifact.key, primary=name == first)
        for name in wanted
    ]


def _silent(artifact: Artifact, weekly: Weekly, policy: Policy) -> bool:
    """Whether nobody has decided since."""
    day = ignored_on(artifact, policy)
    return day is not None and day <= weekly.at.date()


def _closing(weekly: Weekly, known: Known, policy: Policy) -> list[Block]:
    rest = say("digest.rest", weekly=weekly, more=weekly.ephemeral + weekly.retained)
    see_all = button("See the list", "list.open", f"{weekly.scope}")
    blocks: list[Block] = [line(rest, accessory=see_all)] if rest else []
    if weekly.moved:
        blocks.append(line(weekly.moved, accessory=_metrics(weekly)))
    silent = [
        a for number in weekly.ignored if _silent(a := known.artifacts[number], weekly, policy)
    ]
    if silent:
        blocks.append(quiet(say("digest.silent", silent=silent, more=weekly.more_ignored)))
    blocks += [quiet(words) for words in (*weekly.budgets, *weekly.asides)]
    blocks += _chart(weekly) if not weekly.opening else []
    if weekly.news:
        told = [(known.artifacts[n], how, known.name(by)) for n, how, by in weekly.news]
        blocks.append(quiet(say("digest.news", news=told, more=weekly.more_news)))
    return blocks


def month_of(last_at: datetime | None, now: datetime) -> date | None:
    """The first day of last month where this is the first digest of a new one, `now` in its zone;
    a channel that had none yet waits for the first week of a month.
    """
    is_first = last_at.astimezone(now.tzinfo).month != now.month if last_at else now.day <= _WEEK
    last_month = now.date().replace(day=1) - timedelta(days=1)
    return last_month.replace(day=1) if is_first else None


def since_last(last_at: datetime | None, now: datetime) -> datetime:
    """What counts as this week's news: since the last digest, a week at the most."""
    week_ago = now - timedelta(days=7)
    return max(last_at, week_ago) if last_at else week_ago
