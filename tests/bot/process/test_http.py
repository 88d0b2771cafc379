"""What reaches the process from outside: forged, stale, malformed, too large; and its health."""

import asyncio
import io
import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import psycopg
import pytest

from bot.process.process import Process
from sandbox import Person, Sandbox
from tests.bot.conftest import Ledger

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


def command(person: Person, text: str) -> str:
    payload = person._office.payloads
    known = person.workspace.manifest.commands["/debt"]
    return urlencode(payload.command(known, text, person.user, person.channel()))


def interaction(**body: Any) -> str:
    return urlencode({"payload": json.dumps(body)})


async def send(slack: Sandbox, body: str | bytes, headers: dict[str, str]) -> tuple[int, str]:
    answer = await slack.post(body, slack.signed(body) | headers)
    return answer.status, await answer.text()


async def test_a_signed_command_is_served(dana: Person, slack: Sandbox) -> None:
    status, text = await send(slack, command(dana, "help"), FORM)
    assert status == 200
    assert "/debt claim" in text


async def test_slack_may_verify_the_address(process: Process, slack: Sandbox) -> None:
    await slack.verify_request_url()


def somebody_elses() -> dict[str, Any]:
    return {"secret": "somebody else’s"}


def too_old() -> dict[str, Any]:
    return {"timestamp": int(time.time()) - 600}


def from_the_future() -> dict[str, Any]:
    return {"timestamp": int(time.time()) + 600}


def from_1970() -> dict[str, Any]:
    return {"timestamp": 0}


@pytest.mark.parametrize("forged", [somebody_elses, too_old, from_the_future, from_1970])
async def test_a_forged_or_stale_request_is_turned_away(
    forged: Callable[[], dict[str, Any]], dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    orphan = await ledger.add(owner=None)
    body = command(dana, "claim D-1")
    answer = await slack.post(body, slack.signed(body, **forged()) | FORM)
    assert answer.status == 401
    assert (await ledger.get(orphan)).owner is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=abc"},
        {"X-Slack-Request-Timestamp": "0"},
        {"X-Slack-Signature": "v0=", "X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Signature": "é", "X-Slack-Request-Timestamp": "١٢"},
    ],
)
async def test_an_unsigned_request_is_turned_away(
    headers: dict[str, str], dana: Person, slack: Sandbox
) -> None:
    answer = await slack.post(command(dana, "help"), FORM | headers)
    assert answer.status in {400, 401}


async def test_a_signature_covers_the_very_body(dana: Person, slack: Sandbox) -> None:
    headers = slack.signed(command(dana, "help"))
    answer = await slack.post(command(dana, "claim D-1"), headers | FORM)
    assert answer.status == 401


USER = {"id": "U1", "team_id": "T1"}
TEAM = {"team": {"id": "T1"}, "user": USER, "api_app_id": "A1", "token": "x"}
VIEW = {"type": "modal", "id": "V1", "callback_id": "log.form", "blocks": []}
MALFORMED: list[tuple[str | bytes, dict[str, str]]] = [
    ("", FORM),
    ("", JSON),
    ("{", JSON),
    ("not json", JSON),
    ("[]", JSON),
    ("[1, 2]", JSON),
    ("null", JSON),
    ('"text"', JSON),
    ("7", JSON),
    ("[" * 100_000, JSON),
    ("{}", JSON),
    ("payload=", FORM),
    ("payload={", FORM),
    ("payload=[]", FORM),
    ("payload=null", FORM),
    ("payload=7", FORM),
    ("payload=" + "[" * 100_000, FORM),
    ("payload=%7B%22type", FORM),
    (b"\xff\xfe\x00", FORM),
    (b"\xff\xfe\x00", JSON),
    ("command=/debt", FORM),
    ("command=/debt&text=help", FORM),
    ("command=/debt&text=help&user_id=U1", FORM),
    ("command=/other&text=help&user_id=U1&channel_id=C1&trigger_id=1&response_url=x", FORM),
    (interaction(), FORM),
    (interaction(type="block_actions"), FORM),
    (interaction(type="block_actions", actions=[], **TEAM), FORM),
    (interaction(type="block_actions", actions="x", **TEAM), FORM),
    (interaction(type="block_actions", actions=[7], **TEAM), FORM),
    (interaction(type="block_actions", actions=[{"action_id": "artifact.claim"}], **TEAM), FORM),
    (
        interaction(
            type="block_actions",
            actions=[{"action_id": "artifact.claim", "block_id": "b", "value": {}}],
            container=7,
            trigger_id="1",
            **TEAM,
        ),
        FORM,
    ),
    (interaction(type="view_submission", **TEAM), FORM),
    (interaction(type="view_submission", view=[], **TEAM), FORM),
    (interaction(type="view_submission", view=VIEW, **TEAM), FORM),
    (interaction(type="view_submission", view=VIEW | {"private_metadata": "{"}, **TEAM), FORM),
    (interaction(type="view_submission", view=VIEW | {"private_metadata": "[]"}, **TEAM), FORM),
    (interaction(type="block_suggestion", **TEAM), FORM),
    (interaction(type="block_suggestion", action_id="artifact.pick", block_id="b"), FORM),
    (interaction(type="block_suggestion", action_id="artifact.pick", user=[]), FORM),
    (interaction(type="shortcut", **TEAM), FORM),
    (interaction(type="shortcut", callback_id="log_hours"), FORM),
    (interaction(type="message_action", callback_id="add_to_register", **TEAM), FORM),
    (interaction(type="nonsense", **TEAM), FORM),
    (json.dumps({"type": "event_callback"}), JSON),
    (json.dumps({"type": "event_callback", "event": 7}), JSON),
    (
        json.dumps({"type": "event_callback", "event": {"type": "message", "channel_type": "im"}}),
        JSON,
    ),
    (json.dumps({"type": "event_callback", "event": {"type": "other"}, "team_id": 7}), JSON),
]


