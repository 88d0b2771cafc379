"""Slash commands: from what a person types to what they, and others, see."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox import Person, Sandbox
from sandbox.drivers.replies import BUSY, HERE
from sandbox.workspace import quiescence
from sandbox.workspace.quiescence import QUIET_ELSEWHERE
from tests.sandbox.conftest import bolt_app, over_http, works_on

Named = Any
LONG = HERE + 0.3  # longer than anybody hopes for an answer once the app is quiet


async def test_the_acknowledgement_is_shown_to_the_typist_only(
    app: AsyncApp, dana: Person, erin: Person
) -> None:
    @app.command("/echo")
    async def echo(ack: Named, command: Named) -> None:
        await ack(f"you said *{command['text']}*")

    reply = await dana.types("/echo hello", channel="payments")
    assert reply.text == "you said hello"
    assert reply.ephemeral
    assert reply.error is None
    assert dana.reads("payments")[-1].shown == "you said hello"
    assert erin.reads("payments") == []


async def test_an_answer_to_the_response_url_arrives(app: AsyncApp, dana: Person) -> None:
    @app.command("/echo")
    async def echo(ack: Named, respond: Named) -> None:
        await ack()
        await works_on()
        await respond("one")
        await works_on()
        await respond("two", response_type="in_channel")

    reply = await dana.types("/echo")
    assert [one.shown for one in reply.messages] == ["one", "two"]
    assert [one.ephemeral for one in reply.messages] == [True, False]


async def test_the_fields_of_a_command(app: AsyncApp, slack: Sandbox, dana: Person) -> None:
    seen: dict[str, Any] = {}

    @app.command("/echo")
    async def echo(ack: Named, command: Named) -> None:
        seen.update(command)
        await ack("ok")

    erin, payments = slack.person("erin"), slack.channel("payments")
    await dana.types("/echo give @erin #payments & <!channel> @nobody", channel="payments")
    mention, place = f"<@{erin.id}|erin>", f"<#{payments.id}|payments>"
    assert seen["text"] == f"give {mention} {place} &amp; &lt;!channel&gt; @nobody"
    assert seen["channel_name"] == "payments"
    assert (seen["user_id"], seen["user_name"]) == (dana.id, "dana")
    assert set(seen) == {
        *("token", "team_id", "team_domain", "channel_id", "channel_name", "user_id"),
        *("user_name", "command", "text", "api_app_id", "is_enterprise_install"),
        *("response_url", "trigger_id"),
    }


async def test_without_should_escape_the_text_stays_as_typed(app: AsyncApp, dana: Person) -> None:
    @app.command("/raw")
    async def raw(ack: Named, command: Named) -> None:
        await ack(command["text"].replace("@", "(at)"))

    assert (await dana.types("/raw hi @erin")).text == "hi (at)erin"


async def test_a_picked_mention_passes_as_it_is(
    app: AsyncApp, slack: Sandbox, dana: Person
) -> None:
    @app.command("/echo")
    async def echo(ack: Named, command: Named) -> None:
        await ack(command["text"].replace("<", "(").replace(">", ")"))

    erin = slack.person("erin").id
    reply = await dana.types(f"/echo <@{erin}|erin> <@U0> @sre https://x.example")
    group = next(iter(slack.workspace.groups))
    known = f"(@{erin}|erin) &lt;@U0&gt; (!subteam^{group}|@sre) (https://x.example)"
    assert reply.message.text == known


async def test_in_a_direct_message_the_channel_is_called_so(app: AsyncApp, dana: Person) -> None:
    @app.command("/echo")
    async def echo(ack: Named, command: Named) -> None:
        await ack(command["channel_name"])

    reply = await dana.types("/echo", channel="@bot")
    assert reply.text == "directmessage"
    assert dana.dms() == reply.messages


async def test_a_command_that_the_manifest_lacks(dana: Person) -> None:
    assert (await dana.types("/unheard of")).error == "not_a_command"


async def test_nobody_at_the_other_end(dana: Person) -> None:
    assert (await dana.types("/echo")).error == "dispatch_failed"


async def test_an_app_that_refuses(app: AsyncApp, slack: Sandbox, dana: Person) -> None:
    slack.request_url = f"{slack.request_url}/elsewhere"
    assert (await dana.types("/echo")).error == "dispatch_failed"


async def test_an_acknowledgement_that_slack_cannot_show(app: AsyncApp, dana: Person) -> None:
    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(blocks=[{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}])

    assert (await dana.types("/echo")).error == "invalid_command_response"


async def test_a_fast_app_is_tested_fast(app: AsyncApp, dana: Person) -> None:
    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack("quick")

    took = []
    for _ in range(10):
        started = time.monotonic()
        await dana.types("/echo")
        took.append(time.monotonic() - started)
    assert min(took) < 0.05


async def test_two_at_once_each_get_their_own_answer(
    app: AsyncApp, dana: Person, erin: Person
) -> None:
    both_asked = asyncio.Barrier(2)

    @app.command("/echo")
    async def echo(ack: Named, respond: Named, command: Named) -> None:
        await ack()
        await both_asked.wait()
        await respond(command["user_name"])

    both = await asyncio.gather(dana.types("/echo"), erin.types("/echo"))
    assert [one.text for one in both] == ["dana", "erin"]


def serve_elsewhere(slack: Sandbox, ready: threading.Event, stop: threading.Event) -> None:
    """An app on a loop of its own, which the sandbox cannot look into."""

    async def serve() -> None:
        app = bolt_app(slack)

        @app.command("/echo")
        async def echo(ack: Named, respond: Named) -> None:
            await ack()
            await works_on(QUIET_ELSEWHERE)
            await respond("at last")

        async with over_http(slack, app):
            ready.set()
            await asyncio.to_thread(stop.wait)

    asyncio.run(serve())


async def test_an_app_elsewhere_has_more_time(slack: Sandbox, dana: Person) -> None:
    ready, stop = threading.Event(), threading.Event()
    serving = asyncio.create_task(asyncio.to_thread(serve_elsewhere, slack, ready, stop))
    await asyncio.to_thread(ready.wait)
    reply = await dana.types("/echo")
    stop.set()
    await serving
    assert reply.text == "at last"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits within the app is soon taken for a background service."""
    monkeypatch.setattr(quiescence, "SHORT", 0.02)
    monkeypatch.setattr(quiescence, "TURNS", 3)


