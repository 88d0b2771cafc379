"""Deciding about what others asked for (R27): approve, reject, take back, withdraw; the list."""

from collections.abc import Awaitable, Callable, Sequence

from slack_sdk.models.blocks import Block

from bot.slack.call import Answer, Call, Modal, Reply
from bot.slack.feature import Feature, Verb
from bot.slack.form_state import at
from bot.slack.forms import form, select_input, text_input
from briefings.messages.message import Message, buttons, line, plainly, quiet
from briefings.notices import approvals as approval_notice
from briefings.notices.approvals import ApprovalFacts
from briefings.words.words import readable, say
from debt.change import Change
from debt.refusal import Refused
from debt.rules.approval import waits_for
from storage.database.store import Session
from storage.lifecycle import approvals, requests
from storage.lifecycle.approvals import DecidedRequest
from storage.lifecycle.maintenance import Requested

SHOWN = 20
_LOOKED_AT = 500
_Act = Callable[[Session, Change, int], Awaitable[DecidedRequest]]


async def requested(session: Session, request: Requested) -> Reply:
    """The answer to who asked: how many approvals it takes, and where they were asked for."""
    about = ApprovalFacts(request.approval, request.artifact)
    places = await requests.asked_at(session, request.approval)
    words = say("approvals.requested", **about.words(), why=request.why, places=places)
    return Reply(plainly(words))


async def _decide(call: Call, act: _Act, macro: str) -> Reply:
    """Members of groups are asked of Slack first, so that a vote counts as of now."""
    await call.bot.groups.refresh()
    async with call.changing() as session:
        decided = await act(session, call.change, int(call.value))
    words = say(
        f"approvals.{macro}",
        decided=decided,
        **ApprovalFacts(decided.approval, decided.artifact).words(),
    )
    return Reply(plainly(words), changed=None if decided.open else decided.artifact)


async def _approve(call: Call) -> Answer:
    return await _decide(call, approvals.approve, "voted")


async def _take_back(call: Call) -> Answer:
    return await _decide(call, approvals.withdraw_vote, "taken_back")


async def _withdraw(call: Call) -> Answer:
    return await _decide(call, approvals.withdraw, "withdrawn")


async def _reject_form(call: Call) -> Answer:
    async with call.store.read() as session:
        approval = await approvals.decidable(session, call.change, int(call.value))
        about = await approval_notice.asked(session, approval)
    question = readable(say("approvals.asks", **about.words()))
    blocks = [
        select_input("request", "Request", [(about.number, question)], initial=about.number),
        text_input("reason", "Reason", multiline=True, longest=500),
    ]
    return Modal(form(call, "approval.reject.form", "Reject", "Reject", blocks))


async def _rejected(call: Call) -> Answer:
    number, reason = call.state.choice("request"), call.state.text("reason")
    if number is None:
        raise Refused("Choose a request.")
    await call.bot.groups.refresh()
    with at("reason"):
        async with call.changing() as session:
            decided = await approvals.reject(session, call.change, int(number), reason)
    about = ApprovalFacts(decided.approval, decided.artifact)
    return Reply(plainly(say("approvals.rejected", decided=decided, **about.words())))


async def list_(call: Call) -> Answer:
    """What waits for this person to decide, then what they asked for themselves."""
    async with call.store.read() as session:
        waiting = [
            await approval_notice.asked(session, request)
            for request in await requests.open_requests(session, _LOOKED_AT)
        ]
    me = call.who.slack_id
    theirs = [request for request in waiting if _for_me(call, request)]
    mine = [
        request for request in waiting if request.approval.asked_by == me and request not in theirs
    ]
    return Reply(_message(theirs, mine, me))


def _for_me(call: Call, request: ApprovalFacts) -> bool:
    me, roster = call.who.slack_id, call.bot.groups.roster
    asked_by = request.approval.asked_by
    return me not in {vote.person for vote in request.votes} and waits_for(
        request.needed, me, asked_by, request.artifact, call.policy, roster
    )


def _message(theirs: Sequence[ApprovalFacts], mine: Sequence[ApprovalFacts], me: str) -> Message:
    shown, own = theirs[:SHOWN], mine[: max(0, SHOWN - len(theirs))]
    title = say("approvals.for_you", count=len(theirs))
    blocks: list[Block] = [line(title)]
    blocks += [block for request in shown for block in _row("decide", request, me)]
    if own:
        blocks.append(line(say("approvals.by_you")))
        blocks += [block for request in own for block in _row("mine", request, me)]
    if more := len(theirs) + len(mine) - len(shown) - len(own):
        blocks.append(quiet(say("approvals.more", count=more)))
    return Message(title, tuple(blocks))


def _row(part: str, request: ApprovalFacts, me: str) -> list[Block]:
    """A request with the buttons that its reader may use; nobody else sees the list."""
    of_no_use = {"approval.back"}
    of_no_use |= {"approval.approve", "approval.reject"} if part == "mine" else set()
    of_no_use |= {"approval.withdraw"} if request.approval.asked_by != me else set()
    acts = [act for act in approval_notice.choices(request) if act.action_id not in of_no_use]
    return [
        line(say("approvals.listed", **request.words())),
        buttons(f"{part}:{request.number}", *acts),
    ]


FEATURE = Feature(
    verbs=(Verb("approvals", "", "what waits for you to decide, and what you asked for", list_),),
    buttons={
        "approval.approve": _approve,
        "approval.reject": _reject_form,
        "approval.back": _take_back,
        "approval.withdraw": _withdraw,
    },
    forms={"approval.reject.form": _rejected},
)
