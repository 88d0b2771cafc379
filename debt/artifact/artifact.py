"""What an artifact is: the values that every rule speaks about."""

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
    """How an artifact is meant to end (R6): gone, people's code, or a new generation of it."""

    RETIRE = "retire"
    REFACTOR = "refactor"
    REGENERATE = "regenerate"

    @property
    def stage(self) -> Stage:
        return _ENDS_AS[self]


class CodeState(StrEnum):
    """What a scan saw of a live artifact's code where that asks for its end."""

    GONE = "gone"
    TAKEN_OVER = "taken over"  # tools' share of it fell so far that it is people's now


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
    """One of the four ratings, 1 to 5: what a proxy estimated, and what a person said of it.

    A person's value wins until they give it back (`person` is None again). Of a proxy that
    measured, `raw` are the values by name, and `scale` is what made a rating of them.
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
    """That a metadata block says something else than the register (R7): which of its facts, what,
    and where; `kept` once somebody has decided that the register stays.

    `said` is as JSON has it: a number, or text with dates in ISO form.
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

    `owner_changed_on` is the day on which it last went from somebody to somebody else or to nobody.
    `changed_*` tell the last thing a person did to it, `version` counts every change; `signals` are
    what a scan sees coming, `scan_identity` is how it finds the artifact again. `stage_before` is
    where it goes back to from retiring. Of the notices its owner gets, `*_told` is the day up to
    which the steps of a date were said, `*_noticed_on` the day on which the first one about that
    date was delivered.
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
        """Nobody owns it, or its owner is no longer there to act (R17)."""
        return self.owner is None or self.owner_gone

    @property
    def handed_on(self) -> bool:
        """Whether who owns it now came after its last review: drift of R22."""
        changed, reviewed = self.owner_changed_on, self.reviewed_on
        return bool(self.owner and changed and (reviewed is None or reviewed < changed))

    @property
    def watched(self) -> tuple[Signal, ...]:
        """What a scan sees coming, and what the register knows by itself."""
        return (*self.signals, HANDED_ON) if self.handed_on else self.signals

    @property
    def unsaid(self) -> tuple[Signal, ...]:
        """What is watched, but for what a rating's reason says anyway."""
        said = "; ".join(self.ratings[name].reason for name in RATING_NAMES)
        return tuple(signal for signal in self.watched if signal.words not in said)

    def given_to(self, owner: str | None, today: date) -> "Artifact":
        """With another owner, who is there; the first one it has is no change of owner."""
        changed = today if self.owner not in {None, owner} else self.owner_changed_on
        return replace(self, owner=owner, owner_gone=False, owner_changed_on=changed)

    @property
    def disputed(self) -> tuple[str, ...]:
        """What its metadata block says otherwise, as long as nobody has decided."""
        return tuple(
            each.field
            for each in self.otherwise
            if not each.kept and each.said != as_json(self.registered(each.field))
        )

    def registered(self, name: str) -> object:
        """What the register holds under one of a block's names; of a rating, what a person said."""
        for rating in RATING_NAMES:
            if name == rating:
                return self.ratings[rating].person
        return getattr(self, name)

    @property
    def reachable(self) -> bool:
        """Whether its owner is somebody Slack can speak to."""
        return not self.orphan and "@" not in str(self.owner)

    @property
    def due_from(self) -> date | None:
        """The end date that overdue is counted from: a guaranteed notice never hides lateness."""
        return self.originally_expires_on or self.expires_on

    def age_days(self, today: date) -> int:
        return (today - self.created_on).days


def as_json(value: object) -> str | int | None:
    """A fact as JSON has it: a number, or text with dates in ISO form."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) or value is None else str(value)


def key_of(artifact_id: int) -> str:
    return f"D-{artifact_id}"


def parse_key(text: str) -> int:
    """`D-7`, `d-7` or `7` as the number 7; anything else is refused."""
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
