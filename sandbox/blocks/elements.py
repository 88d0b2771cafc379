"""Block Kit's elements and composition objects with the limits that Slack sets on them."""

from collections.abc import Callable
from typing import Any

from sandbox.blocks.checks import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    integer,
    items,
    matching,
    one_of,
    rule,
    shape,
    string,
)
from sandbox.wire.wire import Json

ID = string(255)
URL = matching(r"(https?|mailto|slack):\S+", "must be a valid URL")
WEB_URL = matching(r"https?://\S+", "must be a valid URL")
DATE = matching(r"\d{4}-\d\d-\d\d", "must be a date in the format YYYY-MM-DD")
TIME = matching(r"\d\d:\d\d", "must be a time in the format HH:mm")


def plain(most: int) -> Check:
    return by_type({"plain_text": shape({"text": string(most)}, emoji=boolean)})


def text(most: int) -> Check:
    return by_type(
        {
            "plain_text": shape({"text": string(most)}, emoji=boolean),
            "mrkdwn": shape({"text": string(most)}, verbatim=boolean),
        }
    )


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    style=one_of("primary", "danger"),
)
OPTION = shape({"text": plain(75), "value": string(150)}, description=plain(75), url=URL)
RICH_OPTION = shape({"text": text(75), "value": string(150)}, description=text(75))
GROUP = shape({"label": plain(75), "options": items(OPTION, 100)})
DISPATCH = shape(trigger_actions_on=items(one_of("on_enter_pressed", "on_character_entered"), 2))
FILE = shape(id=string(255), url=string(3000))

_ACTION = {"action_id": ID, "focus_on_load": boolean}
_PICKER = {**_ACTION, "placeholder": plain(150), "confirm": CONFIRM}
_TYPED = {**_ACTION, "placeholder": plain(150), "dispatch_action_config": DISPATCH}
_LENGTHS = {"min_length": integer, "max_length": integer}


def _one_source_of_options(value: Json) -> str | None:
    if ("options" in value) == ("option_groups" in value):
        return "must provide either options or option_groups"
    return None


def _initial_is_offered(value: Json) -> str | None:
    groups = [group.get("options", []) for group in value.get("option_groups") or []]
    offered = [*(value.get("options") or []), *(one for group in groups for one in group)]
    chosen = [value.get("initial_option"), *(value.get("initial_options") or [])]
    if any(one is not None and one not in offered for one in chosen):
        return "initial option must exactly match one of the options"
    return None


def _one_image(value: Json) -> str | None:
    if ("image_url" in value) == ("slack_file" in value):
        return "must provide either image_url or slack_file"
    return None


def _static(**extra: Check) -> Check:
    fields = {"options": items(OPTION, 100), "option_groups": items(GROUP, 100), **_PICKER, **extra}
    return both(shape(**fields), rule(_one_source_of_options), rule(_initial_is_offered))


def _listed(most: int, **extra: Check) -> Check:
    fields = {"options": items(RICH_OPTION, most)}
    more = {**_ACTION, "confirm": CONFIRM, **extra}
    return both(shape(fields, **more), rule(_initial_is_offered))


_MANY = {"max_selected_items": integer}
_IDS = items(string(255), 100, 0)
_FILTER: Check = shape(
    include=items(one_of("im", "mpim", "private", "public"), 4),
    exclude_external_shared_channels=boolean,
    exclude_bot_users=boolean,
)
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": _FILTER,
    "response_url_enabled": boolean,
}

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        action_id=ID,
        url=URL,
        value=string(2000),
        style=one_of("primary", "danger"),
        confirm=CONFIRM,
        accessibility_label=string(75),
    ),
    "image": both(
        shape({"alt_text": string(2000)}, image_url=WEB_URL, slack_file=FILE), rule(_one_image)
    ),
    "overflow": shape({"options": items(OPTION, 5)}, action_id=ID, confirm=CONFIRM),
    "static_select": _static(initial_option=OPTION),
    "multi_static_select": _static(initial_options=items(OPTION, 100), **_MANY),
    "external_select": shape(**_PICKER, initial_option=OPTION, min_query_length=integer),
    "multi_external_select": shape(
        **_PICKER, initial_options=items(OPTION, 100), min_query_length=integer, **_MANY
    ),
    "users_select": shape(**_PICKER, initial_user=string(255)),
    "multi_users_select": shape(**_PICKER, initial_users=_IDS, **_MANY),
    "channels_select": shape(**_PICKER, initial_channel=string(255), response_url_enabled=boolean),
    "multi_channels_select": shape(**_PICKER, initial_channels=_IDS, **_MANY),
    "conversations_select": shape(**_PICKER, initial_conversation=string(255), **_CONVERSATIONS),
    "multi_conversations_select": shape(
        **_PICKER, initial_conversations=_IDS, **_CONVERSATIONS, **_MANY
    ),
    "checkboxes": _listed(10, initial_options=items(RICH_OPTION, 10)),
    "radio_buttons": _listed(10, initial_option=RICH_OPTION),
    "datepicker": shape(**_PICKER, initial_date=DATE),
    "timepicker": shape(**_PICKER, initial_time=TIME, timezone=string(100)),
    "datetimepicker": shape(**_ACTION, initial_date_time=integer, confirm=CONFIRM),
    "plain_text_input": shape(
        **_TYPED, **_LENGTHS, initial_value=string(3000, 0), multiline=boolean
    ),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        **_TYPED,
        initial_value=string(100),
        min_value=string(100),
        max_value=string(100),
    ),
    "email_text_input": shape(**_TYPED, initial_value=string(3000)),
    "url_text_input": shape(**_TYPED, initial_value=string(3000)),
    "rich_text_input": shape(**_TYPED, initial_value=anything),
    "file_input": shape(action_id=ID, filetypes=items(string(50), 100), max_files=integer),
}

_SELECTS = frozenset(
    {
        "static_select",
        "external_select",
        "users_select",
        "channels_select",
        "conversations_select",
    }
)
_MULTI = frozenset(f"multi_{kind}" for kind in _SELECTS)
_PICKED = frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker"})
IN_ACTIONS = _SELECTS | _PICKED | {"button", "overflow", "datetimepicker"}
IN_SECTION = _SELECTS | _MULTI | _PICKED | {"button", "overflow", "image"}
IN_INPUT = (
    _SELECTS
    | _MULTI
    | _PICKED
    | {
        "datetimepicker",
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "rich_text_input",
        "file_input",
    }
)


def element(only: frozenset[str]) -> Check:
    return by_type(ELEMENTS, only)


def context_element() -> Check:
    written: dict[str, Check] = {"mrkdwn": text(2000), "plain_text": text(2000)}
    return by_type({**written, "image": ELEMENTS["image"]})


Rule = Callable[[Json], str | None]


def elements_of(block: Json) -> list[tuple[str, Any]]:
    """The interactive elements of a block, each with where it stands in it."""
    found = [(f"elements/{n}", one) for n, one in enumerate(block.get("elements") or [])]
    found += [(name, block[name]) for name in ("accessory", "element") if block.get(name)]
    return [(at, one) for at, one in found if isinstance(one, dict) and one["type"] in ELEMENTS]
