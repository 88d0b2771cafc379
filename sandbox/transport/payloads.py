"""The bodies that Slack sends to an app, field for field."""

import time
from typing import Any

from sandbox.wire.wire import Json, new_id
from sandbox.workspace.manifest import Command, Shortcut
from sandbox.workspace.messages import PostedMessage
from sandbox.workspace.permits import Permits
from sandbox.workspace.surfaces import BlockSurface, Control
from sandbox.workspace.views import View
from sandbox.workspace.workspace import Channel, User, Workspace


def values_of(surface: BlockSurface) -> Json:
    """`state.values`: every stateful element by block_id and action_id."""
    values: Json = {}
    for control in surface.controls():
        if control.element["type"] in {"button", "overflow"}:
            continue
        block_id, action_id = control.key
        known = surface.state.get(control.key)
        values.setdefault(block_id, {})[action_id] = known or initial(control.element)
    return values


_SINGLE = {
    "initial_option": "selected_option",
    "initial_user": "selected_user",
    "initial_channel": "selected_channel",
    "initial_conversation": "selected_conversation",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
    "initial_value": "value",
    "initial_options": "selected_options",
    "initial_users": "selected_users",
    "initial_channels": "selected_channels",
    "initial_conversations": "selected_conversations",
}
FIELD_OF = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
    "rich_text_input": "rich_text_value",
}


def field_of(element: Json) -> str:
    """The name under which an element's state stands."""
    return FIELD_OF.get(element["type"], "value")


def initial(element: Json) -> Json:
    """What an untouched element reports."""
    name = field_of(element)
    empty: Any = [] if name.endswith("s") else None
    given = next((element[key] for key in _SINGLE if element.get(key) is not None), empty)
    return {"type": element["type"], name: given}


