"""What a feature declares: its verbs, buttons, forms and shortcuts, and what runs for each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.slack.call import Answer, Call
from briefings.messages.message import Message

Run = Callable[[Call], Awaitable[Answer]]
Draw = Callable[[Call, int], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after `/debt`; usage and summary make its help."""

    name: str
    usage: str
    summary: str
    run: Run


@dataclass(frozen=True, slots=True)
class Feature:
    """`buttons` by action id, `forms` by the callback id of their submission.

    `cards` draw an artifact as it is now in a person's own message, wherever a button was pressed
    whose block id begins with their name and a colon.
    """

    verbs: tuple[Verb, ...] = ()
    buttons: Mapping[str, Run] = field(default_factory=dict)
    forms: Mapping[str, Run] = field(default_factory=dict)
    shortcuts: Mapping[str, Run] = field(default_factory=dict)
    cards: Mapping[str, Draw] = field(default_factory=dict)
