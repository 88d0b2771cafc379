"""The policy: one readable TOML file, of which a team may override any part.

A wrong policy is one line: file, line, key, and what is allowed.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from debt.artifact import Label, Surface, Tier

Days = Annotated[int, Field(ge=1, le=36_500)]
Count = Annotated[int, Field(ge=0, le=10_000)]
RatingValue = Annotated[int, Field(ge=1, le=5)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


class PolicyError(Exception):
    """The policy cannot be used; the message names file, line, key and what is allowed."""


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UsualRatings(Table):
    frequency: RatingValue
    complexity: RatingValue
    risk: RatingValue
    friction: RatingValue


class KindPolicy(Table):
    name: str
    label: Label
    expires_after_days: Days | None = None
    review_every_days: Days | None = None
    owner_required: bool
    governance: str
    ends_when: str
    light_on: tuple[Surface, ...]
    light_up_to_risk: RatingValue
    strict_on: tuple[Surface, ...]
    monthly_hours: Annotated[float, Field(ge=0, le=10_000)]
    ratings: UsualRatings


class LabelPolicy(Table):
    meaning: str
    counts_as: Literal["ephemeral", "retained"]
    expires_after_days: Days | None = None
    review_every_days: Days | None = None
    expiry_required: bool
    lapses: bool


class TierPolicy(Table):
    approvals: Count
    from_: tuple[str, ...] = Field(alias="from")
    own_request: bool
    extensions: Count
    extension_days: Count


class Thresholds(Table):
    high_value: RatingValue
    high_risk: RatingValue
    unrated_value: RatingValue
    due_soon_days: Days
    strict_risk: RatingValue
    strict_surfaces: tuple[Surface, ...]
    strict_dependants: Days
    exposed_surfaces: tuple[Surface, ...]


class DigestPolicy(Table):
    items: Annotated[int, Field(ge=1, le=10)]
    late_hours: Annotated[int, Field(ge=1, le=160)]
    repeat_weeks: Annotated[int, Field(ge=1, le=52)]
    intervention_weeks: Annotated[int, Field(ge=1, le=52)]


class TeamPolicy(Table):
    members: tuple[str, ...] = ()
    lead: str | None = None
    channel: str | None = None


class Leadership(Table):
    channel: str


class WorkingHours(Table):
    days: tuple[Weekday, ...]
    start: time
    end: time


class Holidays(Table):
    dates: tuple[date, ...]


class Sprint(Table):
    weeks: Annotated[int, Field(ge=1, le=12)]
    first_day: date


class Policy(Table):
    kinds: Mapping[str, KindPolicy]
    labels: Mapping[Label, LabelPolicy]
    tiers: Mapping[Tier, TierPolicy]
    thresholds: Thresholds
    digest: DigestPolicy
    groups: Mapping[str, str | tuple[str, ...]]
    teams: Mapping[str, TeamPolicy]
    leadership: Leadership
    working_hours: WorkingHours
    holidays: Holidays
    sprint: Sprint

    @model_validator(mode="after")
    def _tiers_ask_groups_that_exist(self) -> "Policy":
        for name, tier in self.tiers.items():
            unknown = [group for group in tier.from_ if group not in self.groups]
            if unknown:
                allowed = ", ".join(self.groups)
                raise ValueError(f"tiers.{name}.from: allowed are the groups {allowed}")
        return self

    def kind(self, kind: str) -> KindPolicy:
        return self.kinds[kind]

    def label(self, label: Label) -> LabelPolicy:
        return self.labels[label]

    def tier(self, tier: Tier) -> TierPolicy:
        return self.tiers[tier]

    def lead_of(self, team: str | None) -> str | None:
        named = self.teams.get(team) if team else None
        return named.lead if named else None

    @property
    def fingerprint(self) -> str:
        """Changes when anything in the policy does, so that stored standings are renewed."""
        return sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


@cache
def built_in() -> Policy:
    return Policy.model_validate(_built_in_tables())


def load(path: Path | None) -> Policy:
    """The built-in policy with the file's tables laid over it. Raises PolicyError."""
    if path is None:
        return built_in()
    text = _read(path)
    try:
        changes = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: {error}; a policy is a TOML file") from None
    merged = _laid_over(_built_in_tables(), changes)
    try:
        return Policy.model_validate(merged)
    except ValidationError as error:
        raise PolicyError(_one_line(path, text, error)) from None


def _built_in_tables() -> dict[str, Any]:
    return tomllib.loads(files("debt").joinpath("policy.toml").read_text("utf-8"))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read ({error.strerror}); DEBT_POLICY names a TOML file"
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text; a policy is a TOML file") from None


def _laid_over(base: Any, change: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    return base | {key: _laid_over(base.get(key), value) for key, value in change.items()}


def _one_line(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors()[0]
    keys = [str(part) for part in first["loc"] if part != "[key]"]
    where = f"{path}:{_line_of(text, keys)}" if keys else str(path)
    message = first["msg"].removeprefix("Value error, ")
    allowed = (
        _allowed(keys) if first["type"] == "extra_forbidden" else message[:1].lower() + message[1:]
    )
    return f"{where}: {'.'.join(keys)}: {allowed}" if keys else f"{where}: {message}"


def _allowed(keys: list[str]) -> str:
    """What may stand where an unknown key stands: its known neighbors."""
    model: Any = Policy
    for key in keys[:-1]:
        annotation = model.model_fields[key].annotation if key in model.model_fields else model
        model = getattr(annotation, "__args__", (None, annotation))[-1]
    names = (field.alias or name for name, field in model.model_fields.items())
    return f"no such key; allowed are {', '.join(names)}"


def _line_of(text: str, keys: list[str]) -> int:
    """The line that sets the key, or else the line of the nearest table around it."""
    table: list[str] = []
    nearest, depth = 1, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+([^\]]+)\]", line)
        assignment = re.match(r"\s*([\w\".'-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=", line)
        if header:
            table = _parts(header[1])
            here = table
        elif assignment:
            here = table + _parts(assignment[1])
        else:
            continue
        if here == keys[: len(here)] and len(here) > depth:
            nearest, depth = number, len(here)
    return nearest


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
