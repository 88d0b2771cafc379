"""What one person gets to see after one act."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.quiescence import Activity
from sandbox.workspace.views import View
from sandbox.workspace.workspace import User, Workspace, WorkspaceChange

if TYPE_CHECKING:
    from sandbox.drivers.forms import Form

# Seconds to hope for something to see: an answer that is due, and anything more; and as long as the
# app is at work.
HERE, ELSEWHERE, BUSY = 0.5, 5.0, 30.0
MORE_HERE, MORE_ELSEWHERE = 0.03, 0.3


class Expect(Enum):
    """How long to wait while there is nothing to see."""

    ANSWER = "an answer is due"
    PERHAPS = "the app may say something"
    NOTHING = "nobody was told"


@dataclass
class VisibleReply:
    """`messages` are new, `updated` changed; `error` is what Slack's client would show."""

    messages: list[PostedMessage] = field(default_factory=list)
    updated: list[PostedMessage] = field(default_factory=list)
    form: "Form | None" = None
    error: str | None = None

    @property
    def text(self) -> str:
        """Everything there is to read, new messages first."""
        return "\n".join(one.shown for one in [*self.messages, *self.updated])

    @property
    def message(self) -> PostedMessage:
        """The only message, new or changed."""
        every = [*self.messages, *self.updated]
        if len(every) != 1:
            raise LookupError(f"{len(every)} messages, not one: {every}")
        return every[0]

    @property
    def ephemeral(self) -> bool:
        """Whether nobody else sees any of it."""
        return all(one.ephemeral for one in [*self.messages, *self.updated])

    @property
    def errors(self) -> dict[str, str]:
        """The open form's complaints by label."""
        return self.form.errors if self.form else {}


class Watch:
    """Collects the changes that this person notices."""

    def __init__(self, workspace: Workspace, user: User) -> None:
        self.messages: list[PostedMessage] = []
        self.updated: list[PostedMessage] = []
        self.views: list[View] = []
        self.error: str | None = None
        self.elsewhere = False
        self._workspace = workspace
        self._user = user

    @property
    def noticed(self) -> bool:
        return bool(self.error or self.messages or self.updated or self.views)

    @property
    def waiting_view(self) -> bool:
        """A form without a submit may be a "please wait" that the app will replace."""
        last = self.views[-1] if self.views else None
        only_views = not (self.messages or self.updated or self.error)
        is_form = last is not None and last.source["type"] == "modal"
        return only_views and is_form and not (last and last.source.get("submit"))

    def see(self, change: WorkspaceChange) -> None:
        if change.view is not None:
            self._see_view(change, change.view)
        elif change.message is not None and change.message.user == self._workspace.bot.id:
            self._see_message(change, change.message)

    def _see_view(self, change: WorkspaceChange, view: View) -> None:
        if change.user == self._user.id and change.kind != "view.closed":
            self.views.append(view)

    def _see_message(self, change: WorkspaceChange, message: PostedMessage) -> None:
        if not self._reads(message):
            self.elsewhere = True
        elif change.kind == "message.posted":
            self.messages.append(message)
        elif change.kind == "message.updated" and message not in [*self.messages, *self.updated]:
            self.updated.append(message)
        elif change.kind == "message.deleted":
            self.elsewhere = True
            self.messages = [one for one in self.messages if one is not message]

    def _reads(self, message: PostedMessage) -> bool:
        if message.ephemeral:
            return message.only_for == self._user.id
        return self._user.id in message.home.members


@contextmanager
def watching(workspace: Workspace, user: User) -> Iterator[Watch]:
    watch = Watch(workspace, user)
    stop = workspace.listen(watch.see)
    try:
        yield watch
    finally:
        stop()


async def conclude(watch: Watch, activity: Activity, expect: Expect) -> None:
    """Returns when the app is done and there is something to see, or no more is to be hoped for."""
    if expect is Expect.NOTHING:
        return
    started = time.monotonic()
    while await activity.calm(started + BUSY):
        if watch.noticed and not watch.waiting_view:
            return
        if not await activity.stir(_until(watch, activity, expect, started)):
            return


def _until(watch: Watch, activity: Activity, expect: Expect, started: float) -> float:
    here = activity.lives_here
    if expect is Expect.PERHAPS or watch.waiting_view or watch.elsewhere:
        return time.monotonic() + (MORE_HERE if here else MORE_ELSEWHERE)
    return started + (HERE if here else ELSEWHERE)
