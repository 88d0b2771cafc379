"""What Slack refuses in blocks and views, in the words Slack uses for it."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.blocks.checks import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    items,
    one_of,
    problem,
    rule,
    shape,
    string,
)
from sandbox.blocks.elements import (
    FILE,
    ID,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    WEB_URL,
    context_element,
    element,
    elements_of,
    plain,
    text,
)
from sandbox.blocks.reading import pieces_of
from sandbox.wire.wire import Json, SlackError

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TOTAL_BLOCK_TEXT = 13_000
MESSAGE_TEXT = 40_000


def _section_says_something(block: Json) -> str | None:
    return None if block.get("text") or block.get("fields") else "must provide text or fields"


def _one_image(block: Json) -> str | None:
    known = ("image_url" in block) != ("slack_file" in block)
    return None if known else "must provide either image_url or slack_file"


_RICH_PART = by_type(
    {
        "rich_text_section": shape({"elements": items(anything, 1000, 0)}),
        "rich_text_list": shape(
            {"style": one_of("bullet", "ordered"), "elements": items(anything, 1000, 0)},
            indent=anything,
            offset=anything,
            border=anything,
        ),
        "rich_text_preformatted": shape(
            {"elements": items(anything, 1000, 0)}, border=anything, language=anything
        ),
        "rich_text_quote": shape({"elements": items(anything, 1000, 0)}, border=anything),
    }
)
_RICH_TEXT = shape({"elements": items(_RICH_PART, 1000, 0)}, block_id=ID)
_CELL = by_type({"raw_text": shape({"text": string(3000, 0)}), "rich_text": _RICH_TEXT})

BLOCKS: dict[str, Check] = {
    "section": both(
        shape(
            text=text(3000),
            fields=items(text(2000), 10),
            accessory=element(IN_SECTION),
            block_id=ID,
            expand=boolean,
        ),
        rule(_section_says_something),
    ),
    "header": shape({"text": plain(150)}, block_id=ID, level=anything),
    "divider": shape(block_id=ID),
    "image": both(
        shape(
            {"alt_text": string(2000)},
            image_url=WEB_URL,
            slack_file=FILE,
            title=plain(2000),
            block_id=ID,
        ),
        rule(_one_image),
    ),
    "context": shape({"elements": items(context_element(), 10)}, block_id=ID),
    "actions": shape({"elements": items(element(IN_ACTIONS), 25)}, block_id=ID),
    "input": shape(
        {"label": plain(2000), "element": element(IN_INPUT)},
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
        block_id=ID,
    ),
    "rich_text": _RICH_TEXT,
    "table": shape(
        {"rows": items(items(_CELL, 20), 100)}, column_settings=items(anything, 20), block_id=ID
    ),
    "markdown": shape({"text": string(12_000)}, block_id=ID),
}

_ON_VIEWS = frozenset(BLOCKS) - {"table", "markdown"}
_VIEW_FIELDS: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}
_VIEW = by_type(
    {
        "modal": shape(
            {
                "title": plain(24),
                "blocks": items(by_type(BLOCKS, _ON_VIEWS), VIEW_BLOCKS, 0),
            },
            submit=plain(24),
            close=plain(24),
            **_VIEW_FIELDS,
        ),
        "home": shape(
            {"blocks": items(by_type(BLOCKS, _ON_VIEWS), VIEW_BLOCKS, 0)}, **_VIEW_FIELDS
        ),
    }
)
_MESSAGE = items(by_type(BLOCKS), MESSAGE_BLOCKS, 0)


def check_message_blocks(blocks: Any) -> None:
    """Raises invalid_blocks_format, invalid_blocks, only_one_table_allowed, msg_blocks_too_long."""
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise SlackError("invalid_blocks_format")
    _refuse("invalid_blocks", [*_MESSAGE(blocks, "/blocks"), *_doubles(blocks, "/blocks")])
    if sum(one["type"] == "table" for one in blocks) > 1:
        raise SlackError("only_one_table_allowed")
    if text_length(blocks) > TOTAL_BLOCK_TEXT:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any, kind: str) -> None:
    """Raises invalid_arguments with Slack's messages; `kind` is what the method accepts."""
    problems = list(_VIEW(view, "/view"))
    if not problems and view["type"] != kind:
        problems.append(problem(f"must be of type {kind}", "/view/type"))
    if not problems:
        problems += [*_needs_submit(view), *_doubles(view["blocks"], "/view/blocks")]
    _refuse("invalid_arguments", problems)


def check_options(answer: Any) -> list[str]:
    """Problems of an app's answer to an options request."""
    option = shape({"text": plain(75), "value": string(150)}, description=plain(75))
    group = shape({"label": plain(75), "options": items(option, 100, 0)})
    known = shape(options=items(option, 100, 0), option_groups=items(group, 100, 0))
    return list(known(answer, ""))


def text_length(blocks: list[Json]) -> int:
    return sum(len(piece.text) for piece in pieces_of(blocks))


def _refuse(code: str, problems: list[str]) -> None:
    if problems:
        errors = [one.removeprefix("[ERROR] ") for one in problems]
        raise SlackError(code, errors=errors, response_metadata={"messages": problems})


def _needs_submit(view: Json) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield problem("must define `submit` to use an `input` block in modals", "/view")


def _doubles(blocks: list[Json], at: str) -> Iterator[str]:
    if any(not isinstance(block, dict) for block in blocks):
        return
    yield from _double_blocks(blocks, at)
    for number, block in enumerate(blocks):
        ids = Counter(e.get("action_id") for _, e in _safe_elements(block))
        twice = [one for one, times in ids.items() if one and times > 1]
        yield from (problem(f'"action_id" {x} already exists', f"{at}/{number}") for x in twice)


def _double_blocks(blocks: list[Json], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, name in enumerate(block.get("block_id") for block in blocks):
        if name and name in seen:
            yield problem(f'"block_id" {name} already exists', f"{at}/{number}/block_id")
        seen.add(name or "")


def _safe_elements(block: Json) -> list[tuple[str, Any]]:
    listed = block.get("elements")
    parts = itertools.chain(listed if isinstance(listed, list) else [], [block.get("accessory")])
    typed = all("type" in one for one in parts if isinstance(one, dict))
    return elements_of(block) if typed else []
