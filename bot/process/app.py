"""The Bolt app: one listener for each way Slack calls, dispatching from the features' table."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse

from bot.features import home
from bot.features.subscribe import stop_where_shared
from bot.features.table import BUTTONS, CARDS, FORMS, OPEN_TO_ALL, SHORTCUTS, verb_for
from bot.process.http import MALFORMED
from bot.process.replies import answer_command, answer_press, deliver, in_time, reference, settled
from bot.slack import picker
from bot.slack.call import Answer, Bot, Call, Modal, Origin, Reply, admitted
from bot.slack.feature import Run
from bot.slack.form_state import FieldRefused, FormState
from bot.slack.forms import PICK
from briefings.messages.message import plainly
from briefings.words.words import inert, say
from debt.policy.roles import require_may
from debt.policy.vocabulary import Act
from debt.refusal import Refused
from storage.messages import events

log = logging.getLogger(__name__)
_ANY = re.compile("")


def build(bot: Bot, signing_secret: str) -> AsyncApp:
    """HTTP and Socket Mode use the same app; every listener answers within 3 s."""
    app = AsyncApp(
        name="debt",  # else Bolt reads the whole stack's sources to find one
        client=bot.client,
        signing_secret=signing_secret,
        process_before_response=True,
    )
    app.middleware(_for_us(bot))
    listeners = Listeners(bot)
    app.command("/debt")(listeners.command)
    app.action(_ANY)(listeners.press)
    app.view(_ANY)(listeners.submission)
    app.options(PICK)(listeners.options)
    app.shortcut(_ANY)(listeners.shortcut)
    app.event("message")(listeners.message)
    app.event("channel_shared")(listeners.channel_shared)
    app.event("app_home_opened")(listeners.home_opened)
    app.event("user_change")(listeners.user_changed)
    app.event("team_join")(listeners.user_changed)
    app.error(failed)
    return app


def _for_us(bot: Bot) -> Callable[..., Awaitable[BoltResponse]]:
    """Refuses what Slack signed for another app: it gets no answer and is not acted on."""

    async def check(
        body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        if bot.installation.is_for_us(body):
            return await next_()
        log.warning("request refused: it is for the app %r", body.get("api_app_id"))
        return BoltResponse(status=403, body="this is another app")

    return check


class Listeners:
    """A method for each kind of Slack payload: finds the feature, and sends its answer."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def _origin(
        self,
        body: Mapping[str, Any],
        slack_id: str,
        payload: str,
        channel: str | None = None,
        respond: str | None = None,
    ) -> Origin:
        """Who acts is what Slack signed, never what came back out of a form or a button."""
        here = self._bot.installation.is_from_here(body)
        return Origin(slack_id, channel, respond, here=here, payload=payload)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        run, words = verb_for(body.get("text") or "")
        trigger_id = body["trigger_id"]
        where = body["channel_id"], body["response_url"]
        origin = self._origin(body, body["user_id"], f"command:{trigger_id}", *where)
        work = perform(self._bot, origin, run, words=words)
        await answer_command(self._bot, ack, origin, trigger_id, work)

    async def press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        action, trigger_id = body["actions"][0], body["trigger_id"]
        press = f"press:{action['action_id']}:{action['block_id']}:{action['action_ts']}"
        origin = _pressed_in(body, self._origin(body, body["user"]["id"], press))
        run = BUTTONS.get(action["action_id"].partition("#")[0], _outdated)
        await ack()
        work = perform(self._bot, origin, run, value=_value_of(action))
        self._bot.tasks.leave(answer_press(self._bot, origin, trigger_id, work))

    async def submission(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Errors go back into the form at their field; an answer closes it or takes its place."""
        view = body["view"]
        submission = f"form:{view['id']}:{view['hash']}"
        origin = self._origin(body, body["user"]["id"], submission)
        origin = origin.opened_at(view["private_metadata"])
        run = FORMS.get(view["callback_id"], _outdated)
        state = FormState(view["state"]["values"])
        work = _at_its_field(view, perform(self._bot, origin, run, state=state, view=view))
        task = await in_time(self._bot, settled(work, in_form=True))
        if not task.done():
            await ack()
            self._bot.tasks.leave(self._late(origin, task))
        else:
            await self._answer_form(ack, origin, task)

    async def _answer_form(self, ack: AsyncAck, origin: Origin, task: asyncio.Task[Answer]) -> None:
        try:
            answer = task.result()
        except FieldRefused as refusal:
            await ack(response_action="errors", errors={refusal.block_id: str(refusal)})
            return
        if isinstance(answer, Modal):
            await ack(response_action="update", view=answer.view)
            return
        await ack()
        self._bot.tasks.leave(deliver(self._bot, origin, answer))

    async def _late(self, origin: Origin, task: asyncio.Task[Answer]) -> None:
        """Sends the answer as a message, for a form that was closed before it came."""
        try:
            answer = await task
        except FieldRefused as refusal:
            answer = Reply(plainly(inert(str(refusal))))
        if isinstance(answer, Reply):
            await deliver(self._bot, origin, answer)

    async def options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Artifacts to choose from; none where they cannot be looked up, and the log says why."""
        typed, slack_id = str(body.get("value") or ""), body["user"]["id"]
        try:
            here = self._bot.installation.is_from_here(body)
            offered = await picker.suggestions(self._bot, slack_id, typed) if here else []
        except Exception as error:  # noqa: BLE001  # as for every answer
            reference(error)
            offered = []
        await ack(options=offered)

    async def shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        channel = (body.get("channel") or {}).get("id")
        run, trigger_id = SHORTCUTS.get(body["callback_id"], _outdated), body["trigger_id"]
        where = channel, body.get("response_url")
        origin = self._origin(body, body["user"]["id"], f"shortcut:{trigger_id}", *where)
        await ack()
        work = perform(self._bot, origin, run, message=body.get("message") or {})
        self._bot.tasks.leave(answer_press(self._bot, origin, trigger_id, work))

    async def message(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        direct = event.get("channel_type") == "im"
        if direct and not event.get("subtype") and "bot_id" not in event:
            self._bot.tasks.leave(
                self._direct_words(body["event_id"], self._direct(body, event), event)
            )

    async def channel_shared(self, event: dict[str, Any]) -> None:
        self._bot.tasks.leave(stop_where_shared(self._bot, str(event["channel"])))

    async def home_opened(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            self._bot.tasks.leave(home.opened(self._bot, body["event_id"], event["user"]))

    async def user_changed(self, event: dict[str, Any]) -> None:
        """Whoever became a guest, or an admin no more, is that from the next request on."""
        self._bot.tasks.leave(self._bot.people.changed(event["user"]))

    def _direct(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> Origin:
        origin = self._origin(body, event["user"], "", event["channel"])
        return replace(origin, direct=True)

    async def _direct_words(self, event_id: str, origin: Origin, event: Mapping[str, Any]) -> None:
        """In a DM the words work without the slash; a repeated event is not acted on again."""
        async with self._bot.store.change() as session:
            if not await events.first_time(session, event_id, self._bot.now()):
                return
        text = str(event.get("text") or "").removeprefix("/debt ")
        run, words = verb_for(text)
        answer = await settled(perform(self._bot, origin, run, words=words))
        if isinstance(answer, Modal):
            answer = Reply(picker.offer_form(text))
        await deliver(self._bot, origin, answer)


async def perform(bot: Bot, origin: Origin, run: Run, **given: Any) -> Answer:
    """Has a feature answer a member of the workspace who may see the register.

    A card shows the new state in place; so does the Home tab of everybody it concerns.
    """
    call = await admitted(bot, origin, **given)
    if run not in OPEN_TO_ALL:
        require_may(Act.SEE, call.who.slack_id, call.powers, call.policy)
    answer = await run(call)
    if bot.store.concerned:
        bot.tasks.leave(home.freshen(bot, but=origin.slack_id if origin.home else None))
    draw = CARDS.get(origin.card)
    if isinstance(answer, Reply) and answer.changed and draw:
        return answer.in_place((await draw(call, answer.changed.id)).blocks)
    return answer


async def _at_its_field(view: Mapping[str, Any], work: Awaitable[Answer]) -> Answer:
    """The answer; a refusal becomes one of the field concerned, else of the form's first field."""
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    try:
        return await work
    except FieldRefused:
        raise
    except Refused as refusal:
        fields = [field for field in inputs if field == refusal.field] or inputs
        if not fields:
            raise
        raise FieldRefused(fields[0], str(refusal)) from None


def _pressed_in(body: Mapping[str, Any], origin: Origin) -> Origin:
    """Where the button was; `ts` only for a message that others see too, which is redrawn."""
    if (body.get("view") or {}).get("type") == "home":
        return replace(origin, home=True)
    container = body["container"]
    alone = bool(container.get("is_ephemeral"))
    kind = body["actions"][0]["block_id"].partition(":")[0]
    return replace(
        origin,
        channel=container.get("channel_id"),
        respond=body.get("response_url"),
        ts=None if alone else container.get("message_ts"),
        card=kind if alone and kind in CARDS else "",
    )


def _value_of(action: Mapping[str, Any]) -> str:
    """A button's value, or that of the option chosen in a menu."""
    chosen = action.get("selected_option") or action
    return str(chosen.get("value") or "")


async def _outdated(_call: Call) -> Answer:
    raise Refused("That button is from an older version of me. Say “help” to see what I do now.")


async def failed(error: Exception) -> BoltResponse:
    """HTTP 400 for a malformed payload; for any other error, words with a reference."""
    if isinstance(error, MALFORMED):
        log.warning("malformed payload error=%r", error)
        return BoltResponse(status=400, body="malformed payload")
    return BoltResponse(status=200, body=say("errors.unexpected", reference=reference(error)))
