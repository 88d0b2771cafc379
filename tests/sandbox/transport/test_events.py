"""Events: delivered to who subscribed, retried on failure, and requests that are forged."""

from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from sandbox import Person, Sandbox
from tests.sandbox.conftest import MANIFEST, bolt_app, over_http

Named = Any


@pytest.fixture
def heard(app: AsyncApp) -> list[Any]:
    """Every event body that the app received, in order, whether it has a listener or not."""
    bodies: list[Any] = []

    @app.use
    async def keep(body: Named, request: Named, next_: Named) -> None:
        bodies.append(body | {"retry": request.headers.get("x-slack-retry-num")})
        await next_()

    return bodies


async def test_a_direct_message_is_answered(app: AsyncApp, heard: list[Any], dana: Person) -> None:
    @app.event("message")
    async def message(say: Named, event: Named) -> None:
        await say(f"heard {event['text']}")

    reply = await dana.types("is 1 < 2?", channel="@bot")
    assert reply.text == "heard is 1 < 2?"
    event = heard[0]["event"]
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", dana.id)
    assert event["text"] == "is 1 &lt; 2?"


async def test_a_mention_in_a_channel(app: AsyncApp, dana: Person) -> None:
    @app.event("app_mention")
    async def mention(say: Named) -> None:
        await say("you called?")

    assert (await dana.types("hey @parrot", channel="payments")).text == "you called?"
    assert (await dana.types("never mind", channel="payments")).text == ""


async def test_changes_of_people_and_channels(
    app: AsyncApp, heard: list[Any], slack: Sandbox
) -> None:
    slack.update_person("dana", deleted=True)
    slack.archive("growth")
    slack.add_bot("random")
    slack.join("platform", "erin")
    await slack.settled()
    kinds = [one["event"]["type"] for one in heard if not one["retry"]]
    assert sorted(kinds) == ["channel_archive", *["member_joined_channel"] * 2, "user_change"]
    changed = next(one["event"] for one in heard if one["event"]["type"] == "user_change")
    assert changed["user"]["deleted"] is True
    assert slack.person("dana").id not in slack.channel("payments").members


async def test_failed_deliveries_come_again_at_once_after_one_and_after_five_minutes(
    app: AsyncApp, heard: list[Any], slack: Sandbox
) -> None:
    slack.update_person("dana", title="Staff engineer")
    await slack.wait_for(lambda: len(heard) == 2)
    await slack.clock.advance(timedelta(seconds=61))
    await slack.wait_for(lambda: len(heard) == 3)
    await slack.clock.advance(timedelta(minutes=5))
    await slack.wait_for(lambda: len(heard) == 4)
    assert [one["retry"] for one in heard] == [None, ["1"], ["2"], ["3"]]
    assert len({one["event_id"] for one in heard}) == 1


async def test_what_was_acknowledged_does_not_come_again(
    app: AsyncApp, heard: list[Any], slack: Sandbox
) -> None:
    @app.event("user_change")
    async def changed() -> None: ...

    slack.update_person("dana", title="Staff engineer")
    await slack.settled()
    await slack.clock.advance(timedelta(minutes=10))
    await slack.settled()
    assert len(heard) == 1


async def test_one_delivery_by_hand(app: AsyncApp, heard: list[Any], slack: Sandbox) -> None:
    @app.event("user_change")
    async def changed() -> None: ...

    event = {"type": "user_change", "user": {"id": "U1"}}
    for number in (None, 1):
        ack = await slack.deliver_event(event, event_id="Ev1", retry_num=number)
        assert ack.error is None
    assert [one["event_id"] for one in heard] == ["Ev1", "Ev1"]
    assert heard[1]["retry"] == ["1"]


async def test_without_a_subscription_nothing_is_sent() -> None:
    settings = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": []}}
    async with Sandbox(MANIFEST | {"settings": settings}) as slack:
        app = bolt_app(slack)
        heard: list[Any] = []

        @app.use
        async def keep(body: Named, next_: Named) -> None:
            heard.append(body)
            await next_()

        async with over_http(slack, app):
            assert (await slack.person("dana").types("hi", channel="@bot")).text == ""
            slack.update_person("dana", deleted=True)
            await slack.settled()
        assert heard == []


async def test_signatures(app: AsyncApp, slack: Sandbox) -> None:
    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack("ok")

    body = "command=%2Fecho&text=x&user_id=U1&team_id=T1&channel_id=C1"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await slack.post(body, form | slack.signed(body))).status == 200
    assert (await slack.post(body, form | slack.signed(body, secret="other"))).status == 401
    assert (await slack.post(body, form | slack.signed(body, timestamp=1))).status == 401
    assert (await slack.post(body, form)).status == 401


async def test_the_request_url_can_be_verified(app: AsyncApp, slack: Sandbox) -> None:
    await slack.verify_request_url()
    slack.request_url = f"{slack.request_url}/elsewhere"
    with pytest.raises(ValueError, match="did not return the challenge"):
        await slack.verify_request_url()


async def test_deactivated_people_do_nothing(slack: Sandbox) -> None:
    with pytest.raises(LookupError, match="olga is deactivated"):
        await slack.person("olga").types("hello", channel="@bot")