@pytest.mark.timeout(60)
async def test_a_signed_body_that_slack_would_not_send_is_refused_as_malformed(
    dana: Person, slack: Sandbox, ledger: Ledger
) -> None:
    await ledger.add(owner=None)
    wrong = {}
    for body, headers in MALFORMED:
        status, _ = await send(slack, body, headers)
        if not 400 <= status < 500:
            wrong[body[:150]] = status
    assert wrong == {}
    assert "owns Payment retry worker" in (await dana.types("/debt claim D-1")).text


async def test_an_unknown_charset_is_refused(dana: Person, slack: Sandbox) -> None:
    headers = {"Content-Type": "application/json; charset=klingon"}
    assert (await send(slack, "{}", headers))[0] == 400


async def test_more_than_a_megabyte_is_refused(process: Process, slack: Sandbox) -> None:
    body = b"x" * (1024 * 1024 + 1)
    headers = slack.signed(body) | FORM
    async with aiohttp.ClientSession() as session:
        answer = await session.post(str(slack.request_url), data=io.BytesIO(body), headers=headers)
        assert answer.status == 413


async def test_just_under_a_megabyte_is_read(dana: Person, slack: Sandbox) -> None:
    room = 1024 * 1024 - len(command(dana, ""))
    status, text = await send(slack, command(dana, "x" * (room - 10)), FORM)
    assert status == 200
    assert "I do not know" in text


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/event", "/metrics", "/admin"])
async def test_nothing_else_is_served(path: str, process: Process, address: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(address + path) as answer:
        assert answer.status == 404


async def test_events_are_posted_and_not_read(process: Process, address: str) -> None:
    where = f"{address}/slack/events"
    async with aiohttp.ClientSession() as session, session.get(where) as answer:
        assert answer.status == 405


async def get(address: str, path: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(address + path) as answer:
        return answer.status, await answer.json()


async def test_a_healthy_process_says_so(process: Process, address: str) -> None:
    assert await get(address, "/healthz") == (200, {"ok": True})
    assert await get(address, "/readyz") == (200, {"ok": True, "why": None})


@pytest.mark.parametrize(("revision", "cure"), [("0001", "run `debt migrate`"), ("9999", "newer")])
async def test_a_database_of_another_version_is_not_ready_and_says_what_helps(
    process: Process, address: str, ledger: Ledger, revision: str, cure: str
) -> None:
    with sqlite3.connect(str(ledger.store.url.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    status, answer = await get(address, "/readyz")
    assert (status, answer["ok"]) == (503, False)
    assert cure in answer["why"]
    assert (await get(address, "/healthz"))[0] == 200


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_does_not_answer_is_not_ready_within_seconds(
    process: Process, address: str, database_url: str
) -> None:
    with psycopg.connect(database_url) as somebody:
        somebody.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(10):
            answer = await get(address, "/readyz")
            assert (await get(address, "/healthz"))[0] == 200
    assert answer == (503, {"ok": False, "why": "database unreachable"})
    assert (await get(address, "/readyz"))[0] == 200
