"""A form (or Home tab) in a person's hands."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.blocks.limits import check_view
from sandbox.drivers.fields import (
    Option,
    Words,
    complaint,
    offered_for,
    options_in,
    state_for,
    words_of,
)
from sandbox.drivers.replies import VisibleReply
from sandbox.transport.delivery import Ack
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.surfaces import Control
from sandbox.workspace.views import STACK, View
from sandbox.workspace.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.drivers.people import Person


class Form:
    """Follows the view: what the app updates shows here at once."""

    def __init__(self, person: "Person", view: View) -> None:
        self.person = person
        self.view = view

    def __repr__(self) -> str:
        return f"<Form {self.title!r} of {self.person.handle}: {self.values}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and other.view is self.view

    __hash__ = None  # type: ignore[assignment]  # Python's way to say unhashable

    # -------------------------------------------------------------------------- reading

    @property
    def title(self) -> str:
        return self.view.title

    @property
    def closed(self) -> bool:
        return self.view.closed

    @property
    def shown(self) -> str:
        return self.view.shown

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def buttons(self) -> list[str]:
        return self.view.buttons

    @property
    def pings(self) -> set[str]:
        return self.view.pings

    @property
    def links(self) -> list[str]:
        return self.view.links

    @property
    def labels(self) -> list[str]:
        return [one.label for one in self._inputs()]

    @property
    def values(self) -> dict[str, str]:
        """By label, in words; names for ids, chosen options by their text."""
        return {c.label: words_of(self.view, c, self._workspace) for c in self._fields()}

    @property
    def errors(self) -> dict[str, str]:
        labels = {one.block["block_id"]: one.label for one in self._inputs()}
        return {labels[block_id]: words for block_id, words in self.view.errors.items()}

    def options(self, label: str) -> list[Option]:
        """What can be chosen there now: the fixed options, or what was found last."""
        control = self._control(label)
        return offered_for(self.view, control, None) or options_in(control.element)

    # -------------------------------------------------------------------------- filling

    def fill(self, label: str, words: Words) -> None:
        """Type into a field, or choose in a select; None empties it."""
        control = self._control(label)
        offered = offered_for(self.view, control, words)
        self.set(control, state_for(control.element, words, self._workspace, offered))

    def choose(self, label: str, option: str | Sequence[str] | None) -> None:
        """By the option's text, its value, or a part of the text that only it has."""
        self.fill(label, option)

    async def search(self, label: str, typed: str) -> list[Option]:
        """Type-ahead: ask the app for options (external selects)."""
        control = self._control(label)
        return await self.person.suggestions(self.view, control, typed)

    def set(self, control: Control, state: Json) -> None:
        self.view.state[control.key] = state
        self.view.errors.pop(control.block["block_id"], None)

    # --------------------------------------------------------------------------- acting

    async def clicks(
        self,
        name: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        row: str | None = None,
    ) -> VisibleReply:
        """A button on the form or the Home tab."""
        control = self.view.control(name, value=value, block_id=block_id, row=row)
        return await self.person.presses(self.view, control)

    async def chooses(self, label: str, option: str | Sequence[str] | None) -> VisibleReply:
        """Choose where the app wants to know at once (dispatch_action, selects in sections)."""
        self.choose(label, option)
        control = self._control(label)
        return await self.person.picks(self.view, control, self.view.state[control.key])

    async def submit(self) -> VisibleReply:
        """Nothing is sent while Slack's own client would complain: see `errors`."""
        if self.closed:
            raise LookupError(f"{self.title!r} is closed already")
        self.view.errors = {
            c.block["block_id"]: words for c in self._inputs() if (words := complaint(self.view, c))
        }
        if self.view.errors:
            return VisibleReply(form=self)
        return await self.person.submits(self.view)

    async def close(self, *, everything: bool = False) -> VisibleReply:
        """Cancel this form; with `everything` the whole stack."""
        return await self.person.closes(self.view, everything=everything)

    # -------------------------------------------------------------------------- finding

    @property
    def _workspace(self) -> Workspace:
        return self.person.workspace

    def _inputs(self) -> Iterator[Control]:
        return (one for one in self.view.controls() if one.block["type"] == "input")

    def _fields(self) -> Iterator[Control]:
        stateless = {"button", "overflow"}
        return (one for one in self.view.controls() if one.element["type"] not in stateless)

    def _control(self, label: str) -> Control:
        fields = list(self._fields())
        found = [one for one in fields if one.is_called(label) or one.block["block_id"] == label]
        if len(found) != 1:
            offered = [one.label for one in fields]
            raise LookupError(f"{len(found)} fields are called {label!r} among {offered}")
        return found[0]


def answer_submission(workspace: Workspace, view: View, ack: Ack) -> str | None:
    """Does what the app answered to a submission; the words for an answer that makes no sense."""
    if ack.error:
        return ack.error
    action = ack.body.get("response_action") if isinstance(ack.body, dict) else None
    try:
        _ANSWERS[action](workspace, view, ack.body)
    except (KeyError, SlackError) as problem:
        details = problem.body() if isinstance(problem, SlackError) else problem
        return f"invalid_response_action: {details}"
    return None


def _close(workspace: Workspace, view: View, _: Any) -> None:
    workspace.close_views([view])


def _clear(workspace: Workspace, view: View, _: Any) -> None:
    workspace.close_views(reversed(workspace.stack_of(view.user)))


def _errors(_: Workspace, view: View, body: Json) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    unknown = set(body["errors"]) - inputs
    if unknown or not body["errors"]:
        raise SlackError("invalid_errors", unknown=sorted(unknown), inputs=sorted(inputs))
    view.errors = dict(body["errors"])


def _update(workspace: Workspace, view: View, body: Json) -> None:
    check_view(body["view"], "modal")
    workspace.update_view(view, body["view"])


def _push(workspace: Workspace, view: View, body: Json) -> None:
    check_view(body["view"], "modal")
    if len(workspace.stack_of(view.user)) >= STACK:
        raise SlackError("push_limit_reached")
    workspace.push_view(view, body["view"])


_ANSWERS = {None: _close, "clear": _clear, "errors": _errors, "update": _update, "push": _push}
