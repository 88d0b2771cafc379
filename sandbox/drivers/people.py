"""Drivers: one person at a keyboard. Tests call them directly, the page through /control/."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sandbox.api.responses import Responses
from sandbox.blocks.limits import check_options
from sandbox.drivers.fields import Option, Words, options_in, state_for
from sandbox.drivers.forms import Form, answer_submission
from sandbox.drivers.replies import Expect, VisibleReply, Watch, conclude, watching
from sandbox.drivers.typing import command_text, message_text
from sandbox.transport.delivery import Ack, Delivery
from sandbox.transport.events import Events
from sandbox.transport.payloads import Payloads
from sandbox.wire.clock import Clock
from sandbox.wire.wire import Json
from sandbox.workspace.manifest import Shortcut
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.permits import ResponseTarget
from sandbox.workspace.quiescence import Activity
from sandbox.workspace.surfaces import BlockSurface, Control
from sandbox.workspace.views import View
from sandbox.workspace.workspace import Channel, User, Workspace, WorkspaceChange

Act = Callable[[Watch], Awaitable[Expect]]


@dataclass(frozen=True)
class Office:
    """All that a person's acts go through."""

    workspace: Workspace
    payloads: Payloads
    delivery: Delivery
    responses: Responses
    events: Events
    activity: Activity
    clock: Clock


