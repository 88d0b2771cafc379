"""The sandbox as a whole: its cast, what people can do, and that its own failures are loud."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Person, Sandbox
from tests.sandbox.conftest import MANIFEST

Named = Any


def test_ids_are_the_same_in_every_run() -> None:
    one, other = Sandbox(MANIFEST), Sandbox(MANIFEST)
    assert one.person("dana").id == other.person("dana").id
    assert one.channel("payments").id == other.channel("payments").id
    assert one.bot_token != other.bot_token


async def test_the_cast(slack: Sandbox) -> None:
    assert slack.person("lena").user.is_admin
    assert slack.person("gus").user.is_restricted
    assert slack.person("olga").user.deleted
    assert slack.person("rex").user.is_stranger
    assert slack.person("rex").email is None
    assert slack.person("kai").user.tz == "Pacific/Auckland"
    assert slack.person(slack.person("sam").id) == slack.person("@sam")


async def test_another_workspace(tmp_path: Path) -> None:
    seed = tmp_path / "small.toml"
    seed.write_text('[people.ada]\ntz = "Asia/Tokyo"\n[channels.lab]\nmembers = ["ada"]\n', "utf-8")
    async with Sandbox(MANIFEST, seed=seed) as slack:
        assert slack.person("ada").email == "ada@example.com"
        assert slack.person("ada").channel().name == "lab"


async def test_a_port_that_is_taken(slack: Sandbox) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await Sandbox(MANIFEST, port=slack.port).start()


async def test_newcomers(slack: Sandbox) -> None:
    zoe = slack.add_person("zoe", real_name="Zoe Park", tz="Asia/Seoul")
    slack.add_channel("war-room", members=["zoe", "dana"], is_private=True, bot=False)
    slack.add_usergroup("oncall", members=["zoe"])
    await zoe.types("hello @dana, see https://example.com & ask @oncall", channel="war-room")
    (message,) = slack.person("dana").reads("war-room")
    assert message.shown == "hello @dana, see https://example.com & ask @oncall"
    assert slack.person("dana").id in message.pings
    assert message.links == ["https://example.com"]
    with pytest.raises(ValueError, match="called zoe already"):
        slack.add_person("zoe")
    with pytest.raises(TypeError, match="no shoe_size"):
        slack.update_person("zoe", shoe_size=38)


async def test_where_people_cannot_write(slack: Sandbox, dana: Person) -> None:
    with pytest.raises(LookupError, match="dana is not in #platform"):
        await dana.types("hi", channel="platform")
    slack.archive("payments")
    with pytest.raises(LookupError, match="archived"):
        await dana.types("hi", channel="payments")


async def test_a_stranger_is_known_by_the_team(app: AsyncApp, slack: Sandbox) -> None:
    @app.command("/echo")
    async def echo(ack: Named, command: Named) -> None:
        await ack(command["team_id"])

    reply = await slack.person("rex").types("/echo")
    assert reply.text == slack.person("rex").user.team_id != slack.workspace.team_id


async def test_what_one_does_not_see_one_cannot_press(app: AsyncApp, slack: Sandbox) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}

    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(text="x", blocks=[{"type": "actions", "elements": [button]}])

    card = (await slack.person("dana").types("/echo")).message
    with pytest.raises(LookupError, match="erin does not see"):
        await slack.person("erin").clicks(card, "Go")


async def test_waiting(slack: Sandbox, dana: Person) -> None:
    await slack.settled()
    with pytest.raises(TimeoutError):
        await slack.wait_for(dana.dms, timeout=0.05)
    typing = asyncio.create_task(dana.types("hello"))
    await slack.wait_for(dana.reads)
    assert (await typing).messages == []


async def test_its_own_failures_are_loud(caplog: pytest.LogCaptureFixture) -> None:
    async def asking_for_what_it_cannot_do() -> None:
        async with Sandbox(MANIFEST) as slack:
            client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
            both = [slack.person(one).id for one in ("dana", "erin")]
            with pytest.raises(SlackApiError):
                await client.conversations_open(users=both)

    with pytest.raises(BaseExceptionGroup, match="the sandbox itself failed") as failed:
        await asking_for_what_it_cannot_do()
    assert failed.group_contains(NotImplementedError, match="no group direct messages")
    assert "the sandbox failed at /api/conversations.open" in caplog.text
