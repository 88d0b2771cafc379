"""The same app, dialing in with slack_sdk's aiohttp Socket Mode client."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from sandbox import Person, Sandbox
from tests.sandbox.conftest import bolt_app, over_socket

Named = Any


@pytest.fixture
def app(slack: Sandbox) -> AsyncApp:
    return bolt_app(slack)


@pytest.fixture
async def socket(slack: Sandbox, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    async with over_socket(slack, app) as handler:
        yield handler


async def test_a_command(app: AsyncApp, socket: Any, dana: Person) -> None:
    @app.command("/echo")
    async def echo(ack: Named, respond: Named, command: Named) -> None:
        await ack(f"got {command['text']}")
        await respond("and more")

    reply = await dana.types("/echo this")
    assert {one.shown for one in reply.messages} == {"got this", "and more"}


async def test_a_form_with_type_ahead(app: AsyncApp, socket: Any, dana: Person) -> None:
    element = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    label = {"type": "plain_text", "text": "Artifact"}
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": [{"type": "input", "block_id": "b", "label": label, "element": element}],
    }

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: Named) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.options("pick")
    async def options(ack: Named) -> None:
        await ack(options=[{"text": {"type": "plain_text", "text": "D-7"}, "value": "7"}])

    @app.view("form")
    async def submit(ack: Named) -> None:
        await ack(response_action="errors", errors={"b": "Not that one."})

    form = (await dana.shortcut("squawk")).form
    assert form is not None
    assert await form.search("Artifact", "") == ["D-7"]
    form.choose("Artifact", "D-7")
    assert (await form.submit()).errors == {"Artifact": "Not that one."}


async def test_an_app_that_does_not_acknowledge(socket: Any, dana: Person) -> None:
    assert (await dana.types("/echo")).error == "operation_timeout"


async def test_events(app: AsyncApp, socket: Any, slack: Sandbox, dana: Person) -> None:
    @app.event("message")
    async def message(say: Named, event: Named) -> None:
        await say(f"heard {event['text']}")

    assert (await dana.types("hello", channel="@bot")).text == "heard hello"


async def test_a_client_comes_back_after_a_disconnect(
    app: AsyncApp, socket: Any, slack: Sandbox, dana: Person
) -> None:
    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack("still here")

    first = socket.client.current_session
    await slack.socket.warn()
    await slack.wait_for(lambda: socket.client.current_session is not first and first.closed)
    await slack.wait_for(lambda: slack.socket.connections == 1)
    assert (await dana.types("/echo")).text == "still here"
