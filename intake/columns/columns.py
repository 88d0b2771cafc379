"""The spreadsheet's columns, in order, by their names in files."""

from debt.artifact.columns import SHEET_COLUMNS

COLUMNS = ("key", *(column.name for column in SHEET_COLUMNS))
REQUIRED = tuple(column.name for column in SHEET_COLUMNS if column.required)
