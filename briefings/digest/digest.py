"""The weekly digest: at most a handful of artifacts that need somebody, and what to do (R24)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter
from slack_sdk.models.blocks import Block, ButtonElement

from briefings.messages.earlier_rows import listed
from briefings.messages.message import Message, act_button, button, buttons, heading, line, quiet
from briefings.parts.budgets import chart
from briefings.pictures.pictures import BurnUp
from briefings.words.words import readable, say
from debt.artifact.artifact import Artifact
from debt.policy.policy import Policy
from debt.rules.approval import ApprovalKind
from debt.rules.reminders import ignored_on
from debt.rules.score import explain
from debt.rules.standing import Action, NextStep, next_step
from debt.scope import BudgetLine, Scope
from storage.database.store import Session
from storage.lifecycle import requests
from storage.register import people, queries
from storage.tables import Approval


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One artifact to act on; `weeks` counts how often it was said before, in vain.

    `changed` is when somebody last did something about it, as of then: what is done later shows.
    """

    id: int
    weeks: int
    first_on: date
    changed: str = ""


@dataclass(frozen=True, slots=True)
class DigestNews:
    """What somebody did about an artifact since the last digest: how, and who, by Slack id."""

    id: int
    how: str
    by: str


_ANSWERED = {
    ApprovalKind.RETIRE: (Action.RETIRE, Action.EXTEND, Action.REVIEW),
    ApprovalKind.EXTEND: (Action.EXTEND,),
}
"""What there is to do that a request would settle."""


def changed(artifact: Artifact) -> str:
    """When somebody last did something about it."""
    return artifact.changed_at.isoformat() if artifact.changed_at else ""


def _touched(artifact: Artifact, item: DigestItem) -> bool:
    """Whether somebody did something about it since it was listed."""
    return changed(artifact) != item.changed


@dataclass(frozen=True, slots=True)
class Weekly:
    """What one digest says, small enough for the ledger; artifacts are read when it is shown. How
    budgets stand is said as of then: those that went over, or came back, open it, others close it;
    `chart` is of the first of them, which is about the part `chart_of` of the scope, and opens it
    or closes it; `asides` are lines that are said once.

    `moved` is a metric that got so much worse that it asks for something; `review` looks back on a
    month of the register. Both are said as of then.

    `at` is in the zone of its readers, whose days it speaks of.
    """

    scope: Annotated[Scope, listed("kind", "name")]
    at: datetime
    items: tuple[Annotated[DigestItem, listed("id", "weeks", "first_on", "changed")], ...]
    ephemeral: int
    retained: int
    folded: int
    ignored: tuple[int, ...]
    more_ignored: int
    news: tuple[Annotated[DigestNews, listed("id", "how", "by")], ...]
    more_news: int
    opening: tuple[str, ...] = ()
    budgets: tuple[str, ...] = ()
    chart: BurnUp | None = None
    chart_of: str = ""
    chart_opens: bool = False
    asides: tuple[str, ...] = ()
    moved: str = ""
    review: str = ""

    @property
    def speaks(self) -> bool:
        """Whether anybody has to be told anything."""
        return bool(self.items or self.opening or self.moved or self.review)

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it, every value under its name."""
        stored: dict[str, Any] = _WEEKLY.dump_python(self, mode="json")
        return stored


def weekly_of(facts: Mapping[str, Any]) -> Weekly:
    """A digest as the ledger keeps it, or kept it in earlier versions."""
    return _WEEKLY.validate_python(facts)


def _from_earlier(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Some values used to share a list under one name, and the first versions had fewer."""
    if "rest" not in facts:
        return facts
    ephemeral, retained, folded = facts["rest"]
    ignored, more_ignored = facts["ignored"]
    moved, review = facts.get("looking_back", ("", ""))
    chart_of, chart_opens = facts.get("chart_of", ("", bool(facts.get("opening"))))
    return {
        **facts,
        "ephemeral": ephemeral,
        "retained": retained,
        "folded": folded,
        "ignored": ignored,
        "more_ignored": more_ignored,
        "moved": moved,
        "review": review,
        "chart_of": chart_of,
        "chart_opens": chart_opens,
    }


