"""The manifest asks for just what the code uses: neither side changes alone."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.features.table import SHORTCUTS, VERBS
from bot.slack.workspace import MANIFEST

ROOT = Path(__file__).parents[3]
# What Slack asks for each Web API method that the code calls, in the kinds of channels it is
# called for: digests go to public and private channels, everything else to direct messages.
SCOPES_OF = {
    "auth_test": set(),
    "apps_connections_open": set(),
    "bots_info": {"users:read"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "files_upload_v2": {"files:write"},
    "usergroups_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_lookupByEmail": {"users:read.email"},
    "views_open": set(),
    "views_publish": set(),
}
# Each event that the code listens to, as the manifest names it, and what it needs.
EVENTS: dict[str, dict[str, set[str]]] = {
    "message": {"message.im": {"im:history"}},
    "channel_shared": {"channel_shared": {"channels:read", "groups:read"}},
    "app_home_opened": {"app_home_opened": set()},
    "user_change": {"user_change": {"users:read"}},
    "team_join": {"team_join": {"users:read"}},
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return loaded


@pytest.fixture(scope="module")
def source() -> str:
    """Everything of ours that may talk to Slack."""
    rooms = ("bot", "briefings", "intake", "storage")
    return "\n".join(path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py"))


def test_a_bot_that_was_installed_without_the_repository_has_its_manifest() -> None:
    """`debt check` and `debt try` read it; only what lies in a package is installed."""
    assert MANIFEST.parent == ROOT / "bot"
    assert MANIFEST.samefile(ROOT / "manifest.yml")


def test_every_method_called_is_one_whose_scopes_are_known(source: str) -> None:
    called = set(re.findall(r"client\.([a-z]+_\w+)\(", source))
    assert called == set(SCOPES_OF)
    assert not re.search(r"\bapi_call\(", source)


def test_the_scopes_are_just_those_that_methods_events_and_commands_need(
    manifest: dict[str, Any],
) -> None:
    needed = {"commands"}.union(*SCOPES_OF.values())
    needed |= {scope for told in EVENTS.values() for one in told.values() for scope in one}
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot"]) == needed
    assert len(scopes["bot"]) == len(needed)
    assert list(scopes) == ["bot"]


def test_the_events_are_just_those_that_are_listened_to(
    manifest: dict[str, Any], source: str
) -> None:
    heard = set(re.findall(r"app\.event\(\"(\w+)\"\)", source))
    assert heard == set(EVENTS)
    named = {name for told in EVENTS.values() for name in told}
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == named


def test_there_is_one_command_and_it_hints_at_verbs_that_exist(
    manifest: dict[str, Any], source: str
) -> None:
    [command] = manifest["features"]["slash_commands"]
    assert re.findall(r"app\.command\(\"(/\w+)\"\)", source) == [command["command"]]
    hinted = [words.split()[0] for words in command["usage_hint"].split("|")]
    assert set(hinted) <= set(VERBS)
    assert command["should_escape"] is True


def test_the_shortcuts_are_just_those_that_are_answered(manifest: dict[str, Any]) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == set(SHORTCUTS)
    assert {one["name"]: one["type"] for one in shortcuts} == {
        "Log debt hours": "global",
        "Add to debt register": "message",
    }


def test_buttons_forms_and_type_ahead_reach_the_same_address(
    manifest: dict[str, Any], source: str
) -> None:
    settings = manifest["settings"]
    address = manifest["features"]["slash_commands"][0]["url"]
    assert settings["interactivity"]["is_enabled"]
    assert settings["interactivity"]["request_url"] == address
    assert settings["event_subscriptions"]["request_url"] == address
    assert ("app.options(" in source) == ("message_menu_options_url" in settings["interactivity"])
    assert settings["interactivity"]["message_menu_options_url"] == address
    assert address.endswith("/slack/events")


def test_people_may_write_to_the_bot_and_no_unused_surface_is_shown(
    manifest: dict[str, Any], source: str
) -> None:
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert home["home_tab_enabled"] == ("views_publish" in source)


def test_the_words_fit_where_slack_shows_them(manifest: dict[str, Any]) -> None:
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert re.fullmatch("#[0-9a-f]{6}", about["background_color"])
    for shortcut in manifest["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
