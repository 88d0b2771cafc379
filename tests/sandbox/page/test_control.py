"""The control surface: what the browser page has, over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox import Person, Sandbox

Named = Any
Post = Callable[..., Awaitable[Any]]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def control(slack: Sandbox, session: aiohttp.ClientSession) -> Post:
    async def post(verb: str, **body: Any) -> Any:
        async with session.post(f"{slack.url}/control/{verb}", json=body) as answer:
            return await answer.json()

    return post


async def test_looking_around(control: Post, dana: Person) -> None:
    workspace = await control("workspace")
    assert workspace["commands"][0]["name"] == "/echo"
    assert {"dana", "olga"} <= {one["handle"] for one in workspace["people"]}
    channels = (await control("channels", person="dana"))["channels"]
    assert [one["name"] for one in channels] == ["general", "payments", "growth", "random"]
    await dana.types("hello", channel="payments")
    payments = channels[1]["id"]
    assert (await control("unread", person="erin"))["unread"][payments] == 1
    await control("read", person="erin", channel="payments")
    assert (await control("unread", person="erin"))["unread"][payments] == 0
    seen = await control("messages", person="erin", channel="payments")
    assert [one["shown"] for one in seen["messages"]] == ["hello"]


async def test_saying_clicking_and_filling(app: AsyncApp, control: Post) -> None:
    def plain(text: str) -> dict[str, Any]:
        return {"type": "plain_text", "text": text}

    go = {"type": "button", "text": plain("Go"), "action_id": "go", "value": "1"}
    picker = {"type": "external_select", "action_id": "pick", "min_query_length": 1}
    entered = {"type": "plain_text_input", "action_id": "type"}
    form = {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Go"),
        "blocks": [
            {"type": "input", "block_id": "a", "label": plain("Pick"), "element": picker},
            {"type": "input", "block_id": "b", "label": plain("Note"), "element": entered},
        ],
    }

    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(text="card", blocks=[{"type": "actions", "elements": [go]}])

    @app.action("go")
    async def press(ack: Named, body: Named, client: Named) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.options("pick")
    async def options(ack: Named) -> None:
        await ack(options=[{"text": plain("Seven"), "value": "7"}])

    @app.view("form")
    async def submit(ack: Named, view: Named, client: Named, body: Named) -> None:
        values = view["state"]["values"]
        note = values["b"]["type"]["value"]
        if note == "bad":
            await ack(response_action="errors", errors={"b": "No."})
            return
        await ack()
        picked = values["a"]["pick"]["selected_option"]["value"]
        await client.chat_postMessage(channel=body["user"]["id"], text=f"{picked} {note}")

    said = await control("say", person="dana", channel="payments", text="/echo")
    card = {"person": "dana", "channel": "payments", "ts": said["messages"][0]["ts"]}
    opened = (await control("click", **card, action_id="go"))["form"]
    assert (await control("forms", person="dana"))["forms"][0]["id"] == opened["id"]
    here = {"person": "dana", "view_id": opened["id"]}
    found = await control("suggest", **here, action_id="pick", typed="sev")
    assert found["options"][0]["value"] == "7"
    assert (await control("fill", **here, action_id="pick", option="7"))["ok"]
    refused = await control("submit", **here, values={"b": {"type": "bad"}})
    assert (refused["errors"], refused["closed"]) == ({"b": "No."}, False)
    done = await control("submit", **here, values={"b": {"type": "good"}})
    assert (done["text"], done["closed"]) == ("7 good", True)


async def test_what_a_person_cannot_do_is_said_in_words(control: Post) -> None:
    nobody = await control("channels", person="zoe")
    assert nobody == {"ok": False, "error": "nobody here is called 'zoe'"}
    assert (await control("say", person="kai", channel="payments", text="x"))["error"] == (
        "kai is not in #payments"
    )
    assert (await control("say", person="kai"))["error"] == "'text' is missing"
    assert "no such verb" in (await control("dance"))["error"]
    assert "unexpected keyword" in (await control("faults", kind="delay", what=1))["error"]
    assert "one of answer, clear" in (await control("faults", kind="flood"))["error"]
    assert not (await control("clock/advance", seconds="soon"))["ok"]


async def test_clock_and_faults(control: Post, slack: Sandbox) -> None:
    await control("clock/set", at="2027-01-31T09:30:00+01:00")
    assert slack.clock.now().isoformat().startswith("2027-01-31T08:30")
    assert (await control("clock/advance", seconds=3600))["now"].startswith("2027-01-31T09:30")
    assert "offset from UTC" in (await control("clock/set", at="2027-01-31T09:30:00"))["error"]
    await control("faults", kind="answer", method="auth.test", error="account_inactive")
    fault = slack.faults.strike("auth.test")
    assert fault is not None
    assert fault.body()["error"] == "account_inactive"


async def test_changes_are_streamed(
    slack: Sandbox, session: aiohttp.ClientSession, dana: Person
) -> None:
    async with session.get(f"{slack.url}/control/changes?person=erin") as stream:
        assert await stream.content.readline() == b": connected\n"
        await dana.types("hello", channel="payments")
        await stream.content.readline()
        line = await asyncio.wait_for(stream.content.readline(), 2)
    change = json.loads(line.removeprefix(b"data: "))
    assert change["kind"] == "message.posted"
    assert change["channel"] == slack.channel("payments").id


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_other_sites_are_kept_out(
    slack: Sandbox, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    for path in ("/control/people", "/api/api.test"):
        async with session.post(f"{slack.url}{path}", json={}, headers=headers) as answer:
            assert answer.status == 403
    own = {"Origin": slack.url}
    async with session.post(f"{slack.url}/control/people", json={}, headers=own) as answer:
        assert answer.status == 200
    async with session.post(f"{slack.url}/control/people", data="{}") as answer:
        assert answer.status == 415
