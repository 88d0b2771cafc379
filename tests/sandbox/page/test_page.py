"""The page as the server draws it: every block, safe against every text, kept from other sites."""

from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Person, Sandbox
from sandbox.page.page import POLICY

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>' onmouseover='alert(1)",
    "</textarea></ul></dialog><b>out</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<https://a.example/"onmouseover=alert(1)|x"\'><javascript:alert(1)|y>',
    "<!date^1^{date}^javascript:alert(1)|<i>>",
    "{{ 7 * 7 }}{% raw %}",
    "\ue000`\ue000` *\ue000* <@\ue000>",
    "\x00`\x00` *\x00* <@\x00>",
    "\u202eright to left\u0000",
]


class Found(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def must_be_harmless(self) -> None:
        for tag, attrs in self.tags:
            assert tag not in {"iframe", "object", "embed", "base", "style"}
            assert tag != "script" or attrs.get("src") == "/page/static/main.js"
            assert not [name for name in attrs if name.startswith("on") or name == "style"]
            assert "javascript:" not in (attrs.get("href") or "")


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text[:75]), "value": text[:75], "description": plain(text[:75])}


def field(number: int, text: str, element: dict[str, Any]) -> dict[str, Any]:
    named = {"action_id": f"{element['type']}", **element}
    about = {"hint": plain(text), "optional": bool(number % 2)}
    return {
        "type": "input",
        "block_id": f"f{number}{text}",
        "label": plain(text),
        "element": named,
    } | about


def every_block(text: str) -> list[dict[str, Any]]:
    """All that an app may put on a message, with this text wherever one may stand."""
    styled = {"type": "mrkdwn", "text": text}
    image = {"type": "image", "image_url": "https://a.example/x.png", "alt_text": text}
    confirm = {name: plain(text[:30]) for name in ("title", "text", "confirm", "deny")}
    chosen = {"options": [option(text)], "initial_option": option(text)}
    elements: list[dict[str, Any]] = [
        {"type": "button", "text": plain(text[:75]), "value": text, "confirm": confirm},
        {"type": "button", "text": plain(text[:75]), "url": "https://a.example", "style": "danger"},
        {"type": "overflow", "options": [option(text)]},
        {"type": "static_select", "placeholder": plain(text), **chosen},
        {"type": "datepicker", "initial_date": "2026-11-30"},
        {"type": "timepicker", "initial_time": "09:30"},
        {"type": "radio_buttons", **chosen},
    ]
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    cells = [{"type": "raw_text", "text": text}, {"type": "rich_text", "elements": [rich]}]
    return [
        {"type": "header", "text": plain(text)},
        {"type": "section", "text": styled, "fields": [styled], "accessory": image},
        {"type": "context", "elements": [styled, image]},
        {"type": "divider"},
        {"type": "actions", "block_id": text, "elements": elements},
        {**image, "title": plain(text)},
        {"type": "rich_text", "elements": [rich]},
        {"type": "table", "rows": [cells, cells]},
    ]


def every_input(text: str) -> list[dict[str, Any]]:
    placed = {"placeholder": plain(text[:150])}
    options = {"options": [option(text)]}
    kinds: list[dict[str, Any]] = [
        {"type": "plain_text_input", "multiline": True, "max_length": 99, "initial_value": text},
        {"type": "plain_text_input", "initial_value": text, **placed},
        {"type": "number_input", "is_decimal_allowed": True},
        {"type": "email_text_input", "initial_value": text},
        {"type": "url_text_input"},
        {"type": "checkboxes", **options, "initial_options": [option(text)]},
        {"type": "external_select", "initial_option": option(text), **placed},
        {"type": "multi_static_select", **options, "initial_options": [option(text)]},
        {"type": "users_select"},
        {"type": "multi_users_select"},
        {"type": "conversations_select"},
        {"type": "multi_channels_select"},
        {"type": "datetimepicker", "initial_date_time": 1795512600},
    ]
    return [field(number, text, kind) for number, kind in enumerate(kinds)]


