"""What is stored is what the rules speak of."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from debt.artifact.artifact import Artifact
from debt.rules.standing import Standing
from storage.database.store import Session, Store
from storage.register.artifacts import keep_above, next_ids
from storage.register.people import keep
from storage.tables import ARTIFACT, ArtifactRow, UtcDateTime
from tests.storage.builders import DANA, NOW, Register, a_person

OURS = {"live", "words"}


def _names(values: type[Any]) -> set[str]:
    return {field.name for field in fields(values)}


def test_a_row_is_the_artifact_its_standing_and_what_lists_look_in() -> None:
    columns = set(ARTIFACT.c.keys())
    assert columns == _names(Artifact) | _names(Standing) | OURS
    assert not _names(Artifact) & (_names(Standing) | OURS)


def test_what_an_artifact_may_lack_a_row_may_lack() -> None:
    hints = get_type_hints(Artifact)
    optional = {name for name, hint in hints.items() if _optional(hint)}
    assert {column.name for column in ARTIFACT.c if column.nullable} == optional | {
        "due_on",
        "wakes_on",
        "nudge_on",
        "ignored_on",
        "escalates_on",
        "lapses_on",
    }


def _optional(hint: Any) -> bool:
    return get_origin(hint) in {Union, UnionType} and type(None) in get_args(hint)


def test_a_new_row_starts_with_what_a_new_artifact_starts_with() -> None:
    for field in fields(Artifact):
        stored = ArtifactRow.model_fields[field.name]
        if not stored.is_required():
            assert stored.default == field.default, field.name


def test_every_instant_is_kept_with_its_zone() -> None:
    kept = [
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.c
        if "DATETIME" in str(column.type.compile(dialect=sqlite.dialect()))
        and not isinstance(column.type, UtcDateTime)
    ]
    assert kept == []


async def test_an_instant_comes_back_in_utc_whatever_the_servers_zone(
    register: Register, database_url: str
) -> None:
    elsewhere = timezone(timedelta(hours=5, minutes=45))
    at = datetime(2026, 11, 24, 1, 15, 0, 123456, tzinfo=elsewhere)
    await register.holds(changed_at=at)
    url = make_url(database_url)
    if url.drivername == "postgresql":
        url = url.update_query_dict({"options": "-c timezone=Asia/Tokyo"})
    store = Store(url.render_as_string(hide_password=False))
    try:
        artifact = await Register(store).artifact()
    finally:
        await store.close()
    assert artifact.changed_at == at
    assert artifact.changed_at.tzinfo is UTC


async def test_an_instant_without_a_zone_never_reaches_the_register(register: Register) -> None:
    with pytest.raises(Exception, match="a datetime without a zone"):
        await register.does(_keep_naive)
    assert await register.count() == 0


async def _keep_naive(session: Session) -> None:
    await keep(session, a_person(DANA, seen_at=NOW.replace(tzinfo=None)))


async def test_a_key_is_never_given_twice(register: Register) -> None:
    assert list(await register.does(next_ids, 2)) == [1, 2]
    await register.does(keep_above, 500)
    await register.does(keep_above, 7)
    assert list(await register.does(next_ids, 1)) == [501]


async def test_foreign_keys_hold(store: Store, register: Register) -> None:
    await register.holds()
    with pytest.raises(IntegrityError):
        async with store.change() as session:
            await session.execute(text("DELETE FROM artifact"))
    assert (await register.artifact()).id == 1
