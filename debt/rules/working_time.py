"""When people may be spoken to: the policy's days, hours and holidays, in their own zone (R26)."""

from datetime import datetime, timedelta

from debt.policy.policy import WEEKDAYS, Policy

_LONGEST = 366


def is_working(local: datetime, policy: Policy) -> bool:
    """Whether it is a working hour there; `local` is an instant in the person's zone."""
    hours = policy.working_hours
    return _is_working_day(local, policy) and hours.start <= local.time() < hours.end


def next_working(local: datetime, policy: Policy) -> datetime:
    """That instant, or else when the next working day starts there.

    Where the policy leaves no working day within a year, the day after: never is no time.
    """
    if is_working(local, policy):
        return local
    start = policy.working_hours.start
    opening = local.replace(hour=start.hour, minute=start.minute, second=0, microsecond=0, fold=0)
    for days in range(_LONGEST):
        day = opening + timedelta(days=days)  # wall time: the zone's clock changes are kept
        if day > local and _is_working_day(day, policy):
            return day
    return local + timedelta(days=1)


def tomorrow(local: datetime, policy: Policy) -> datetime:
    """When the working day after this one starts."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return next_working(midnight + timedelta(days=1), policy)


def _is_working_day(local: datetime, policy: Policy) -> bool:
    day = local.date()
    return WEEKDAYS[day.weekday()] in policy.working_hours.days and (
        day not in policy.holidays.dates
    )