async def get(slack: Sandbox, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session:
        answer = await session.get(slack.url + path, headers=headers)
        return answer.status, await answer.text(), dict(answer.headers)


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_text_becomes_html(slack: Sandbox, dana: Person, text: str) -> None:
    here = slack.workspace
    here.post(slack.channel("payments"), here.bot.id, text, every_block(text))
    here.post(slack.channel("payments"), dana.id, text)
    _, html, _ = await get(slack, "/?as=dana&in=payments")
    Found(html).must_be_harmless()
    assert text in Found(html).text


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_text_on_a_form_becomes_html(slack: Sandbox, dana: Person, text: str) -> None:
    source = {"type": "modal", "title": plain(text), "submit": plain(text), "close": plain(text)}
    view = slack.workspace.open_view(dana.id, {**source, "blocks": every_input(text)})
    view.errors = {block["block_id"]: text for block in view.blocks}
    _, html, _ = await get(slack, "/page/form?as=dana")
    Found(html).must_be_harmless()
    assert [tag for tag, _ in Found(html).tags].count("form") == 1


async def test_names_are_texts_too(slack: Sandbox) -> None:
    for number, text in enumerate(HOSTILE):
        slack.add_person(f"p{number}", real_name=text, title=text)
        slack.add_channel(f"c{number}{text}", members=["dana"])
    for path in ("/?as=dana", "/?as=p1", "/page/side?as=dana"):
        _, html, _ = await get(slack, path)
        Found(html).must_be_harmless()


async def test_an_app_cannot_draw_outside_its_block(
    slack: Sandbox, web_client: AsyncWebClient
) -> None:
    payments = slack.channel("payments").id
    await web_client.chat_postMessage(channel=payments, text="x", blocks=every_block("</div>" * 3))
    _, html, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert html.count("<div") == html.count("</div>")
    assert html.count("<article") == 1


async def test_each_answer_carries_the_policy(slack: Sandbox) -> None:
    for path in ("/", "/page/side", "/page/static/main.js", "/page/static/page.css"):
        status, _, headers = await get(slack, path)
        assert status == 200
        assert headers["Content-Security-Policy"] == POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert POLICY.startswith("default-src 'self';")
    assert "unsafe" not in POLICY


async def test_other_sites_stay_out(slack: Sandbox) -> None:
    assert (await get(slack, "/", Host="evil.example"))[0] == 403
    assert (await get(slack, "/page/side", Origin="https://evil.example"))[0] == 403
    async with aiohttp.ClientSession() as session:
        foreign = {"Origin": "https://evil.example"}
        answer = await session.post(f"{slack.url}/page/monday", headers=foreign)
        assert answer.status == 403


@pytest.mark.parametrize("name", ["page.py", "..%2fpage.py", "none.js", "..%2f..%2fpyproject.toml"])
async def test_only_the_pages_own_files_are_served(slack: Sandbox, name: str) -> None:
    assert (await get(slack, f"/page/static/{name}"))[0] == 404


async def test_strangers_names_are_not_found(slack: Sandbox) -> None:
    status, words, _ = await get(slack, "/?as=nobody")
    assert (status, words) == (404, "nobody here is called 'nobody'")


async def test_where_one_may_not_go_one_sees_the_first_channel(slack: Sandbox) -> None:
    _, html, _ = await get(slack, "/?as=dana&in=leadership")
    assert f'data-channel="{slack.channel("general").id}"' in html
    assert "leadership" not in html


async def test_messages_are_those_of_the_person(slack: Sandbox, dana: Person) -> None:
    here = slack.workspace
    here.post(slack.channel("payments"), here.bot.id, "for dana alone", only_for=dana.id)
    _, hers, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert "for dana alone" in hers
    assert "Only visible to you" in hers
    _, others, _ = await get(slack, "/page/place?as=erin&in=payments")
    assert "for dana alone" not in others


async def test_a_message_stands_at_the_workspaces_time(slack: Sandbox, dana: Person) -> None:
    await get(slack, "/")
    async with aiohttp.ClientSession() as session:
        await session.post(f"{slack.url}/page/monday?as=dana")
    await dana.types("Monday, then", channel="payments")
    _, html, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert "<span>Today</span>" in html
    assert "9:30 AM</time>" in html


async def test_what_was_changed_says_so(slack: Sandbox, dana: Person) -> None:
    message = slack.workspace.post(slack.channel("payments"), dana.id, "before")
    slack.workspace.update(message, "after", None)
    _, html, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert "(edited)" in html
    assert "before" not in html


async def test_an_archived_channel_takes_no_words(slack: Sandbox) -> None:
    slack.archive("payments")
    _, html, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert 'data-refusal="#payments is archived: nobody can write here."' in html


async def test_an_upload_is_shown_from_here(slack: Sandbox) -> None:
    file = slack.workspace.add_file("chart.png", "Chart")
    block = {"type": "image", "slack_file": {"id": file.id}, "alt_text": "a chart"}
    slack.workspace.post(slack.channel("payments"), slack.workspace.bot.id, "x", [block])
    _, html, _ = await get(slack, "/page/place?as=dana&in=payments")
    assert f'src="/files/{file.id}/chart.png" alt="a chart"' in html


async def test_a_form_says_what_is_wrong_at_its_field(slack: Sandbox, dana: Person) -> None:
    source = {"type": "modal", "title": plain("Log"), "submit": plain("Log")}
    hours = field(0, "Hours", {"type": "plain_text_input"})
    view = slack.workspace.open_view(dana.id, {**source, "blocks": [hours]})
    view.errors = {hours["block_id"]: "Hours are a number."}
    _, html, _ = await get(slack, "/page/form?as=dana")
    assert 'class="block field wrong"' in html
    assert "Hours are a number." in html
    assert 'aria-invalid="true"' in html
    assert (await get(slack, "/page/form?as=erin"))[1] == ""


async def test_unread_is_counted_until_it_is_read(slack: Sandbox, dana: Person) -> None:
    here = slack.workspace
    here.post(slack.channel("growth"), here.bot.id, "new")
    _, html, _ = await get(slack, "/page/side?as=dana&in=payments")
    assert 'data-unread="1"' in html
    dana.sees("growth")
    _, html, _ = await get(slack, "/page/side?as=dana&in=payments")
    assert 'data-unread="0"' in html
