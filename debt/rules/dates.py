"""Default dates, extensions and reviews (R3, R4)."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from debt.artifact.artifact import Artifact, Label
from debt.artifact.lifecycle import require_live
from debt.policy.policy import Policy
from debt.refusal import Refused
from debt.rules.tier import tier
from debt.text import quoted

TEN_YEARS = timedelta(days=3_653)
_FROM_NOW = re.compile(r"\+?([0-9]{1,6})\s*(d|w|m|days?|weeks?|months?)", re.I | re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def shifted(day: date, days: int) -> date:
    """That many days later, or earlier; the calendar's own ends are as far as it goes."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def default_expiry(kind: str, label: Label, created_on: date, policy: Policy) -> date | None:
    """The shorter of what kind and label give; a durable artifact takes its kind's days."""
    days = _shorter(policy.kind(kind).expires_after_days, policy.label(label).expires_after_days)
    return shifted(created_on, days) if days else None


def default_review(kind: str, label: Label, today: date, policy: Policy) -> date | None:
    """The next review from today, by the shorter cadence of kind and label."""
    days = _shorter(policy.kind(kind).review_every_days, policy.label(label).review_every_days)
    return shifted(today, days) if days else None


def _shorter(*days: int | None) -> int | None:
    return min((each for each in days if each), default=None)


def parse_day(text: str) -> date:
    """`2027-01-31`; anything else, the thirtieth of February too, is refused."""
    if _ISO.fullmatch(text.strip()):
        with suppress(ValueError):
            return date.fromisoformat(text.strip())
    raise Refused(f"{quoted(text)} is not a date. Dates look like 2027-01-31.")


def looks_like_day(text: str) -> bool:
    return bool(_ISO.fullmatch(text.strip()))


def parse_until(text: str, base: date) -> date:
    """`30d`, `2w` or `3m` (30-day months) counted from base, or an ISO date."""
    match = _FROM_NOW.fullmatch(text.strip())
    if match:
        return shifted(base, int(match[1]) * {"d": 1, "w": 7, "m": 30}[match[2][0].lower()])
    if _ISO.fullmatch(text.strip()):
        return parse_day(text)
    raise Refused(
        f"{quoted(text)} is neither a time nor a date. Say 30d, 2w or a date like 2027-01-31."
    )


def looks_like_until(text: str) -> bool:
    return any(form.fullmatch(text.strip()) for form in (_FROM_NOW, _ISO))


def extension_base(artifact: Artifact, today: date) -> date:
    """Where “30d” is counted from: the end date, or today once that has passed."""
    return max(today, artifact.expires_on or today)


class PastCap(Refused):
    """More than the tier allows; its words are a clause that says by what."""


@dataclass(frozen=True, slots=True)
class Extension:
    until: date
    days: int
    left: int
    days_left: int


def extension(
    artifact: Artifact, until: date, reason: str, today: date, policy: Policy
) -> Extension:
    """What the extension comes to. Refused with what is wrong with it; PastCap where the tier
    leaves it to others to agree.
    """
    days = extension_days(artifact, until, reason, today)
    name, limit = tier(artifact, policy), policy.tier(tier(artifact, policy))
    _require_within(artifact, days, str(name), limit.extensions, limit.extension_days)
    return Extension(
        until,
        days,
        limit.extensions - artifact.extensions - 1,
        limit.extension_days - artifact.extended_days - days,
    )


def extension_days(artifact: Artifact, until: date, reason: str, today: date) -> int:
    """By how many days the end date would move, whoever has to agree to it."""
    require_live(artifact.key, artifact.stage)
    require_reason(reason)
    base = extension_base(artifact, today)
    _require_sensible(artifact, until, today, base)
    return (until - base).days


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("An extension needs its reason: it is what the next reader will ask for.")


def _require_sensible(artifact: Artifact, until: date, today: date, base: date) -> None:
    if until <= today:
        raise Refused(f"{until.isoformat()} is not in the future; an extension ends after today.")
    if until - today > TEN_YEARS:
        raise Refused(
            f"{until.isoformat()} is more than ten years away; choose a date people will see."
        )
    if until <= base:
        raise Refused(f"{artifact.key} already runs until {base.isoformat()}; choose a later date.")


def _require_within(artifact: Artifact, days: int, tier_name: str, count: int, total: int) -> None:
    if count == 0:
        raise PastCap(f"the {tier_name} tier allows no extension")
    if artifact.extensions >= count:
        times = "once" if artifact.extensions == 1 else f"{artifact.extensions} times"
        raise PastCap(
            f"{artifact.key} was already extended {times}, and the {tier_name} tier allows {count}"
        )
    left = total - artifact.extended_days
    if days > left:
        length = "1 day" if days == 1 else f"{days} days"
        raise PastCap(
            f"that is {length}; the {tier_name} tier allows {total} days in all, "
            f"and {artifact.key} has {max(left, 0)} left"
        )
