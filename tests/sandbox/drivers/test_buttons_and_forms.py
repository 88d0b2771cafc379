"""Buttons, selects, forms, shortcuts and Home, with a real Bolt app answering."""

from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Person, Sandbox
from tests.sandbox.conftest import works_on

Named = Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(text: str, value: str, **more: Any) -> dict[str, Any]:
    named = {"type": "button", "text": plain(text), "action_id": f"{text.lower()}.press"}
    return named | {"value": value, **more}


def row(key: str) -> dict[str, Any]:
    buttons = [button("Claim", key), button("Show", key)]
    return {"type": "actions", "block_id": f"row.{key}", "elements": buttons}


def entry(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = {"type": "input", "block_id": label.lower(), "label": plain(label)}
    return named | {"element": {"action_id": "entered", **element}, **more}


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "log",
    "private_metadata": "m",
    "title": plain("Log hours"),
    "submit": plain("Log"),
    "notify_on_close": True,
    "blocks": [
        entry("Artifact", {"type": "external_select", "min_query_length": 1}),
        entry("Hours", {"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}),
        entry(
            "Kind",
            {
                "type": "static_select",
                "options": [
                    {"text": plain("Rework"), "value": "rework"},
                    {"text": plain("Incident"), "value": "incident"},
                ],
                "initial_option": {"text": plain("Rework"), "value": "rework"},
            },
        ),
        entry("Owner", {"type": "users_select"}, optional=True),
        entry("Day", {"type": "datepicker"}, optional=True),
        entry("Note", {"type": "plain_text_input", "max_length": 5}, optional=True),
    ],
}


@pytest.fixture
def seen(app: AsyncApp) -> dict[str, Any]:
    """The bodies that the app received, by callback or action id."""
    bodies: dict[str, Any] = {}

    @app.use
    async def keep(body: Named, next_: Named) -> None:
        bodies[body.get("type") or body.get("command") or ""] = body
        await next_()

    return bodies


async def test_a_button_of_one_row_updates_the_message(
    app: AsyncApp, web_client: AsyncWebClient, seen: dict[str, Any], slack: Sandbox, dana: Person
) -> None:
    @app.action("claim.press")
    async def claim(ack: Named, respond: Named, action: Named) -> None:
        await ack()
        await respond(f"{action['value']} is yours", replace_original=True)

    payments = slack.channel("payments")
    metadata = {"event_type": "digest", "event_payload": {"key": "k"}}
    await web_client.chat_postMessage(
        channel=payments.id, text="two", blocks=[row("D-7"), row("D-71")], metadata=metadata
    )
    message = dana.reads("payments")[-1]
    assert message.buttons == ["Claim", "Show", "Claim", "Show"]
    with pytest.raises(LookupError, match="2 controls are called 'Claim'"):
        await dana.clicks(message, "Claim")
    reply = await dana.clicks(message, "Claim", value="D-7")
    assert reply.updated == [message]
    assert message.shown == "D-7 is yours"
    body = seen["block_actions"]
    assert body["container"]["channel_id"] == payments.id
    assert body["message"]["metadata"] == metadata
    assert body["actions"][0]["block_id"] == "row.D-7"
    assert body["message"]["blocks"][0]["block_id"] == "row.D-7"


async def test_of_an_ephemeral_message_the_app_is_told_little(
    app: AsyncApp, seen: dict[str, Any], dana: Person
) -> None:
    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(text="card", blocks=[row("D-7")])

    @app.action("show.press")
    async def show(ack: Named, respond: Named) -> None:
        await ack()
        await respond(delete_original=True)

    card = (await dana.types("/echo")).message
    await dana.clicks(card, "Show", row="D-7")
    assert "message" not in seen["block_actions"]
    assert seen["block_actions"]["container"]["is_ephemeral"] is True
    assert card.deleted
    assert dana.reads() == []


async def test_a_select_in_a_message(app: AsyncApp, dana: Person) -> None:
    select = {
        "type": "static_select",
        "action_id": "kind",
        "options": [{"text": plain("Rework"), "value": "r"}, {"text": plain("Fix"), "value": "f"}],
    }

    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(text="card", blocks=[{"type": "actions", "elements": [select]}])

    @app.action("kind")
    async def kind(ack: Named, respond: Named, body: Named) -> None:
        await ack()
        (state,) = body["state"]["values"].values()
        await respond(state["kind"]["selected_option"]["value"], replace_original=False)

    card = (await dana.types("/echo")).message
    assert (await dana.chooses(card, "kind", "Fix")).text == "f"


@pytest.fixture
def log_form(app: AsyncApp) -> list[Any]:
    """A global shortcut opens FORM; submissions of more than 10 hours are refused."""
    submitted: list[Any] = []

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("entered")
    async def options(ack: Named, payload: Named) -> None:
        keys = [key for key in ("D-7", "D-71", "D-8") if payload["value"].upper() in key]
        await ack(options=[{"text": plain(f"{key} pay-out"), "value": key} for key in keys])

    @app.view("log")
    async def submit(ack: Named, view: Named, client: AsyncWebClient, body: Named) -> None:
        values = view["state"]["values"]
        if float(values["hours"]["entered"]["value"]) > 10:
            await ack(response_action="errors", errors={"hours": "That is a lot."})
            return
        await ack()
        await works_on()
        submitted.append(view)
        await client.chat_postMessage(channel=body["user"]["id"], text="logged")

    @app.view_closed("log")
    async def closed(ack: Named, body: Named) -> None:
        await ack()
        submitted.append(body)

    return submitted


async def test_a_form_from_opening_to_the_answer(log_form: list[Any], dana: Person) -> None:
    reply = await dana.shortcut("squawk")
    form = reply.form
    assert form is not None
    assert form.title == "Log hours"
    assert form.labels == ["Artifact", "Hours", "Kind", "Owner", "Day", "Note"]
    assert form.values["Kind"] == "Rework"
    found = await form.search("Artifact", "d-7")
    assert found == ["D-7 pay-out", "D-71 pay-out"]
    assert found[0].value == "D-7"
    form.choose("Artifact", "D-7")
    form.fill("Hours", "11")
    form.choose("Owner", "erin")
    form.fill("Day", "2026-11-20")
    refused = await form.submit()
    assert refused.form == form
    assert refused.errors == {"Hours": "That is a lot."}
    form.fill("Hours", "1.5")
    reply = await form.submit()
    assert (reply.text, reply.form, reply.error) == ("logged", None, None)
    assert dana.form is None
    values = log_form[0]["state"]["values"]
    assert values["artifact"]["entered"]["selected_option"]["value"] == "D-7"
    assert values["owner"]["entered"]["selected_user"].startswith("U")
    assert values["day"]["entered"] == {"type": "datepicker", "selected_date": "2026-11-20"}
    assert values["note"]["entered"] == {"type": "plain_text_input", "value": None}
    assert log_form[0]["private_metadata"] == "m"


async def test_what_the_client_itself_refuses(log_form: list[Any], dana: Person) -> None:
    form = (await dana.shortcut("squawk")).form
    assert form is not None
    form.fill("Hours", "-1")
    form.fill("Note", "too long")
    reply = await form.submit()
    assert set(reply.errors) == {"Artifact", "Hours", "Note"}
    assert reply.errors["Artifact"] == "Please complete this required field."
    assert log_form == []


async def test_closing_a_form_is_told_if_the_app_asked_for_it(
    log_form: list[Any], slack: Sandbox, dana: Person
) -> None:
    form = (await dana.shortcut("squawk")).form
    assert form is not None
    await form.close()
    assert dana.form is None
    assert form.closed
    assert log_form[0]["type"] == "view_closed"


async def test_errors_must_name_inputs(app: AsyncApp, log_form: list[Any], dana: Person) -> None:
    app._async_listeners.clear()

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        blocks = [entry("Hours", {"type": "plain_text_input"})]
        await client.views_open(trigger_id=body["trigger_id"], view=FORM | {"blocks": blocks})

    @app.view("log")
    async def submit(ack: Named) -> None:
        await ack(response_action="errors", errors={"elsewhere": "no"})

    form = (await dana.shortcut("squawk")).form
    assert form is not None
    form.fill("Hours", "1")
    assert (await form.submit()).error.startswith("invalid_response_action")  # type: ignore[union-attr]  # None fails the test as well


async def test_pushed_and_updated_views(app: AsyncApp, dana: Person) -> None:
    def page(title: str, *blocks: Any) -> dict[str, Any]:
        view = {"type": "modal", "callback_id": title, "title": plain(title), "submit": plain("Go")}
        return view | {"blocks": list(blocks)}

    note = entry("Note", {"type": "plain_text_input"})

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        waiting = page("Wait") | {"submit": None}
        opened = await client.views_open(trigger_id=body["trigger_id"], view=waiting)
        await works_on()
        view = opened["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=page("One", note))
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await client.views_update(view_id=view["id"], hash=view["hash"], view=page("No", note))

    @app.view("One")
    async def one(ack: Named, view: Named) -> None:
        said = view["state"]["values"]["note"]["entered"]["value"]
        if said == "again":
            await ack(
                response_action="update", view=page("One", note, entry("More", note["element"]))
            )
        else:
            await ack(response_action="push", view=page("Two", note))

    @app.view("Two")
    async def two(ack: Named) -> None:
        await ack(response_action="clear")

    form = (await dana.shortcut("squawk")).form
    assert form is not None
    assert form.title == "One"
    form.fill("Note", "again")
    await form.submit()
    assert form.labels == ["Note", "More"]
    assert form.values["Note"] == "again"
    form.fill("Note", "on")
    form.fill("More", "x")
    second = (await form.submit()).form
    assert second is not None
    assert second.title == "Two"
    second.fill("Note", "done")
    await second.submit()
    assert dana.form is None


async def test_a_trigger_serves_once_and_for_three_seconds(
    app: AsyncApp, seen: dict[str, Any], slack: Sandbox, web_client: AsyncWebClient, dana: Person
) -> None:
    @app.shortcut("squawk")
    async def squawk(ack: Named) -> None:
        await ack()

    async def opening() -> str:
        trigger = seen["shortcut"]["trigger_id"]
        blocks = [entry("Note", {"type": "plain_text_input"})]
        with pytest.raises(SlackApiError) as refused:
            await web_client.views_open(trigger_id=trigger, view=FORM | {"blocks": blocks})
        return str(refused.value.response["error"])

    await dana.shortcut("squawk")
    await slack.clock.advance(timedelta(seconds=4))
    assert await opening() == "expired_trigger_id"
    await dana.shortcut("squawk")
    trigger = seen["shortcut"]["trigger_id"]
    await web_client.views_open(trigger_id=trigger, view=FORM)
    assert await opening() == "exchanged_trigger_id"


async def test_a_message_shortcut(app: AsyncApp, slack: Sandbox, dana: Person) -> None:
    @app.shortcut("keep")
    async def keep(ack: Named, respond: Named, shortcut: Named) -> None:
        await ack()
        await respond(f"kept {shortcut['message']['text']}")

    await dana.types("remember the milk", channel="random")
    message = dana.reads("random")[-1]
    reply = await dana.message_shortcut(message, "keep")
    assert reply.text == "kept remember the milk"
    assert reply.ephemeral


async def test_home(app: AsyncApp, dana: Person) -> None:
    @app.event("app_home_opened")
    async def opened(event: Named, client: AsyncWebClient) -> None:
        hello = {"type": "section", "text": {"type": "mrkdwn", "text": f"Hello <@{event['user']}>"}}
        view = {"type": "home", "blocks": [hello, row("D-1")]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.action("claim.press")
    async def claim(ack: Named, client: AsyncWebClient, body: Named) -> None:
        await ack()
        view = {"type": "home", "blocks": [row("D-2")]}
        await client.views_publish(user_id=body["user"]["id"], view=view)

    home = await dana.opens_home()
    assert home.shown == "Hello @dana\n[Claim] [Show]"
    await home.clicks("Claim")
    assert home.blocks[0]["block_id"] == "row.D-2"


async def test_a_response_url_has_five_uses_and_thirty_minutes(
    app: AsyncApp, seen: dict[str, Any], slack: Sandbox, dana: Person
) -> None:
    answers: list[Any] = []

    @app.command("/echo")
    async def echo(ack: Named, respond: Named) -> None:
        await ack()
        answers.extend([await respond(str(number)) for number in range(6)])
        slack.clock.advance(timedelta(minutes=31))
        answers.append(await respond("late"))

    reply = await dana.types("/echo")
    assert len(reply.messages) == 5
    assert [one.status_code for one in answers] == [200] * 5 + [404] * 2
    assert "used_url" in answers[5].body
    assert "expired_url" in answers[6].body
    outcomes = [one.outcome for one in slack.calls if one.method == "response_url"]
    assert outcomes == ["ok"] * 5 + ["used_url", "expired_url"]
