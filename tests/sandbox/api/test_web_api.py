"""The Web API as slack_sdk's async client sees it."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Person, Sandbox
from tests.sandbox.conftest import MANIFEST

Client = AsyncWebClient


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_who_am_i(web_client: Client, slack: Sandbox) -> None:
    answer = await web_client.auth_test()
    assert (answer["team"], answer["user"]) == ("Acme", "parrot")
    assert answer["user_id"] == slack.workspace.bot.id


async def test_tokens(slack: Sandbox) -> None:
    def client(token: str | None) -> Client:
        return AsyncWebClient(token=token, base_url=slack.api_url)

    assert await refusal(client(None).auth_test()) == "not_authed"
    assert await refusal(client("xoxb-wrong").auth_test()) == "invalid_auth"
    assert await refusal(client(slack.app_token).auth_test()) == "not_allowed_token_type"
    opening = client(slack.bot_token).apps_connections_open(app_token=slack.bot_token)
    assert await refusal(opening) == "not_allowed_token_type"


async def test_scopes_and_unknown_methods(web_client: Client) -> None:
    with pytest.raises(SlackApiError) as refused:
        await web_client.files_info(file="F1")
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "files:read"
    assert "chat:write" in refused.value.response["provided"]
    assert await refusal(web_client.api_call("chat.teleport")) == "unknown_method"
    assert await refusal(web_client.conversations_info(channel="C1")) == "channel_not_found"
    listing = web_client.conversations_list(types="public_channel,private_channel")
    assert await refusal(listing) == "missing_scope"


async def test_where_one_may_post(web_client: Client, slack: Sandbox) -> None:
    slack.archive("growth")
    say = web_client.chat_postMessage
    assert await refusal(say(channel=slack.channel("growth").id, text="x")) == "is_archived"
    assert await refusal(say(channel=slack.channel("random").id, text="x")) == "not_in_channel"
    assert await refusal(say(channel="C0000", text="x")) == "channel_not_found"
    slack.remove_bot("leadership")
    secret = slack.channel("leadership").id
    assert await refusal(say(channel=secret, text="x")) == "channel_not_found"
    wordless = {"channel": slack.channel("payments").id, "text": " "}
    assert await refusal(web_client.api_call("chat.postMessage", json=wordless)) == "no_text"
    long = say(channel=slack.channel("payments").id, text="x" * 40_001)
    assert await refusal(long) == "msg_too_long"


async def test_direct_messages(web_client: Client, slack: Sandbox, dana: Person) -> None:
    opened = await web_client.conversations_open(users=[dana.id])
    answer = await web_client.chat_postMessage(channel=dana.id, text="hi &lt;you&gt;")
    assert answer["channel"] == opened["channel"]["id"]
    assert dana.dms()[0].shown == "hi <you>"
    olga = slack.person("olga")
    assert await refusal(web_client.conversations_open(users=[olga.id])) == "user_disabled"
    assert await refusal(web_client.conversations_open(users=["U1"])) == "user_not_found"
    await web_client.chat_postMessage(channel=olga.id, text="into the void")
    parrot = slack.workspace.bot.id
    assert await refusal(web_client.conversations_open(users=[parrot])) == "cannot_dm_bot"


async def test_ephemeral_messages_are_for_one(
    web_client: Client, slack: Sandbox, dana: Person, erin: Person
) -> None:
    payments = slack.channel("payments").id
    await web_client.chat_postEphemeral(channel=payments, user=dana.id, text="psst")
    assert [one.shown for one in dana.reads("payments")] == ["psst"]
    assert erin.reads("payments") == []
    assert (await web_client.conversations_history(channel=payments))["messages"] == []
    kai = slack.person("kai").id
    hidden = web_client.chat_postEphemeral(channel=payments, user=kai, text="psst")
    assert await refusal(hidden) == "user_not_in_channel"


async def test_updating_and_deleting(web_client: Client, slack: Sandbox, dana: Person) -> None:
    payments = slack.channel("payments").id
    said = await web_client.chat_postMessage(channel=payments, text="one")
    message = dana.reads("payments")[0]
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Two"}}]
    await web_client.chat_update(channel=payments, ts=said["ts"], text="two", blocks=blocks)
    assert (message.shown, message.notification, message.edited) == ("Two", "two", None)
    await web_client.chat_update(channel=payments, ts=said["ts"], text="three")
    assert (message.blocks, message.shown) == ([], "three")
    await dana.types("mine", channel="payments")
    mine = dana.reads("payments")[-1]
    touching = web_client.chat_update(channel=payments, ts=mine.ts, text="yours")
    assert await refusal(touching) == "cant_update_message"
    link = await web_client.chat_getPermalink(channel=payments, message_ts=said["ts"])
    assert link["permalink"].endswith("p" + said["ts"].replace(".", ""))
    await web_client.chat_delete(channel=payments, ts=said["ts"])
    assert message.deleted
    again = web_client.chat_delete(channel=payments, ts=said["ts"])
    assert await refusal(again) == "message_not_found"


async def test_history_newest_first_in_pages_with_metadata(
    web_client: Client, slack: Sandbox
) -> None:
    payments = slack.channel("payments").id
    stamps = []
    for number in range(5):
        metadata = {"event_type": "digest", "event_payload": {"key": f"k{number}"}}
        said = await web_client.chat_postMessage(
            channel=payments, text=str(number), metadata=metadata
        )
        stamps.append(said["ts"])
    first = await web_client.conversations_history(
        channel=payments, limit=3, include_all_metadata=True
    )
    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert first["messages"][0]["metadata"]["event_payload"] == {"key": "k4"}
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await web_client.conversations_history(channel=payments, limit=3, cursor=cursor)
    assert [one["text"] for one in second["messages"]] == ["1", "0"]
    assert "event_payload" not in second["messages"][0]["metadata"]
    after = await web_client.conversations_history(channel=payments, oldest=stamps[3])
    assert [one["text"] for one in after["messages"]] == ["4"]
    within = await web_client.conversations_history(
        channel=payments, oldest=stamps[1], latest=stamps[3], inclusive=True
    )
    assert [one["text"] for one in within["messages"]] == ["3", "2", "1"]
    bad = web_client.conversations_history(channel=payments, cursor="nonsense")
    assert await refusal(bad) == "invalid_cursor"


async def test_metadata_of_the_wrong_shape_is_dropped_with_a_warning(
    web_client: Client, slack: Sandbox, dana: Person
) -> None:
    payments = slack.channel("payments").id
    dotted = {"event_type": "digest.sent", "event_payload": {"key": "k"}}
    said = await web_client.chat_postMessage(channel=payments, text="x", metadata=dotted)
    assert said["warning"] == "invalid_metadata_schema"
    assert "metadata" not in said["message"]
    assert dana.reads("payments")[0].metadata is None


async def test_people_and_groups(web_client: Client, slack: Sandbox, dana: Person) -> None:
    user = (await web_client.users_info(user=dana.id))["user"]
    assert user["tz"] == "America/New_York"
    assert user["profile"]["email"] == "dana@example.com"
    found = await web_client.users_lookupByEmail(email="Dana@example.com")
    assert found["user"]["id"] == dana.id
    assert await refusal(web_client.users_lookupByEmail(email="x@y.z")) == "users_not_found"
    assert await refusal(web_client.users_lookupByEmail(email="olga@example.com")) == (
        "users_not_found"
    )
    assert await refusal(web_client.users_info(user="U1")) == "user_not_found"
    handles = []
    async for page in await web_client.users_list(limit=4):
        handles += [one["name"] for one in page["members"]]
    assert {"dana", "olga", "gus", "parrot"} <= set(handles)
    rex = (await web_client.users_info(user=slack.person("rex").id))["user"]
    assert rex["is_stranger"]
    assert rex["team_id"] != slack.workspace.team_id
    assert (await web_client.users_info(user=slack.person("gus").id))["user"]["is_restricted"]
    groups = (await web_client.usergroups_list(include_users=True))["usergroups"]
    sre = next(one for one in groups if one["handle"] == "sre")
    members = await web_client.usergroups_users_list(usergroup=sre["id"])
    assert members["users"] == sre["users"] == [slack.person(one).id for one in ("sam", "kai")]


async def test_channels(web_client: Client, slack: Sandbox) -> None:
    listed = (await web_client.conversations_list(limit=200))["channels"]
    assert "leadership" not in {one["name"] for one in listed}
    partners = next(one for one in listed if one["name"] == "partners")
    assert partners["is_ext_shared"]
    random = slack.channel("random").id
    assert not (await web_client.conversations_info(channel=random))["channel"]["is_member"]
    await web_client.conversations_join(channel=random)
    assert (await web_client.conversations_info(channel=random))["channel"]["is_member"]
    members = (await web_client.conversations_members(channel=random))["members"]
    assert slack.workspace.bot.id in members
    mine = await web_client.users_conversations(types="public_channel")
    assert random in {one["id"] for one in mine["channels"]}
    assert (await web_client.team_info())["team"]["domain"] == "acme"


async def test_an_uploaded_image_in_a_message(
    web_client: Client, slack: Sandbox, dana: Person
) -> None:
    uploaded = await web_client.files_upload_v2(
        filename="chart.png", content=b"\x89PNG...", title="Chart"
    )
    file = uploaded["files"][0]
    block = {"type": "image", "slack_file": {"id": file["id"]}, "alt_text": "a chart"}
    payments = slack.channel("payments").id
    await web_client.chat_postMessage(channel=payments, text="x", blocks=[block])
    assert dana.reads("payments")[0].shown == "a chart"
    async with aiohttp.ClientSession() as session, session.get(file["url_private"]) as got:
        assert await got.read() == b"\x89PNG..."


@pytest.mark.parametrize("named", [{"id": "F123"}, {"url": "https://files.slack.com/F123/x.png"}])
async def test_a_file_that_slack_does_not_know_is_refused_where_it_stands(
    named: dict[str, str], web_client: Client, slack: Sandbox
) -> None:
    image: dict[str, Any] = {"type": "image", "slack_file": named, "alt_text": "a chart"}
    blocks = [{"type": "divider"}, image]
    payments = slack.channel("payments").id
    with pytest.raises(SlackApiError) as refused:
        await web_client.chat_postMessage(channel=payments, text="x", blocks=blocks)
    assert refused.value.response["error"] == "invalid_blocks"
    said = ["invalid slack file [json-pointer:/blocks/1/slack_file]"]
    assert refused.value.response["errors"] == said


async def test_an_upload_can_be_shown_a_moment_after_it_was_completed(
    web_client: Client, slack: Sandbox
) -> None:
    slack.file_lag = 60
    uploaded = await web_client.files_upload_v2(filename="chart.png", content=b"x", title="Chart")
    named = {"id": uploaded["file"]["id"]}
    blocks = [{"type": "image", "slack_file": named, "alt_text": "a chart"}]
    payments = slack.channel("payments").id
    posted = web_client.chat_postMessage(channel=payments, text="x", blocks=blocks)
    assert await refusal(posted) == "invalid_blocks"
    slack.file_lag = 0
    await web_client.chat_postMessage(channel=payments, text="x", blocks=blocks)


async def test_only_pictures_are_shown_and_by_one_name(web_client: Client, slack: Sandbox) -> None:
    payments = slack.channel("payments").id
    notes = await web_client.files_upload_v2(filename="notes.txt", content=b"x", title="Notes")
    chart = await web_client.files_upload_v2(filename="chart.png", content=b"x", title="Chart")
    both = {"id": chart["file"]["id"], "url": chart["file"]["permalink"]}
    for named in ({"id": notes["file"]["id"]}, both, {}):
        blocks = [{"type": "image", "slack_file": named, "alt_text": "a chart"}]
        posted = web_client.chat_postMessage(channel=payments, text="x", blocks=blocks)
        assert await refusal(posted) == "invalid_blocks"


async def test_an_upload_is_as_long_as_announced_and_completed_once(
    web_client: Client, slack: Sandbox
) -> None:
    started = await web_client.files_getUploadURLExternal(filename="chart.png", length=3)
    async with aiohttp.ClientSession() as session:
        async with session.post(started["upload_url"], data=b"xxxx") as answer:
            assert answer.status == 400
        async with session.post(started["upload_url"], data=b"xxx") as answer:
            assert answer.status == 200
    files = [{"id": started["file_id"]}]
    await web_client.files_completeUploadExternal(files=files)
    again = web_client.files_completeUploadExternal(files=files)
    assert await refusal(again) == "file_not_found"


# ------------------------------------------------------------------------------------- faults


async def test_a_lost_response_was_still_accepted(
    web_client: Client, slack: Sandbox, dana: Person
) -> None:
    slack.faults.lose_response("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web_client.chat_postMessage(channel=slack.channel("payments").id, text="x")
    assert len(dana.reads("payments")) == 1
    assert [(one.outcome, one.answered) for one in slack.calls] == [("ok", False)]


async def test_a_late_acceptance(web_client: Client, slack: Sandbox, dana: Person) -> None:
    slack.faults.late_accept("chat.postMessage", seconds=0.1)
    with pytest.raises(aiohttp.ClientError):
        await web_client.chat_postMessage(channel=slack.channel("payments").id, text="x")
    assert dana.reads("payments") == []
    await slack.wait_for(lambda: dana.reads("payments"))


async def test_history_may_lag_behind(web_client: Client, slack: Sandbox) -> None:
    payments = slack.channel("payments").id
    slack.history_lag = 0.2
    await web_client.chat_postMessage(channel=payments, text="x")
    assert (await web_client.conversations_history(channel=payments))["messages"] == []
    async with asyncio.timeout(10):
        while not (await web_client.conversations_history(channel=payments))["messages"]:
            pass


async def test_refusals_on_request(web_client: Client, slack: Sandbox, dana: Person) -> None:
    payments = slack.channel("payments").id
    slack.faults.answer("chat.postMessage", status=429, retry_after=3)
    with pytest.raises(SlackApiError) as refused:
        await web_client.chat_postMessage(channel=payments, text="x")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "3"
    slack.faults.answer("chat.postMessage", status=500, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await web_client.chat_postMessage(channel=payments, text="x")
    slack.faults.answer("*", error="not_in_channel")
    say = web_client.chat_postMessage(channel=payments, text="x")
    assert await refusal(say) == "not_in_channel"
    assert dana.reads("payments") == []
    slack.faults.delay("chat.postMessage", 0.1)
    started = time.monotonic()
    await web_client.chat_postMessage(channel=payments, text="x")
    assert time.monotonic() - started > 0.1


async def test_rate_limits_are_per_channel(web_client: Client, slack: Sandbox) -> None:
    slack.rate_limits = True
    await web_client.chat_postMessage(channel=slack.channel("payments").id, text="x")
    await web_client.chat_postMessage(channel=slack.channel("platform").id, text="x")
    with pytest.raises(SlackApiError) as refused:
        await web_client.chat_postMessage(channel=slack.channel("payments").id, text="x")
    assert refused.value.response.headers["Retry-After"] == "1"


async def test_the_clock_moves_and_tells(slack: Sandbox) -> None:
    told: list[Any] = []

    async def follow(now: Any) -> None:
        told.append(now)

    slack.clock.on_move(follow)
    before = slack.clock.now()
    await slack.clock.advance(timedelta(days=3))
    assert slack.clock.now() - before >= timedelta(days=3)
    await slack.clock.set(before)
    assert len(told) == 2
    assert abs(told[1] - before) < timedelta(seconds=1)


async def test_a_manifest_can_be_text(slack: Sandbox) -> None:
    text = "display_information:\n  name: Small\noauth_config:\n  scopes:\n    bot: []\n"
    async with Sandbox(text) as small:
        client = AsyncWebClient(token=small.bot_token, base_url=small.api_url)
        say = client.chat_postMessage(channel="general", text="x")
        assert await refusal(say) == "missing_scope"
    assert MANIFEST["display_information"]["name"] == "Parrot"
