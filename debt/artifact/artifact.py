"""An artifact of the register and its parts, as immutable values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from debt.artifact.signals import HANDED_ON, Signal
from debt.refusal import Refused
from debt.text import in_digits, quoted

MAX_ID = 2**31 - 1


class Stage(StrEnum):
    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    CREATED = "created"
    VALIDATED = "validated"
    RETAINED = "retained"
    RETIRING = "retiring"
    RETIRED = "retired"
    REFACTORED = "refactored"
    REGENERATED = "regenerated"


class Label(StrEnum):
    EXPERIMENTAL = "experimental"
    TEMPORARY = "temporary"
    DURABLE = "durable"


class Surface(StrEnum):
    SANDBOX = "sandbox"
    INTERNAL = "internal"
    PRODUCTION = "production"
    CUSTOMER = "customer"


class Tier(StrEnum):
    LIGHT = "light"
    STANDARD = "standard"
    STRICT = "strict"


class Ending(StrEnum):
    """How an artifact is meant to end (R6): removed, taken over by people, or generated again."""

    RETIRE = "retire"
    REFACTOR = "refactor"
    REGENERATE = "regenerate"

    @property
    def stage(self) -> Stage:
        return _ENDS_AS[self]


class CodeState(StrEnum):
    """Why a scan suggests to end a live artifact."""

    GONE = "gone"
    TAKEN_OVER = "taken over"  # people have rewritten so much that it is their code now


_ENDS_AS = {
    Ending.RETIRE: Stage.RETIRED,
    Ending.REFACTOR: Stage.REFACTORED,
    Ending.REGENERATE: Stage.REGENERATED,
}


RatingName = Literal["frequency", "complexity", "risk", "friction"]
RATING_NAMES: tuple[RatingName, ...] = ("frequency", "complexity", "risk", "friction")
LIVE = frozenset({Stage.CREATED, Stage.VALIDATED, Stage.RETAINED, Stage.RETIRING})


@dataclass(frozen=True, slots=True)
class Rating:
    """One of the four ratings, 1 to 5: a proxy's estimate, and a person's rating if there is one.

    A person's rating counts until they withdraw it (`person` is None again). `raw` are the values
    that a proxy measured, by name; `scale` names the scale that turned them into its rating.
    """

    proxy: int
    proxy_reason: str
    person: int | None = None
    person_reason: str = ""
    raw: Mapping[str, float] = field(default_factory=dict)
    scale: str | None = None

    def __post_init__(self) -> None:
        for given in (self.proxy, self.person):
            if given is not None and not 1 <= given <= 5:
                raise Refused(f"A rating is a number from 1 to 5, not {in_digits(given)}.")

    @property
    def value(self) -> int:
        return self.proxy if self.person is None else self.person

    @property
    def by_person(self) -> bool:
        return self.person is not None

    @property
    def reason(self) -> str:
        return self.person_reason if self.by_person else self.proxy_reason


@dataclass(frozen=True, slots=True)
class BlockDisagreement:
    """One column in which a metadata block differs from the register (R7).

    `said` is the block's value: a number, or text with dates in ISO form. `where` is the file and
    line. `kept` is true once a person decided to keep the register's value.
    """

    field: str
    said: str | int | None
    where: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Ratings:
    frequency: Rating
    complexity: Rating
    risk: Rating
    friction: Rating

    def __getitem__(self, name: RatingName) -> Rating:
        rating: Rating = getattr(self, name)
        return rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One row of the register (MISSION.md, R1). Dates are whole days, work is in minutes.

    `owner_changed_on` is the last day on which an owner was replaced or removed. `changed_*` are
    about the last change by a person, `version` counts every change. `signals` come from scans;
    `scan_identity` is how a scan finds the artifact again. `stage_before` is the stage to which it
    returns if its retirement is called off. `expiry_told` and `review_told` are the days up to
    which its owner's reminders of that date were sent; `*_noticed_on` is the day on which the
    first one was delivered. `otherwise` lists where its metadata block differs.

    What people, spreadsheets or files fill is also declared in `debt.artifact.columns`.
    """

    id: int
    name: str
    kind: str
    label: Label
    stage: Stage
    repo: str
    paths: tuple[str, ...]
    ratings: Ratings
    created_on: date
    service: str | None = None
    team: str | None = None
    owner: str | None = None
    owner_gone: bool = False
    owner_changed_on: date | None = None
    purpose: str | None = None
    lifespan: str | None = None
    removal_impact: str | None = None
    origin_tool: str | None = None
    origin_model: str | None = None
    prompt_category: str | None = None
    prompt_template: str | None = None
    surface: Surface = Surface.INTERNAL
    usage: str | None = None
    last_touched: date | None = None
    review_on: date | None = None
    reviewed_on: date | None = None
    expires_on: date | None = None
    originally_expires_on: date | None = None
    value: int | None = None
    blast_radius: int | None = None
    dependants: int = 0
    monthly_minutes: int | None = None
    saved_minutes: int | None = None
    saved_monthly_minutes: int | None = None
    rollback: str | None = None
    monitoring: str | None = None
    responder: str | None = None
    extensions: int = 0
    extended_days: int = 0
    minutes_logged: int = 0
    months_logged: int = 0
    generation: int = 1
    planned_end: Ending | None = None
    regenerate_every_days: int | None = None
    stage_before: Stage | None = None
    lapsed_on: date | None = None
    expiry_told: date | None = None
    expiry_noticed_on: date | None = None
    review_told: date | None = None
    review_noticed_on: date | None = None
    snoozed_until: date | None = None
    lead_told_on: date | None = None
    leadership_told_on: date | None = None
    evidence: str | None = None
    signals: tuple[Signal, ...] = ()
    scan_identity: str | None = None
    code_state: CodeState | None = None
    otherwise: tuple[BlockDisagreement, ...] = ()
    changed_at: datetime | None = None
    changed_by: str | None = None
    changed_how: str | None = None
    version: int = 1

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def live(self) -> bool:
        return self.stage in LIVE

    @property
    def orphan(self) -> bool:
        """Whether it has no owner, or one who left the workspace (R17)."""
        return self.owner is None or self.owner_gone

    @property
    def owner_changed_since_review(self) -> bool:
        """Whether its present owner took over after its last review (drift, R22)."""
        changed, reviewed = self.owner_changed_on, self.reviewed_on
        return bool(self.owner and changed and (reviewed is None or reviewed < changed))

    @property
    def all_signals(self) -> tuple[Signal, ...]:
        """The signals of scans, then the one that the register finds itself: a new owner."""
        return (*self.signals, HANDED_ON) if self.owner_changed_since_review else self.signals

    @property
    def further_signals(self) -> tuple[Signal, ...]:
        """All signals but those whose words already stand in a rating's reason."""
        reasons = "; ".join(self.ratings[name].reason for name in RATING_NAMES)
        return tuple(signal for signal in self.all_signals if signal.words not in reasons)

    def with_owner(self, owner: str | None, today: date) -> "Artifact":
        """The artifact with this owner, who counts as present.

        `owner_changed_on` becomes today, unless it had no owner or the same one before.
        """
        changed = today if self.owner not in {None, owner} else self.owner_changed_on
        return replace(self, owner=owner, owner_gone=False, owner_changed_on=changed)

    @property
    def disputed(self) -> tuple[str, ...]:
        """The fields in which its metadata block still differs and nobody has decided."""
        return tuple(
            difference.field
            for difference in self.otherwise
            if not difference.kept
            and difference.said != as_json(self.register_value(difference.field))
        )

    def register_value(self, name: str) -> object:
        """The register's value of a field; for a rating, the person's, or None."""
        for rating in RATING_NAMES:
            if name == rating:
                return self.ratings[rating].person
        return getattr(self, name)

    @property
    def reachable(self) -> bool:
        """Whether its owner is present and known to Slack, not only by an e-mail address."""
        return not self.orphan and "@" not in str(self.owner)

    @property
    def due_from(self) -> date | None:
        """The date from which overdue days are counted: its first end date, where that was moved so
        that its owner has full notice.
        """
        return self.originally_expires_on or self.expires_on

    def age_days(self, today: date) -> int:
        return (today - self.created_on).days


def as_json(value: object) -> str | int | None:
    """The value as a number, None or text; dates in ISO form."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) or value is None else str(value)


def key_of(artifact_id: int) -> str:
    return f"D-{artifact_id}"


def parse_key(text: str) -> int:
    """7 for `D-7`, `d-7` or `7`. Refused for anything else."""
    match = re.fullmatch(r"(?:d-?)?0*([1-9][0-9]{0,9})", text.strip(), re.IGNORECASE | re.ASCII)
    if not match or int(match[1]) > MAX_ID:
        words = text.split()
        if len(words) > 1 and looks_like_key(words[0]):
            raise Refused(f"{quoted(text)} is more than a key; say {words[0]} alone.")
        raise Refused(
            f"{quoted(text)} is not a key. Keys look like D-7; “list” and a word finds artifacts."
        )
    return int(match[1])


def looks_like_key(text: str) -> bool:
    return re.fullmatch(r"(?:d-)?[0-9]{1,10}", text.strip(), re.IGNORECASE | re.ASCII) is not None
