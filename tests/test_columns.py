"""A column is declared once: every place that shows or keeps it follows the declaration."""

import csv
from io import StringIO
from typing import Any, get_type_hints

import pytest
from slack_sdk.models.blocks import InputBlock

from bot.features.artifact_form import wanted, welcome
from debt.artifact.artifact import RATING_NAMES, Artifact, Ending, Label, Stage, Surface
from debt.artifact.columns import COLUMNS, SHEET_COLUMNS, Column, Facts, ValueKind
from debt.rules.facts import create
from intake.blocks.blocks import Block, blocks_in
from intake.columns.json import public
from intake.sheets.spreadsheet import write, write_header
from storage.tables import ARTIFACT
from tests.debt.builders import POLICY, TODAY, an_artifact
from tests.intake.spreadsheets import records

# Spreadsheets and scripts of users rely on these names and on their order.
SHEET_OF_VERSION_1 = """key name kind label repo paths service team owner purpose lifespan
removal_impact origin_tool origin_model prompt_category surface created_on review_on expires_on
value frequency complexity risk friction monthly_hours dependants rollback monitoring
responder""".split()
SCANS_ALONE_STATE = {"last_touched", "proxies", "evidence", "signals", "scan_identity"}
CELLS = {
    ValueKind.TEXT: "some words",
    ValueKind.PATHS: "src/**;lib/backoff.py",
    ValueKind.KIND: "test_suite",
    ValueKind.LABEL: "temporary",
    ValueKind.SURFACE: "customer",
    ValueKind.OWNER: "dana@example.com",
    ValueKind.DATE: "2027-01-31",
    ValueKind.RATING: "5",
    ValueKind.GRADE: "4",
    ValueKind.COUNT: "14",
    ValueKind.MINUTES: "1.5",
    ValueKind.ENDING: "refactor",
    ValueKind.DAYS: "90",
}
TYPES: dict[ValueKind, Any] = {
    ValueKind.PATHS: tuple[str, ...],
    ValueKind.LABEL: Label,
    ValueKind.SURFACE: Surface,
    ValueKind.ENDING: Ending,
    ValueKind.DATE: type(TODAY),
    **dict.fromkeys((ValueKind.TEXT, ValueKind.KIND, ValueKind.OWNER), str),
    **dict.fromkeys((ValueKind.RATING, ValueKind.GRADE, ValueKind.COUNT), int),
    **dict.fromkeys((ValueKind.MINUTES, ValueKind.DAYS), int),
}
IN_BLOCKS = [column for column in SHEET_COLUMNS if column.field not in {"repo", "paths"}]


def type_of(column: Column) -> Any:
    """The type that the declaration promises."""
    never_empty = column.required or not column.clearable or column.holds is ValueKind.COUNT
    return TYPES[column.holds] if never_empty else TYPES[column.holds] | None


def test_facts_have_every_column_with_its_type_and_nothing_else_but_what_scans_state() -> None:
    facts = get_type_hints(Facts)
    stated = {name: hint for name, hint in facts.items() if name not in SCANS_ALONE_STATE}
    assert stated == {column.field: type_of(column) for column in COLUMNS}


def test_an_artifact_and_its_table_have_every_column() -> None:
    known = get_type_hints(Artifact)
    own = {column.field: type_of(column) for column in COLUMNS if column.field not in RATING_NAMES}
    assert {name: known.get(name) for name in own} == own
    assert own.keys() <= set(ARTIFACT.c.keys())


def test_no_name_stands_for_two_columns() -> None:
    names = [name for column in COLUMNS for name in {column.name, column.field, *column.synonyms}]
    assert len(names) == len({*names})
    assert len(COLUMNS) == len({column.label for column in COLUMNS})


def test_the_spreadsheet_keeps_its_order_and_new_columns_go_last() -> None:
    out = StringIO()
    write_header(out)
    header = out.getvalue().rstrip().split(",")
    assert header[: len(SHEET_OF_VERSION_1)] == SHEET_OF_VERSION_1
    assert header == ["key", *(column.name for column in SHEET_COLUMNS)]


def test_json_has_the_spreadsheets_names() -> None:
    shown = [*public(an_artifact(), POLICY)]
    assert shown[: len(SHEET_COLUMNS) + 1] == ["key", *(column.name for column in SHEET_COLUMNS)]


def test_what_a_spreadsheet_says_is_kept_and_written_as_it_was() -> None:
    cells = {"key": "D-7"} | {column.name: CELLS[column.holds] for column in SHEET_COLUMNS}
    (row,) = records(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    assert set(row.facts) == {column.field for column in SHEET_COLUMNS}
    artifact = create(7, row.facts, stage=Stage.RETAINED, today=TODAY, policy=POLICY)
    out = StringIO()
    write(out, [artifact])
    (written,) = csv.reader(StringIO(out.getvalue()))
    assert written == [*cells.values()]


@pytest.mark.parametrize("column", IN_BLOCKS, ids=lambda column: column.field)
def test_a_metadata_block_says_it_by_its_name_and_by_each_synonym(column: Column) -> None:
    blocks = [block_with(name, CELLS[column.holds]) for name in (column.name, *column.synonyms)]
    assert [[*block.facts] for block in blocks] == [[column.field]] * len(blocks)
    assert [block.faults for block in blocks] == [()] * len(blocks)


def block_with(name: str, cell: str) -> Block:
    (block,) = blocks_in("src/debt.yml", f"debt:\n  {name}: '{cell}'\n".encode())
    return block


def test_the_form_has_a_field_for_every_column_that_is_in_it() -> None:
    known = Facts(kind="test_suite", surface=Surface.INTERNAL)
    fields = [*wanted(POLICY, known), *welcome(known)]
    shown = {
        (field.block_id, field.label.text)
        for field in fields
        if isinstance(field, InputBlock) and field.label
    }
    assert shown == {(column.field, column.label) for column in COLUMNS if column.in_form}
    assert len(fields) == len(shown)
