"""What Slack refuses in blocks and views, one table row a limit."""

from typing import Any

import pytest

from sandbox.blocks.limits import check_message_blocks, check_view
from sandbox.wire.wire import SlackError


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str = "Go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": "go", **more}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def options(count: int) -> list[Any]:
    return [{"text": plain(f"o{n}"), "value": f"v{n}"} for n in range(count)]


def chooser(kind: str, count: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "choose", "options": options(count), **more}


def entry(element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    typed = element or {"type": "plain_text_input", "action_id": "a"}
    return {"type": "input", "label": plain("Note"), "element": typed, **more}


def table(rows: int, columns: int) -> dict[str, Any]:
    row = [{"type": "raw_text", "text": "x"}] * columns
    return {"type": "table", "rows": [row] * rows}


def many(count: int) -> list[Any]:
    return [button(action_id=f"go{n}") for n in range(count)]


IMAGE = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "x"}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3000)],
        [section("x", accessory=button("x" * 75, value="v" * 2000))],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 900}] * 10}],
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "divider"}] * 50,
        [actions(*many(25))],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}],
        [actions(chooser("static_select", 100))],
        [section("x", accessory=chooser("checkboxes", 10))],
        [IMAGE],
        [table(100, 20)],
        [entry()],
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    ],
)
def test_within_the_limits(blocks: list[Any]) -> None:
    check_message_blocks(blocks)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/"),
        ([section("")], "must be more than 0 characters"),
        ([{"type": "section"}], "must provide text or fields"),
        ([{"type": "section", "fields": [plain("x" * 2001)]}], "less than 2001 characters"),
        ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items"),
        ([{"type": "header", "text": plain("x" * 151)}], "less than 151 characters"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
        ([actions(button("x" * 76))], "less than 76 characters"),
        ([actions(button(value="x" * 2001))], "less than 2001 characters"),
        ([actions(button(action_id="x" * 256))], "less than 256 characters"),
        ([actions(button(style="loud"))], "must be one of: primary, danger"),
        ([actions(button(url="example"))], "must be a valid URL"),
        ([actions(button(colour="red"))], "invalid additional property: colour"),
        ([actions({"type": "button", "action_id": "x"})], "missing required field: text"),
        ([actions(*many(26))], "no more than 25 items"),
        ([actions()], "no fewer than 1 items"),
        ([actions(button(), button())], '"action_id" go already exists'),
        ([section("x", block_id="b")] * 2, '"block_id" b already exists'),
        ([section("x", block_id="b" * 256)], "less than 256 characters"),
        ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
        ([actions(chooser("static_select", 101))], "no more than 100 items"),
        ([actions(chooser("checkboxes", 11))], "no more than 10 items"),
        ([actions(chooser("radio_buttons", 11))], "no more than 10 items"),
        ([actions(chooser("static_select", 2, placeholder=plain("x" * 151)))], "less than 151"),
        ([actions(chooser("static_select", 2, initial_option=options(3)[2]))], "initial option"),
        ([actions({"type": "static_select", "action_id": "a"})], "either options or option_groups"),
        ([actions(IMAGE)], "unsupported type: image"),
        ([{"type": "wheel"}], "unsupported type: wheel [json-pointer:/blocks/0/type]"),
        ([{"text": "x"}], "missing required field: type"),
        ([IMAGE | {"alt_text": None}], "missing required field: alt_text"),
        ([table(101, 1)], "no more than 100 items"),
        ([table(1, 21)], "no more than 20 items"),
        ([entry(label=plain("x" * 2001))], "less than 2001 characters"),
        ([entry(hint=plain("x" * 2001))], "less than 2001 characters"),
    ],
)
def test_beyond_the_limits(blocks: list[Any], words: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_message_blocks(blocks)
    assert refused.value.code == "invalid_blocks"
    assert any(words in one for one in refused.value.extra["response_metadata"]["messages"])


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ("[]", "invalid_blocks_format"),
        (["x"], "invalid_blocks_format"),
        ([table(1, 1), table(1, 1)], "only_one_table_allowed"),
        ([section("x" * 2700)] * 5, "msg_blocks_too_long"),
    ],
)
def test_other_refusals(blocks: Any, code: str) -> None:
    with pytest.raises(SlackError, match=code):
        check_message_blocks(blocks)


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": [entry()], **more}


def test_a_view_within_the_limits() -> None:
    check_view(modal(private_metadata="x" * 3000, close=plain("x" * 24)), "modal")
    check_view(modal(submit=None, blocks=[section("x")] * 100), "modal")
    check_view({"type": "home", "blocks": []}, "home")


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(title=plain("x" * 25)), "less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "less than 25 characters"),
        (modal(close=plain("x" * 25)), "less than 25 characters"),
        (modal(submit=None), "must define `submit` to use an `input` block in modals"),
        (modal(blocks=[section("x")] * 101), "no more than 100 items allowed"),
        (modal(private_metadata="x" * 3001), "less than 3001 characters"),
        (modal(callback_id="x" * 256), "less than 256 characters"),
        (modal(blocks=[table(1, 1)]), "unsupported type: table"),
        (modal(type="drawer"), "unsupported type: drawer"),
        (modal(blocks=[section("x", block_id="b")] * 2), '"block_id" b already exists'),
        ({"type": "home", "blocks": []}, "must be of type modal"),
        ("x", "must be an object"),
    ],
)
def test_a_view_beyond_the_limits(view: Any, words: str) -> None:
    with pytest.raises(SlackError) as refused:
        check_view(view, "modal")
    assert refused.value.code == "invalid_arguments"
    assert any(words in one for one in refused.value.extra["response_metadata"]["messages"])
