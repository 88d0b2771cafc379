"""Every kind of field, filled in as a person would and reported as Slack does."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Form, Person, Sandbox

Named = Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(t), "value": t[0].lower()} for t in ("Alpha", "Beta", "Gamma")]

ELEMENTS: dict[str, dict[str, Any]] = {
    "Text": {"type": "plain_text_input", "initial_value": "as it was"},
    "Rich": {"type": "rich_text_input"},
    "Number": {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"},
    "Email": {"type": "email_text_input"},
    "Url": {"type": "url_text_input"},
    "Day": {"type": "datepicker", "initial_date": "2026-01-01"},
    "Time": {"type": "timepicker"},
    "Moment": {"type": "datetimepicker"},
    "One": {"type": "static_select", "options": OPTIONS},
    "Grouped": {
        "type": "static_select",
        "option_groups": [{"label": plain("G"), "options": OPTIONS}],
    },
    "Several": {"type": "multi_static_select", "options": OPTIONS},
    "Boxes": {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[:1]},
    "Radio": {"type": "radio_buttons", "options": OPTIONS},
    "Person": {"type": "users_select"},
    "People": {"type": "multi_users_select"},
    "Channel": {"type": "channels_select"},
    "Talk": {"type": "conversations_select", "response_url_enabled": True},
    "Found": {"type": "multi_external_select", "min_query_length": 0},
}


def view() -> dict[str, Any]:
    blocks = []
    for label, element in ELEMENTS.items():
        named = {"type": "input", "block_id": label, "label": plain(label), "optional": True}
        blocks.append(named | {"element": {"action_id": "x", **element}})
    return {
        "type": "modal",
        "callback_id": "all",
        "title": plain("All"),
        "submit": plain("Go"),
        "blocks": blocks,
    }


@pytest.fixture
def submitted(app: AsyncApp) -> list[Any]:
    bodies: list[Any] = []

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view())

    @app.options("x")
    async def options(ack: Named) -> None:
        await ack(option_groups=[{"label": plain("G"), "options": OPTIONS}])

    @app.view("all")
    async def submit(ack: Named, body: Named, client: AsyncWebClient) -> None:
        bodies.append(body)
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="thanks")

    return bodies


@pytest.fixture
async def form(submitted: list[Any], dana: Person) -> Form:
    opened = (await dana.shortcut("squawk")).form
    assert opened is not None
    return opened


async def test_untouched_fields_report_what_they_began_with(
    form: Form, submitted: list[Any]
) -> None:
    await form.submit()
    values = submitted[0]["view"]["state"]["values"]
    assert values["Text"]["x"]["value"] == "as it was"
    assert values["Day"]["x"]["selected_date"] == "2026-01-01"
    assert values["Boxes"]["x"]["selected_options"] == OPTIONS[:1]
    assert values["Several"]["x"]["selected_options"] == []
    assert values["One"]["x"]["selected_option"] is None
    assert values["Person"]["x"]["selected_user"] is None


async def test_every_field_filled(form: Form, submitted: list[Any], slack: Sandbox) -> None:
    filled: dict[str, Any] = {
        "Text": "new",
        "Rich": "rich",
        "Number": 7,
        "Email": "x@example.com",
        "Url": "https://x.example",
        "Day": "2026-11-30",
        "Time": "09:30",
        "Moment": 1_800_000_000,
        "One": "Beta",
        "Grouped": "g",
        "Several": ["Alpha", "Gam"],
        "Boxes": ["Beta"],
        "Radio": "Gamma",
        "Person": "erin",
        "People": ["erin", "@sam"],
        "Channel": "#payments",
        "Talk": "platform",
    }
    for label, words in filled.items():
        form.fill(label, words)
    assert await form.search("Found", "") == ["Alpha", "Beta", "Gamma"]
    form.choose("Found", ["Alpha"])
    assert form.values["People"] == "erin, sam"
    assert form.values["Channel"] == "payments"
    assert form.values["Several"] == "Alpha, Gamma"
    assert (await form.submit()).text == "thanks"
    values = submitted[0]["view"]["state"]["values"]
    assert values["Number"]["x"] == {"type": "number_input", "value": "7"}
    assert values["Time"]["x"]["selected_time"] == "09:30"
    assert values["Moment"]["x"]["selected_date_time"] == 1_800_000_000
    assert values["Grouped"]["x"]["selected_option"]["value"] == "g"
    erin, sam = (slack.person(one).id for one in ("erin", "sam"))
    assert values["People"]["x"]["selected_users"] == [erin, sam]
    assert values["Found"]["x"]["selected_options"] == OPTIONS[:1]
    assert values["Rich"]["x"]["rich_text_value"]["type"] == "rich_text"
    answer_to = submitted[0]["response_urls"][0]
    assert answer_to["channel_id"] == slack.channel("platform").id


async def test_what_is_not_offered_cannot_be_chosen(form: Form) -> None:
    with pytest.raises(LookupError, match="0 options match 'Delta'"):
        form.choose("One", "Delta")
    with pytest.raises(LookupError, match="nobody here is called 'zoe'"):
        form.choose("Person", "zoe")
    with pytest.raises(LookupError, match="0 fields are called 'Shoe size'"):
        form.fill("Shoe size", "44")
    with pytest.raises(LookupError, match="0 options match"):
        form.choose("Found", "Alpha")
    with pytest.raises(ValueError, match="Invalid isoformat"):
        form.fill("Day", "tomorrow")


@pytest.mark.parametrize(
    ("label", "words"), [("Number", "1.5"), ("Number", "10"), ("Email", "x"), ("Url", "x.example")]
)
async def test_what_the_client_refuses(
    form: Form, submitted: list[Any], label: str, words: str
) -> None:
    form.fill(label, words)
    assert list((await form.submit()).errors) == [label]
    form.fill(label, None)
    assert (await form.submit()).errors == {}
    assert len(submitted) == 1


async def test_choosing_where_the_app_wants_to_know(app: AsyncApp, dana: Person) -> None:
    select = {"type": "static_select", "action_id": "kind", "options": OPTIONS}
    kind = {"type": "input", "block_id": "k", "label": plain("Kind"), "element": select}
    source = view() | {"blocks": [kind | {"dispatch_action": True}]}
    more = {"type": "section", "text": {"type": "mrkdwn", "text": "*Beta* it is"}}

    @app.shortcut("squawk")
    async def squawk(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=source)

    @app.action("kind")
    async def chosen(ack: Named, body: Named, client: AsyncWebClient) -> None:
        await ack()
        assert body["actions"][0]["selected_option"]["value"] == "b"
        blocks = [*source["blocks"], more]
        await client.views_update(view_id=body["view"]["id"], view=source | {"blocks": blocks})

    form = (await dana.shortcut("squawk")).form
    assert form is not None
    reply = await form.chooses("Kind", "Beta")
    assert reply.form == form
    assert "Beta it is" in form.shown
    assert form.values == {"Kind": "Beta"}


async def test_menus_in_messages(app: AsyncApp, dana: Person) -> None:
    elements = [
        {"type": "overflow", "action_id": "more", "options": OPTIONS},
        {"type": "datepicker", "action_id": "day"},
        {"type": "users_select", "action_id": "who"},
        {"type": "external_select", "action_id": "x", "min_query_length": 1},
    ]

    @app.command("/echo")
    async def echo(ack: Named) -> None:
        await ack(text="card", blocks=[{"type": "actions", "elements": elements}])

    @app.options("x")
    async def options(ack: Named) -> None:
        await ack(options=OPTIONS)

    for name in ("more", "day", "who", "x"):

        @app.action(name)
        async def chosen(ack: Named, respond: Named, action: Named) -> None:
            await ack()
            option = action.get("selected_option")
            picked = option["value"] if option else action.get("selected_date")
            await respond(picked or action["selected_user"], replace_original=False)

    card = (await dana.types("/echo")).message
    assert (await dana.chooses(card, "more", "Gamma")).text == "g"
    assert (await dana.chooses(card, "day", "2026-11-30")).text == "2026-11-30"
    assert (await dana.chooses(card, "who", "dana")).text == dana.id
    assert (await dana.chooses(card, "x", "Beta")).text == "b"


async def test_a_menu_that_offers_what_slack_would_not_show(form: Form, app: AsyncApp) -> None:
    app._async_listeners.clear()

    @app.options("x")
    async def options(ack: Named) -> None:
        await ack(options=[{"text": plain("x" * 76), "value": "v"}])

    with pytest.raises(ValueError, match="less than 76 characters"):
        await form.search("Found", "")


async def test_without_interactivity_nothing_is_told(slack: Sandbox) -> None:
    features = {"display_information": {"name": "Mute"}, "oauth_config": {"scopes": {"bot": []}}}
    async with Sandbox(features) as mute:
        dana = mute.person("dana")
        button = {"type": "button", "text": plain("Go"), "action_id": "go"}
        blocks = [{"type": "actions", "elements": [button]}]
        bot = mute.workspace.bot.id
        card = mute.workspace.post(mute.channel("general"), bot, "card", blocks)
        assert (await dana.clicks(card, "Go")).error == "interactivity_disabled"
        with pytest.raises(LookupError, match="no such shortcut"):
            await dana.shortcut("squawk")
