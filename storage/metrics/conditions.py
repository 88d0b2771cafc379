"""SQL of the conditions by which metrics count artifacts."""

from datetime import date

from sqlalchemy import ColumnElement

from debt.artifact.signals import bit
from debt.metrics.conditions import ColumnIs, Condition, DateIsOver
from storage.tables import ARTIFACT

A = ARTIFACT.c


def clause(condition: Condition, today: date) -> ColumnElement[bool]:
    """Whether a row of the artifact table meets the condition today."""
    column = A[condition.column]
    match condition:
        case ColumnIs(value=value):
            return column.is_(value)
        case DateIsOver():
            return column < today
        case _:
            return column.op("&")(bit(condition.sign)) > 0