async def _for_events() -> None:
    await asyncio.gather(asyncio.Event().wait(), asyncio.Queue[int]().get())


async def _for_others() -> None:
    await asyncio.wait([asyncio.create_task(asyncio.sleep(1_000)) for _ in range(2)])


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("service", [asyncio.Event().wait, _for_events, _for_others])
async def test_a_background_service_of_the_app_is_not_waited_for(
    app: AsyncApp, dana: Person, service: Callable[[], Coroutine[Any, Any, object]]
) -> None:
    services = []

    @app.command("/echo")
    async def echo(ack: Named) -> None:
        services.append(asyncio.create_task(service()))
        await ack("started")

    started = time.monotonic()
    assert (await dana.types("/echo")).text == "started"
    assert (await dana.types("/echo")).text == "started"
    assert time.monotonic() - started < BUSY
    for each in services:
        each.cancel()


async def _a_process() -> None:
    busy = (sys.executable, "-c", f"import time; time.sleep({LONG}); print('drawn')")
    process = await asyncio.create_subprocess_exec(*busy, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said == b"drawn\n"


async def _a_thread() -> None:
    await asyncio.to_thread(time.sleep, LONG)


async def _another_task() -> None:
    await asyncio.create_task(_a_thread())


async def _several_tasks() -> None:
    await asyncio.gather(_a_thread(), asyncio.sleep(0))


@pytest.fixture
def less_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits within the app is a service well before the work is done, yet not while a busy
    machine is between two steps of it.
    """
    monkeypatch.setattr(quiescence, "SHORT", HERE / 2)
    monkeypatch.setattr(quiescence, "TURNS", 10)


@pytest.mark.usefixtures("less_patient")
@pytest.mark.parametrize("work", [_a_process, _a_thread, _another_task, _several_tasks])
async def test_work_outside_the_app_is_waited_for_however_long_a_busy_machine_takes(
    app: AsyncApp, dana: Person, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """A picture that is drawn elsewhere is no background service, and its answer comes."""

    @app.command("/echo")
    async def echo(ack: Named, respond: Named) -> None:
        await ack()
        await work()
        await respond("drawn")

    assert (await dana.types("/echo")).text == "drawn"