_WEEKLY = TypeAdapter(Annotated[Weekly, BeforeValidator(_from_earlier)])


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a digest speaks of, as the register has it now: artifacts, people's names, and what
    somebody asked for that others have yet to decide.
    """

    artifacts: Mapping[int, Artifact]
    names: Mapping[str, str]
    waiting: Mapping[int, Approval]

    def name(self, owner: str | None) -> str:
        return self.names.get(owner, owner) if owner else "nobody"


async def facts_of(
    session: Session, numbers: Sequence[int], who: Sequence[str] = ()
) -> DigestFacts:
    artifacts = await queries.several(session, numbers)
    waiting = await requests.waiting(session, numbers)
    spoken_of = [*who, *(a.owner for a in artifacts.values())]
    spoken_of += [a.changed_by for a in artifacts.values()]
    spoken_of += [request.asked_by for request in waiting.values()]
    names = await people.names(session, [who for who in spoken_of if who])
    return DigestFacts(artifacts, names, waiting)


async def compose(session: Session, weekly: Weekly, policy: Policy) -> Message | None:
    """The digest as it stands now: what was settled since it was sent says so."""
    numbers = [item.id for item in weekly.items] + [news.id for news in weekly.news]
    numbers += weekly.ignored
    who = [news.by for news in weekly.news]
    return digest(weekly, await facts_of(session, numbers, who), policy)


def digest(weekly: Weekly, facts: DigestFacts, policy: Policy) -> Message | None:
    """None means that nobody needs to be told anything."""
    if not weekly.speaks:
        return None
    if not (weekly.items or weekly.opening):
        return _in_one_block(weekly)
    items = [_item_blocks(item, facts, weekly, policy) for item in weekly.items]
    blocks: list[Block] = [heading(readable(say("digest.title", scope=weekly.scope)))]
    blocks += [line(weekly.review)] if weekly.review else []
    opening: list[Block] = [line(words) for words in weekly.opening]
    blocks += _with_chart(weekly, opening, here=weekly.chart_opens)
    blocks += [block for group in items for block in group]
    return Message(_fallback(weekly, facts, policy), (*blocks, *_closing(weekly, facts, policy)))


def _in_one_block(weekly: Weekly) -> Message:
    """Where nothing else is to be said."""
    words = "\n".join(filter(None, (weekly.review, weekly.moved)))
    return Message(words, (line(words, accessory=_metrics(weekly)),))


def _metrics(weekly: Weekly) -> ButtonElement:
    return button("Metrics", "metrics.open", str(weekly.scope))


def _with_chart(weekly: Weekly, lines: Sequence[Block], *, here: bool) -> list[Block]:
    """The chart right below the line that it is of, which is the first."""
    if not (here and weekly.chart and lines):
        return [*lines]
    first, *others = lines
    return [first, chart(BudgetLine(weekly.scope, weekly.chart_of), weekly.chart), *others]


def _fallback(weekly: Weekly, facts: DigestFacts, policy: Policy) -> str:
    if not weekly.items:
        return weekly.opening[0]
    first = facts.artifacts[weekly.items[0].id]
    todo = _todo(first, facts, weekly, policy)
    count = len(weekly.items)
    return say("digest.fallback", scope=weekly.scope, count=count, first=first, **todo.words())


def _item_blocks(
    item: DigestItem, facts: DigestFacts, weekly: Weekly, policy: Policy
) -> list[Block]:
    artifact, today = facts.artifacts[item.id], weekly.at.date()
    touched = _touched(artifact, item)
    todo = _todo(artifact, facts, weekly, policy)
    if touched and todo.step.need is None:
        return [_settled(artifact, facts)]
    words = say(
        "digest.item",
        artifact=artifact,
        **todo.words(),
        why=explain(artifact, to_claim=todo.action is Action.CLAIM),
        owner=facts.name(artifact.owner),
        today=today,
        item=item,
        done_by=facts.name(artifact.changed_by) if touched else "",
    )
    return [line(words), buttons(f"item:{artifact.key}", *item_buttons(artifact, todo.action))]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What somebody asked for about an artifact, `by` their name, that others have to agree to."""

    by: str
    kind: str


@dataclass(frozen=True, slots=True)
class DigestTodo:
    """What there is to do about one artifact: its next step, or nothing but what was asked for."""

    step: NextStep
    asked: AskedFor | None = None

    @property
    def action(self) -> Action:
        return Action.SHOW if self.asked else self.step.action

    def words(self) -> Mapping[str, Any]:
        """What the template is told of it."""
        return {"step": self.step, "asked": self.asked}


def _todo(artifact: Artifact, facts: DigestFacts, weekly: Weekly, policy: Policy) -> DigestTodo:
    """Nobody has to do again what somebody asked for and others have yet to decide."""
    step = next_step(artifact, policy, weekly.at.date())
    asked = facts.waiting.get(artifact.id)
    if asked is None or step.action not in _ANSWERED.get(ApprovalKind(asked.kind), ()):
        return DigestTodo(step)
    return DigestTodo(step, AskedFor(facts.name(asked.asked_by), asked.kind))


def _settled(artifact: Artifact, facts: DigestFacts) -> Block:
    return line(
        say("digest.settled", artifact=artifact, by=facts.name(artifact.changed_by)),
        accessory=act_button(Action.SHOW, artifact.key),
    )


def item_buttons(artifact: Artifact, first: Action) -> list[ButtonElement]:
    """The one thing to do stands out and comes first; Claim only where nobody would be robbed,
    Edit and Retire only where they are that one thing.
    """
    wanted = [Action.CLAIM] if artifact.orphan else []
    wanted += [first] if first in {Action.EDIT, Action.RETIRE} else []
    wanted += [Action.EXTEND, Action.LOG, Action.REVIEW, Action.SHOW]
    wanted.sort(key=lambda action: action is not first)
    return [act_button(action, artifact.key, primary=action is first) for action in wanted]


def _silent(artifact: Artifact, weekly: Weekly, policy: Policy) -> bool:
    """Whether nobody has decided since."""
    day = ignored_on(artifact, policy)
    return day is not None and day <= weekly.at.date()


def _closing(weekly: Weekly, facts: DigestFacts, policy: Policy) -> list[Block]:
    rest = say("digest.rest", weekly=weekly, more=weekly.ephemeral + weekly.retained)
    see_all = button("See the list", "list.open", f"{weekly.scope}")
    blocks: list[Block] = [line(rest, accessory=see_all)] if rest else []
    if weekly.moved:
        blocks.append(line(weekly.moved, accessory=_metrics(weekly)))
    silent = [
        a for number in weekly.ignored if _silent(a := facts.artifacts[number], weekly, policy)
    ]
    if silent:
        blocks.append(quiet(say("digest.silent", silent=silent, more=weekly.more_ignored)))
    budgets: list[Block] = [quiet(words) for words in weekly.budgets]
    blocks += _with_chart(weekly, budgets, here=not weekly.chart_opens)
    blocks += [quiet(words) for words in weekly.asides]
    if weekly.news:
        news = [(facts.artifacts[n.id], n.how, facts.name(n.by)) for n in weekly.news]
        blocks.append(quiet(say("digest.news", news=news, more=weekly.more_news)))
    return blocks