class Person:
    def __init__(self, office: Office, user: User) -> None:
        self._office = office
        self.user = user

    def __repr__(self) -> str:
        return f"<{self.handle}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and other.user is self.user

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def handle(self) -> str:
        return self.user.handle

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def email(self) -> str | None:
        return self.user.email

    @property
    def workspace(self) -> Workspace:
        return self._office.workspace

    # -------------------------------------------------------------------------- reading

    def channel(self, name: str | None = None) -> Channel:
        """`name` as in "payments" or "@bot"; None is general, or the first one they are in."""
        if name is None:
            mine = [one for one in self.workspace.channels_of(self.id) if not one.is_im]
            named = [one for one in mine if one.name == "general"]
            return (named or mine or [self.workspace.dm(self.id)])[0]
        if name in {"@bot", f"@{self.workspace.bot.handle}"}:
            return self.workspace.dm(self.id)
        channel = self.workspace.channel(name)
        if self.id not in channel.members:
            raise LookupError(f"{self.handle} is not in #{channel.name}")
        return channel

    def reads(self, channel: str = "general") -> list[PostedMessage]:
        """Oldest first, with what only they see."""
        return [one for one in self.channel(channel).messages if one.visible_to(self.id)]

    def dms(self) -> list[PostedMessage]:
        return self.reads("@bot")

    @property
    def form(self) -> Form | None:
        """The top of their stack of forms."""
        stack = self.workspace.stack_of(self.id)
        return Form(self, stack[-1]) if stack else None

    @property
    def home(self) -> Form | None:
        home = self.workspace.homes.get(self.id)
        return Form(self, home) if home else None

    # --------------------------------------------------------------------------- typing

    async def types(self, text: str, channel: str | None = None) -> VisibleReply:
        """A slash command if it begins so, else a message."""
        place = self.channel(channel)
        if place.archived:
            raise LookupError(f"#{place.name} is archived: nobody can write there")
        if text.startswith("/"):
            return await self._does(lambda watch: self._command(watch, text, place))
        return await self._does(lambda _: self._says(text, place))

    async def _command(self, watch: Watch, text: str, place: Channel) -> Expect:
        name, _, rest = text.partition(" ")
        manifest = self.workspace.manifest
        command = manifest.commands.get(name)
        if command is None or "commands" not in manifest.scopes:
            watch.error = "not_a_command"
            return Expect.NOTHING
        rest = command_text(rest.strip(), self.workspace, should_escape=command.should_escape)
        payload = self._office.payloads.command(command, rest, self.user, place)
        ack = await self._office.delivery.send("slash_commands", payload)
        target = ResponseTarget(place, self.id, None, self._office.clock.now())
        watch.error = ack.error or self._office.responses.acknowledged(target, ack.body)
        return Expect.ANSWER

    async def _says(self, text: str, place: Channel) -> Expect:
        if place.is_im and not self.workspace.manifest.people_may_write:
            raise LookupError("sending messages to this app has been turned off in its manifest")
        composed = message_text(text, self.workspace)
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        rich = [{"type": "rich_text", "elements": [section]}]
        self.workspace.post(place, self.id, composed, None if "<" in composed else rich)
        place.last_read[self.id] = self.workspace.timestamps.next()
        events = self._office.events
        kinds = [f"message.{place.kind}"] + (["app_mention"] if "<@" in composed else [])
        return Expect.PERHAPS if any(events.wanted(one) for one in kinds) else Expect.NOTHING

    # ------------------------------------------------------------------------- pressing

    async def clicks(
        self,
        message: PostedMessage,
        name: str,
        value: str | None = None,
        *,
        block_id: str | None = None,
        row: str | None = None,
    ) -> VisibleReply:
        """A button of a message by its text or action_id; the rest tells equal ones apart."""
        return await self.presses(
            message, message.control(name, value=value, block_id=block_id, row=row)
        )

    async def presses(self, surface: BlockSurface, control: Control) -> VisibleReply:
        if control.element["type"] != "button":
            raise LookupError(f"{control.label!r} is no button but a {control.element['type']}")
        return await self._does(lambda watch: self._acts(watch, surface, control, {}))

    async def chooses(
        self,
        message: PostedMessage,
        name: str,
        option: Words,
        *,
        block_id: str | None = None,
        row: str | None = None,
    ) -> VisibleReply:
        """In a select, an overflow menu, a date picker, ... of a message."""
        control = message.control(name, block_id=block_id, row=row)
        offered = await self._offered(message, control, option)
        state = state_for(control.element, option, self.workspace, offered)
        return await self.picks(message, control, state)

    async def picks(self, surface: BlockSurface, control: Control, state: Json) -> VisibleReply:
        if control.element["type"] != "overflow":
            surface.state[control.key] = state
        chosen = {key: value for key, value in state.items() if key != "type"}
        return await self._does(lambda watch: self._acts(watch, surface, control, chosen))

    async def _acts(
        self, watch: Watch, surface: BlockSurface, control: Control, chosen: Json
    ) -> Expect:
        payloads = self._office.payloads
        if isinstance(surface, PostedMessage):
            self._must_see(surface)
            payload = payloads.message_action(surface, self.user, chosen, control)
        elif isinstance(surface, View):
            payload = payloads.view_action(surface, self.user, chosen, control)
        watch.error = (await self._interacts(payload)).error
        answered = control.element["type"] == "button" and not control.element.get("url")
        return Expect.ANSWER if answered else Expect.PERHAPS

    async def _interacts(self, payload: Json) -> Ack:
        if not self.workspace.manifest.interactivity:
            return Ack(error="interactivity_disabled")
        return await self._office.delivery.send("interactive", payload)

    async def _offered(
        self, message: PostedMessage, control: Control, words: Words
    ) -> list[Option]:
        if "external" not in control.element["type"]:
            return []
        listed = words if isinstance(words, Sequence) and not isinstance(words, str) else [words]
        found = [await self.suggestions(message, control, str(one)) for one in listed]
        return [option for options in found for option in options]

    async def suggestions(
        self, surface: BlockSurface, control: Control, typed: str
    ) -> list[Option]:
        """Options from the app; none while fewer characters are typed than it wants (3)."""
        if len(typed) < control.element.get("min_query_length", 3):
            return []
        by_socket = self._office.delivery.sockets.connected
        if not by_socket and not self.workspace.manifest.options_over_http:
            raise LookupError("the manifest has no message_menu_options_url to ask for options")
        payload = self._office.payloads.suggestion(surface, self.user, control, typed)
        ack = await self._interacts(payload)
        if ack.error:
            raise LookupError(f"no options for {typed!r}: {ack.error}")
        if problems := check_options(ack.body):
            raise ValueError(f"Slack would show none of these options: {problems}")
        found = options_in(ack.body)
        surface.offer(control, [one.source for one in found])
        return found

    # ------------------------------------------------------------------- forms, shortcuts

    async def submits(self, view: View) -> VisibleReply:
        return await self._does(lambda watch: self._submission(watch, view))

    async def _submission(self, watch: Watch, view: View) -> Expect:
        payload = self._office.payloads.submission(view, self.user)
        ack = await self._interacts(payload)
        watch.error = answer_submission(self.workspace, view, ack)
        if view.errors:
            watch.views.append(view)
            self.workspace.changed(WorkspaceChange("view.updated", user=self.id, view=view))
        return Expect.ANSWER

    async def closes(self, view: View, *, everything: bool = False) -> VisibleReply:
        stack = self.workspace.stack_of(self.id)
        closing = stack[::-1] if everything else [view]
        self.workspace.close_views(closing)
        told = [one for one in closing if one.source.get("notify_on_close")]
        return await self._does(lambda _: self._closing(told, cleared=everything))

    async def _closing(self, views: Sequence[View], *, cleared: bool) -> Expect:
        for view in views:
            payload = self._office.payloads.closing(view, self.user, cleared=cleared)
            await self._interacts(payload)
        return Expect.PERHAPS if views else Expect.NOTHING

    async def shortcut(self, callback_id: str) -> VisibleReply:
        """A global shortcut, from the lightning menu."""
        shortcut = self._shortcut(callback_id, on_message=False)
        payload = self._office.payloads.shortcut(shortcut, self.user)
        return await self._does(lambda watch: self._sends(watch, payload))

    async def message_shortcut(self, message: PostedMessage, callback_id: str) -> VisibleReply:
        """From the menu of a message."""
        self._must_see(message)
        shortcut = self._shortcut(callback_id, on_message=True)
        payload = self._office.payloads.message_shortcut(shortcut, self.user, message)
        return await self._does(lambda watch: self._sends(watch, payload))

    def _shortcut(self, callback_id: str, *, on_message: bool) -> Shortcut:
        known = self.workspace.manifest.shortcuts
        shortcut = known.get(callback_id)
        if shortcut is None or shortcut.on_message != on_message:
            raise LookupError(f"the manifest has no such shortcut {callback_id!r}: {list(known)}")
        return shortcut

    async def _sends(self, watch: Watch, payload: Json) -> Expect:
        ack = await self._interacts(payload)
        watch.error = ack.error
        return Expect.ANSWER

    async def opens_home(self) -> Form:
        """The app's Home tab; LookupError if the app never published one."""
        await self._does(self._home_opened)
        if self.home is None:
            raise LookupError(f"the app has published no Home for {self.handle}")
        return self.home

    async def _home_opened(self, _: Watch) -> Expect:
        told = self._office.events.opened_home(self.user, "home")
        return Expect.PERHAPS if told else Expect.NOTHING

    async def opens_dm(self) -> VisibleReply:
        """The app's Messages tab."""
        return await self._does(self._dm_opened)

    async def _dm_opened(self, _: Watch) -> Expect:
        told = self._office.events.opened_home(self.user, "messages")
        return Expect.PERHAPS if told else Expect.NOTHING

    def sees(self, channel: str | None = None) -> None:
        """Marks all that is there as read."""
        place = self.channel(channel)
        place.last_read[self.id] = self.workspace.timestamps.next()
        self.workspace.changed(WorkspaceChange("read", place.id, self.id))

    # ------------------------------------------------------------------------- together

    async def _does(self, act: Act) -> VisibleReply:
        if self.user.deleted:
            raise LookupError(f"{self.handle} is deactivated and cannot do anything")
        activity = self._office.activity
        with watching(self.workspace, self.user) as watch, activity.act():
            expect = await act(watch)
            await conclude(watch, activity, expect)
            return self._reply(watch)

    def _reply(self, watch: Watch) -> VisibleReply:
        open_views = [one for one in watch.views if one.id in self.workspace.views]
        form = Form(self, open_views[-1]) if open_views else None
        return VisibleReply(watch.messages, watch.updated, form, watch.error)

    def _must_see(self, message: PostedMessage) -> None:
        inside = message.ephemeral or self.id in message.home.members
        if not (inside and message.visible_to(self.id)):
            raise LookupError(f"{self.handle} does not see {message!r}")
