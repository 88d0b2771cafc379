"""The register's columns that people, spreadsheets and files fill: each is declared once.

A new column takes five changes: a field of `Artifact`, a key of `Facts` and a line of `COLUMNS`
here, a column of storage/tables/artifact.py, a migration, and a test. Bounds, CSV, JSON, metadata
blocks, forms and labels are read from `COLUMNS`; tests/test_columns.py holds all of it together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import TypedDict

from debt.artifact.artifact import RATING_NAMES, Ending, Label, RatingName, Surface
from debt.artifact.proxy import ProxyRating
from debt.artifact.signals import Signal


class Facts(TypedDict, total=False):
    """What a person, a file or a scan states about an artifact; an absent key states nothing.

    The four ratings are a person's; `proxies` are estimates with their reasons.
    """

    name: str
    kind: str
    label: Label
    repo: str
    paths: tuple[str, ...]
    service: str | None
    team: str | None
    owner: str | None
    purpose: str | None
    lifespan: str | None
    removal_impact: str | None
    origin_tool: str | None
    origin_model: str | None
    prompt_category: str | None
    prompt_template: str | None
    surface: Surface
    usage: str | None
    created_on: date
    last_touched: date | None
    review_on: date | None
    expires_on: date | None
    value: int | None
    blast_radius: int | None
    frequency: int
    complexity: int
    risk: int
    friction: int
    proxies: Mapping[RatingName, ProxyRating]
    monthly_minutes: int | None
    planned_end: Ending | None
    regenerate_every_days: int | None
    dependants: int
    rollback: str | None
    monitoring: str | None
    responder: str | None
    evidence: str | None
    signals: tuple[Signal, ...]
    scan_identity: str | None


class ValueKind(Enum):
    """What a column holds. It decides how a cell is read and which field a form shows; a form
    sorts by it.
    """

    TEXT = auto()
    PATHS = auto()
    KIND = auto()  # one of the policy's kinds
    LABEL = auto()
    SURFACE = auto()
    OWNER = auto()
    DATE = auto()
    RATING = auto()  # 1 to 5, by a person or by a proxy
    GRADE = auto()  # 1 to 5, or not graded
    COUNT = auto()  # a whole number; none is 0
    MINUTES = auto()  # whole minutes; people write hours
    ENDING = auto()
    DAYS = auto()  # a whole number of days, or none


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `field` is its name in `Artifact`, `Facts`, history and database.

    `label` and `hint` are what a form says; `bounds` are the least and the highest of its numbers;
    `synonyms` are other names that metadata blocks may use. A column that is `required` is never
    empty; one that is not `clearable` keeps its value where a cell is empty.
    """

    field: str
    label: str
    holds: ValueKind = ValueKind.TEXT
    sheet_name: str = ""
    in_sheet: bool = True
    in_form: bool = True
    required: bool = False
    clearable: bool = True
    bounds: tuple[int, int] = (0, 1_000_000)
    hint: str | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in CSV, JSON and metadata blocks, if it is `in_sheet`."""
        return self.sheet_name or self.field


_ONE_TO_FIVE = (1, 5)

# In the order of the spreadsheet, which is a contract: a new column goes last.
COLUMNS = (
    Column("name", "Name", required=True, synonyms=("artifact_name",)),
    Column("kind", "Kind", ValueKind.KIND, clearable=False, synonyms=("artifact_kind",)),
    Column("label", "Label", ValueKind.LABEL, clearable=False, synonyms=("lifecycle_label",)),
    Column("repo", "Repository", required=True, hint="Such as acme/checkout"),
    Column("paths", "Paths", ValueKind.PATHS, required=True, hint="Globs, one a line"),
    Column("service", "Service", synonyms=("service_name",)),
    Column("team", "Team", synonyms=("owning_team",)),
    Column("owner", "Owner", ValueKind.OWNER, in_form=False, synonyms=("owned_by", "code_owner")),
    Column("purpose", "Purpose"),
    Column(
        "lifespan", "Expected lifespan", hint="Until what, or how long",
        synonyms=("expected_lifespan",),
    ),
    Column(
        "removal_impact", "What happens if it is removed",
        synonyms=("if_removed", "impact_if_removed"),
    ),
    Column("origin_tool", "AI tool", synonyms=("ai_tool",)),
    Column("origin_model", "Model", synonyms=("ai_model", "spdx_ai_model")),
    Column("prompt_category", "Prompt category"),
    Column("prompt_template", "Prompt template", in_sheet=False),
    Column(
        "surface", "Runs where", ValueKind.SURFACE, clearable=False,
        synonyms=("deployment_surface",),
    ),
    Column("usage", "How often it is used", in_sheet=False),
    Column(
        "created_on", "Created on", ValueKind.DATE, in_form=False, clearable=False,
        synonyms=("created", "generated_on"),
    ),
    Column(
        "review_on", "Review date", ValueKind.DATE, in_form=False,
        synonyms=("review_by", "review_date", "next_review"),
    ),
    Column(
        "expires_on", "Expiry date", ValueKind.DATE, in_form=False,
        synonyms=(
            "expires", "expiry", "expiry_date", "expiration", "sunset", "sunset_on", "sunset_date",
            "retire_by", "retire_on", "remove_by", "delete_by",
        ),
    ),
    Column(
        "value", "Business value", ValueKind.GRADE, bounds=_ONE_TO_FIVE,
        synonyms=("business_value",),
    ),
    Column("blast_radius", "Blast radius", ValueKind.GRADE, bounds=_ONE_TO_FIVE, in_sheet=False),
    *(
        Column(
            rating, rating.capitalize(), ValueKind.RATING, bounds=_ONE_TO_FIVE, in_form=False,
            clearable=False,
        )
        for rating in RATING_NAMES
    ),
    Column(
        "monthly_minutes", "Monthly hours", ValueKind.MINUTES, sheet_name="monthly_hours",
        hint="Expected maintenance a month; empty: usual for the kind",
    ),
    Column("dependants", "Dependants", ValueKind.COUNT),
    Column("planned_end", "Planned end", ValueKind.ENDING, in_sheet=False),
    Column(
        "regenerate_every_days", "Regenerate every … days", ValueKind.DAYS, bounds=(1, 3_653),
        hint="Empty: no cadence of its own", in_sheet=False,
    ),
    Column("rollback", "Rollback strategy", synonyms=("rollback_plan", "rollback_strategy")),
    Column("monitoring", "Monitoring hook", synonyms=("monitoring_hook",)),
    Column("responder", "Responder", synonyms=("on_call", "oncall")),
)  # fmt: skip
BY_FIELD: Mapping[str, Column] = {column.field: column for column in COLUMNS}
SHEET_COLUMNS = tuple(column for column in COLUMNS if column.in_sheet)