class Payloads:
    def __init__(self, workspace: Workspace, permits: Permits, token: str) -> None:
        self.url = ""
        self._workspace = workspace
        self._permits = permits
        self._token = token

    # ------------------------------------------------------------------------- commands

    def command(self, command: Command, text: str, user: User, channel: Channel) -> Json:
        names = {"im": "directmessage", "groups": "privategroup"}
        return {
            "token": self._token,
            "team_id": user.team_id,
            "team_domain": self._workspace.domain,
            **self._grid(),
            "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name),
            "user_id": user.id,
            "user_name": user.handle,
            "command": command.name,
            "text": text,
            "api_app_id": self._workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(channel, user),
            "trigger_id": self._permits.trigger(user.id),
        }

    def response_url(
        self, channel: Channel, user: User, message: PostedMessage | None = None
    ) -> str:
        return f"{self.url}/respond/{self._permits.response(channel, user.id, message)}"

    # ----------------------------------------------------------------------------- acts

    def message_action(
        self, message: PostedMessage, user: User, action: Json, control: Control
    ) -> Json:
        """block_actions on a message; of an ephemeral one the app is told next to nothing."""
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": message.ephemeral,
        }
        body = self._interaction("block_actions", user) | {"container": container}
        body |= self._place(message.home)
        if not message.ephemeral:
            body["message"] = message.wire()
        body["state"] = {"values": values_of(message)}
        body["response_url"] = self.response_url(message.home, user, message)
        return body | {"actions": [_action(control, action)]}

    def view_action(self, view: View, user: User, action: Json, control: Control) -> Json:
        body = self._interaction("block_actions", user, view)
        body |= {"container": {"type": "view", "view_id": view.id}, "view": self.view(view)}
        return body | {"actions": [_action(control, action)]}

    def suggestion(self, surface: BlockSurface, user: User, control: Control, typed: str) -> Json:
        body = self._interaction("block_suggestion", user)
        del body["trigger_id"]
        block_id, action_id = control.key
        body |= {"block_id": block_id, "action_id": action_id, "value": typed}
        if isinstance(surface, View):
            container: Json = {"type": "view", "view_id": surface.id}
            return body | {"container": container, "view": self.view(surface)}
        assert isinstance(surface, PostedMessage)  # noqa: S101 - views and messages are all there is
        container = {"type": "message", "message_ts": surface.ts, "channel_id": surface.channel}
        container["is_ephemeral"] = surface.ephemeral
        body |= {"container": container, **self._place(surface.home)}
        return body if surface.ephemeral else body | {"message": surface.wire()}

    def shortcut(self, shortcut: Shortcut, user: User) -> Json:
        body = self._interaction("shortcut", user)
        return body | {"callback_id": shortcut.callback_id, "action_ts": _now()}

    def message_shortcut(self, shortcut: Shortcut, user: User, message: PostedMessage) -> Json:
        body = self._interaction("message_action", user) | self._place(message.home)
        return body | {
            "callback_id": shortcut.callback_id,
            "action_ts": _now(),
            "message_ts": message.ts,
            "message": message.wire(),
            "response_url": self.response_url(message.home, user, message),
        }

    # ---------------------------------------------------------------------------- views

    def submission(self, view: View, user: User) -> Json:
        body = self._interaction("view_submission", user, view)
        return body | {"view": self.view(view), "response_urls": self._response_urls(view, user)}

    def closing(self, view: View, user: User, *, cleared: bool) -> Json:
        body = self._interaction("view_closed", user)
        del body["trigger_id"]
        return body | {"view": self.view(view), "is_cleared": cleared}

    def view(self, view: View) -> Json:
        here = self._workspace
        return view.wire(here.team_id, here.app_id, here.bot_id, values_of(view))

    def _response_urls(self, view: View, user: User) -> list[Json]:
        found = []
        for control in view.controls():
            if control.element.get("response_url_enabled"):
                state = view.state.get(control.key) or initial(control.element)
                chosen = state.get(field_of(control.element))
                if chosen in self._workspace.channels:
                    found.append(self._named_response_url(control, chosen, user))
        return found

    def _named_response_url(self, control: Control, channel_id: str, user: User) -> Json:
        block_id, action_id = control.key
        address = self.response_url(self._workspace.channels[channel_id], user)
        named = {"block_id": block_id, "action_id": action_id, "channel_id": channel_id}
        return named | {"response_url": address}

    # --------------------------------------------------------------------------- events

    def event(self, event: Json, event_id: str | None) -> Json:
        here = self._workspace
        authorization: Json = {
            "enterprise_id": here.enterprise_id,
            "team_id": here.team_id,
            "user_id": here.bot.id,
        }
        authorization |= {"is_bot": True, "is_enterprise_install": False}
        return {
            "token": self._token,
            "team_id": here.team_id,
            "api_app_id": here.app_id,
            "event": {"event_ts": _now(), **event},
            "type": "event_callback",
            "event_id": event_id or new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": new_id("4-", 24),
        }

    # -------------------------------------------------------------------------- commons

    def _interaction(self, kind: str, user: User, view: View | None = None) -> Json:
        return {
            "type": kind,
            "user": {
                "id": user.id,
                "username": user.handle,
                "name": user.handle,
                "team_id": user.team_id,
            },
            "api_app_id": self._workspace.app_id,
            "token": self._token,
            "trigger_id": self._permits.trigger(user.id, view),
            "team": {"id": self._workspace.team_id, "domain": self._workspace.domain},
            "enterprise": self._enterprise(),
            "is_enterprise_install": False,
        }

    def _enterprise(self) -> Json | None:
        number = self._workspace.enterprise_id
        return {"id": number, "name": self._workspace.team_name} if number else None

    def _grid(self) -> Json:
        """What a command says of the organization; nothing outside of a Grid."""
        number = self._workspace.enterprise_id
        named = {"enterprise_id": number, "enterprise_name": self._workspace.team_name}
        return named if number else {}

    def _place(self, channel: Channel) -> Json:
        names = {"im": "directmessage", "groups": "privategroup"}
        name = names.get(channel.kind, channel.name)
        return {"channel": {"id": channel.id, "name": name}}


def _now() -> str:
    return f"{time.time():.6f}"


def _action(control: Control, chosen: Json) -> Json:
    """The element as the app sent it, less what Slack leaves out, plus what was chosen."""
    block_id, action_id = control.key
    element = control.element
    kept: Json = {
        k: element[k] for k in ("text", "value", "style", "url", "placeholder") if k in element
    }
    named = {"type": element["type"], "action_id": action_id, "block_id": block_id}
    return {**named, **kept, **chosen, "action_ts": _now()}
