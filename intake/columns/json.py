"""An artifact in JSON, by the names that CSV has too."""

from collections.abc import Callable, Mapping
from typing import Any

from debt.artifact.artifact import RATING_NAMES, Artifact, Rating, RatingName
from debt.artifact.columns import SHEET_COLUMNS, Column, ValueKind
from debt.artifact.intent import missing_intent
from debt.policy.policy import Policy
from debt.rules.hours import decimal_hours
from debt.rules.score import quadrant, score
from debt.rules.tier import tier


def public(artifact: Artifact, policy: Policy) -> dict[str, Any]:
    """The object of `--json` and `export --format jsonl`: the CSV's names, then what is derived."""
    shown = {column: _json(value_of(artifact)) for column, value_of in VALUES.items()}
    return shown | {
        "stage": artifact.stage.value,
        "score": score(artifact.ratings),
        "quadrant": quadrant(artifact.value, artifact.ratings.risk.value, policy).value,
        "tier": tier(artifact, policy).value,
        "provisional": bool(missing_intent(artifact)),
        "hours_logged": decimal_hours(artifact.minutes_logged),
        "extensions": artifact.extensions,
        "signals": [{"sign": signal.sign, "words": signal.words} for signal in artifact.signals],
    }


def ratings(artifact: Artifact) -> dict[str, Any]:
    """Each rating as it counts, with who gave it and why, beside what its proxy measured."""
    return {name: _rated(artifact.ratings[name]) for name in RATING_NAMES}


def _rated(rating: Rating) -> dict[str, Any]:
    by = "person" if rating.by_person else "proxy"
    proxy: dict[str, Any] = {"value": rating.proxy, "reason": rating.proxy_reason}
    proxy |= {"raw": dict(rating.raw), "scale": rating.scale}
    return {"value": rating.value, "by": by, "reason": rating.reason, "proxy": proxy}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _field(name: str) -> Callable[[Artifact], Any]:
    return lambda artifact: getattr(artifact, name)


def _hours(field: str) -> Callable[[Artifact], float | None]:
    def hours(artifact: Artifact) -> float | None:
        minutes = getattr(artifact, field)
        return None if minutes is None else decimal_hours(minutes)

    return hours


def _rating(name: RatingName) -> Callable[[Artifact], int]:
    return lambda artifact: artifact.ratings[name].value


def _value(column: Column) -> Callable[[Artifact], Any]:
    return _hours(column.field) if column.holds is ValueKind.MINUTES else _field(column.field)


VALUES: Mapping[str, Callable[[Artifact], Any]] = (
    {"key": _field("key")}
    | {column.name: _value(column) for column in SHEET_COLUMNS}
    | {name: _rating(name) for name in RATING_NAMES}
)
"""How each column is read off an artifact, in the columns' order."""
