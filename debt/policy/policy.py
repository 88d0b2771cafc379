"""The policy: one readable TOML file, of which a team may override any part.

A wrong policy is one line: file, line, key, and what is allowed.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from debt.artifact.artifact import Ending, Label, Surface, Tier
from debt.policy.errors import invalid, not_toml
from debt.policy.markers import TeamMarkers
from debt.policy.repositories import ClonePolicy, RefreshPolicy, RepositoryName, RepositoryPolicy
from debt.policy.scans import Scale, ScanPolicy, SignalsPolicy
from debt.policy.values import (
    ChannelId,
    ChannelOrNone,
    Count,
    Day,
    Days,
    DaysOrNever,
    Group,
    Hours,
    HoursByRating,
    PersonId,
    RatingValue,
    Share,
    Switch,
    Table,
    Text,
    TimeOfDay,
    Weekday,
    Worsening,
    number,
    require_known,
    whole,
)
from debt.policy.vocabulary import Act, GateCheck, MetricName, Role
from debt.refusal import ExpectedError

WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


T = TypeVar("T", bound=Table)
_NO_GROUP = "is not a group"


class PolicyError(ExpectedError):
    """The policy cannot be used; the message names file, line, key and what is allowed."""


class UsualRatings(Table):
    frequency: RatingValue
    complexity: RatingValue
    risk: RatingValue
    friction: RatingValue


class KindPolicy(Table):
    name: Text
    label: Label
    expires_after_days: DaysOrNever = None
    review_every_days: DaysOrNever = None
    owner_required: Switch
    governance: Text
    ends_when: Text
    light_on: tuple[Surface, ...]
    light_up_to_risk: RatingValue
    strict_on: tuple[Surface, ...]
    monthly_hours: Hours
    ratings: UsualRatings
    ends_as: Ending = Ending.RETIRE
    regenerate_every_days: DaysOrNever = None
    gate: tuple[GateCheck, ...] = tuple(GateCheck)


class LabelPolicy(Table):
    meaning: Text
    counts_as: Literal["ephemeral", "retained"]
    expires_after_days: DaysOrNever = None
    review_every_days: DaysOrNever = None
    expiry_required: Switch
    lapses: Switch


class TierPolicy(Table):
    approvals: Count
    from_: tuple[str, ...] = Field(alias="from")
    own_request: Switch
    extensions: Count
    extension_days: Count


class GatePolicy(Table):
    human_review_tiers: tuple[Tier, ...]
    waive_days: Days


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
    items: Annotated[int, whole(1, 10)]
    late_hours: Annotated[int, whole(1, 160)]
    repeat_weeks: Annotated[int, whole(1, 52)]
    intervention_weeks: Annotated[int, whole(1, 52)]


class NudgePolicy(Table):
    steps: Annotated[tuple[Annotated[int, whole(0, 365)], ...], Field(min_length=1)]
    together_days: Annotated[int, whole(0, 60)]
    items: Annotated[int, whole(1, 10)]
    a_week: Annotated[int, whole(1, 7)]
    lead_after_days: Days
    leadership_after_days: Days


class ApprovalPolicy(Table):
    remind_after_days: Days
    lapse_after_days: Days

    @model_validator(mode="after")
    def _reminds_on_the_way(self) -> "ApprovalPolicy":
        if self.remind_after_days >= self.lapse_after_days:
            raise ValueError(f"allowed are fewer days to the reminder than {self.lapse_after_days}")
        return self


class BudgetPolicy(Table):
    when_over: Literal["approval", "tell"]


class ValuePolicy(Table):
    interest_hours: Hours


class RoiPolicy(Table):
    horizon_months: Annotated[int, whole(1, 60)]
    after_share: Share
    cost_hours: HoursByRating
    pace_hours: Annotated[float, number(1, 10_000)]
    risk_after: RatingValue
    check_months: Annotated[int, whole(1, 24)]
    kept_share: Share


class TrendPolicy(Table):
    """`worse_by` of a metric is looked for over `weeks`."""

    weeks: Annotated[int, whole(1, 11)]
    at_least: Count
    mature_by: Share
    top_weeks: Annotated[int, whole(2, 12)]
    top_least: Count
    ages_faster_days: Days


class MetricPolicy(Table):
    """Of a share so many points, of anything else so much of what it was; None is never."""

    worse_by: Worsening


class TeamPolicy(Table):
    members: tuple[PersonId, ...] = ()
    lead: PersonId | None = None
    channel: ChannelId | None = None


class Leadership(Table):
    channel: ChannelOrNone


class WorkingHours(Table):
    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _the_day_has_hours(self) -> "WorkingHours":
        if self.start >= self.end:
            raise ValueError(f"allowed is a start before the end, {self.end:%H:%M}")
        return self


class Holidays(Table):
    dates: tuple[Day, ...]


class Sprint(Table):
    weeks: Annotated[int, whole(1, 12)]
    first_day: Day


class RepositoryList(Table):
    repositories: Mapping[RepositoryName, RepositoryPolicy]


class Policy(Table):
    kinds: Mapping[str, KindPolicy]
    labels: Mapping[Label, LabelPolicy]
    tiers: Mapping[Tier, TierPolicy]
    thresholds: Thresholds
    digest: DigestPolicy
    nudges: NudgePolicy
    approvals: ApprovalPolicy
    gate: GatePolicy
    budgets: BudgetPolicy
    value: ValuePolicy
    roi: RoiPolicy
    trend: TrendPolicy
    metrics: Mapping[MetricName, MetricPolicy]
    roles: Mapping[Act, tuple[str, ...]]
    groups: Mapping[str, Group]
    teams: Mapping[str, TeamPolicy]
    leadership: Leadership
    working_hours: WorkingHours
    holidays: Holidays
    sprint: Sprint
    scan: ScanPolicy
    signals: SignalsPolicy
    scale: Scale
    markers: TeamMarkers
    repositories: Mapping[RepositoryName, RepositoryPolicy]
    clones: ClonePolicy
    refresh: RefreshPolicy

    @model_validator(mode="after")
    def _tiers_ask_groups_that_exist(self) -> "Policy":
        for name, tier in self.tiers.items():
            require_known(("tiers", name.value, "from"), tier.from_, self.groups, _NO_GROUP)
        return self

    @model_validator(mode="after")
    def _roles_are_people_that_exist(self) -> "Policy":
        for act, those in self.roles.items():
            require_known(("roles", act.value), those, (*Role, *self.groups), _NO_GROUP)
        return self

    def kind(self, kind: str) -> KindPolicy:
        """Its rules; a kind that a policy has dropped goes on as a production integration."""
        known = self.kinds.get(kind)
        if known:
            return known
        name = kind.replace("_", " ")
        return self.kinds["production_integration"].model_copy(update={"name": name})

    def label(self, label: Label) -> LabelPolicy:
        return self.labels[label]

    def tier(self, tier: Tier) -> TierPolicy:
        return self.tiers[tier]

    def lead_of(self, team: str | None) -> str | None:
        named = self.teams.get(team) if team else None
        return named.lead if named else None

    @property
    def measure(self) -> Scale:
        """The scale, under a name that no other scale has: “v1”, or “v1+3f2a91” once changed."""
        if self.scale == built_in().scale:
            return self.scale
        marked = f"{self.scale.version}+{self.scale.fingerprint}"
        return self.scale.model_copy(update={"version": marked})

    @property
    def leads(self) -> frozenset[str]:
        return frozenset(team.lead for team in self.teams.values() if team.lead)

    def as_json(self) -> dict[str, Any]:
        """All of it, as the file would name it."""
        return self.model_dump(mode="json", by_alias=True)

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
    return _validated(path, Policy, _built_in_tables(), "DEBT_POLICY")


def repositories_in(path: Path) -> Mapping[str, RepositoryPolicy]:
    """Those of a file that holds nothing else. Raises PolicyError."""
    return _validated(path, RepositoryList, {}, "--list").repositories


def _validated(path: Path, table: type[T], base: dict[str, Any], named_by: str) -> T:
    text = _read(path, named_by)
    try:
        return table.model_validate(_laid_over(base, tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(not_toml(path, text, error, named_by)) from None
    except ValidationError as error:
        raise PolicyError(invalid(path, text, error, table)) from None


def _built_in_tables() -> dict[str, Any]:
    return tomllib.loads(files("debt.policy").joinpath("policy.toml").read_text("utf-8"))


def _read(path: Path, named_by: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read ({error.strerror}); {named_by} names a TOML file"
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text; {named_by} names a TOML file") from None


def _laid_over(base: Any, change: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    return base | {key: _laid_over(base.get(key), value) for key, value in change.items()}
