"""A release train: a name, a first and a last day; artifacts board it and leave it (R11)."""

import re
from dataclasses import dataclass
from datetime import date

from debt.refusal import Refused
from debt.rules.hours import Span

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.I | re.ASCII)


@dataclass(frozen=True, slots=True)
class Train:
    name: str
    first: date
    last: date

    @property
    def span(self) -> Span:
        return Span(f"train {self.first} to {self.last}", self.first, self.last)


def require_train(train: Train, today: date) -> None:
    """Refused, at its field, for what is no train, or one that would be over already."""
    if not _NAME.fullmatch(train.name):
        why = "A train’s name is one word of letters, digits, dots and dashes, such as 2027.1."
        raise Refused(why, field="name")
    if train.last < today:
        raise Refused("Choose a last day that is still to come.", field="last")
    if train.last < train.first:
        raise Refused("Its last day is not before its first one.", field="last")


def require_running(train: Train, today: date) -> None:
    """Refused for a train that is over: what it has cost stays as it was."""
    if train.last < today:
        raise Refused(f"train:{train.name} ended on {train.last}; it stays as it was.")


def require_boarding(since: date, today: date) -> None:
    if since > today:
        raise Refused("They are aboard from today on, or from an earlier day.", field="since")


def last_day_of(train: Train, today: date) -> date:
    """Today, or the day on which it ended: what is asked of a train that is over was so then."""
    return min(today, train.last)
