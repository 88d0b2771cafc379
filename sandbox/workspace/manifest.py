"""The app as its manifest declares it: what Slack would let it do, and what it would be sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.wire.wire import Json


@dataclass(frozen=True)
class Command:
    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    callback_id: str
    name: str
    description: str
    on_message: bool


@dataclass(frozen=True)
class Manifest:
    app_name: str
    bot_name: str
    scopes: frozenset[str]
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    events: frozenset[str]
    interactivity: bool
    options_over_http: bool
    socket_mode: bool
    home_tab: bool
    messages_tab: bool
    people_may_write: bool


def read_manifest(source: Path | str | Mapping[str, Any]) -> Manifest:
    """A path, the YAML (or JSON) text itself, or what was read from it."""
    return _manifest(_loaded(source))


def _loaded(source: Path | str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    text = source if isinstance(source, str) and "\n" in source else Path(source).read_text("utf-8")
    loaded = yaml.safe_load(text)
    if not isinstance(loaded, dict):
        raise TypeError(f"{source}: a manifest is a mapping, this is {type(loaded).__name__}")
    return loaded


def _manifest(source: Mapping[str, Any]) -> Manifest:
    features: Json = source.get("features") or {}
    settings: Json = source.get("settings") or {}
    home: Json = features.get("app_home") or {}
    interactivity: Json = settings.get("interactivity") or {}
    name = source["display_information"]["name"]
    return Manifest(
        app_name=name,
        bot_name=(features.get("bot_user") or {}).get("display_name", name),
        scopes=frozenset(source["oauth_config"]["scopes"]["bot"]),
        commands={one["command"]: _command(one) for one in features.get("slash_commands") or []},
        shortcuts={one["callback_id"]: _shortcut(one) for one in features.get("shortcuts") or []},
        events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or []),
        interactivity=bool(interactivity.get("is_enabled")),
        options_over_http=bool(interactivity.get("message_menu_options_url")),
        socket_mode=bool(settings.get("socket_mode_enabled")),
        home_tab=bool(home.get("home_tab_enabled")),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        people_may_write=not home.get("messages_tab_read_only_enabled"),
    )


def _command(source: Json) -> Command:
    return Command(
        name=source["command"],
        description=source["description"],
        usage_hint=source.get("usage_hint", ""),
        should_escape=bool(source.get("should_escape")),
    )


def _shortcut(source: Json) -> Shortcut:
    return Shortcut(
        callback_id=source["callback_id"],
        name=source["name"],
        description=source.get("description", ""),
        on_message=source["type"] == "message",
    )
