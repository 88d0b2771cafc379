"""views.*: forms and Home tabs."""

import json

from sandbox.api.methods.chat import check_files
from sandbox.api.methods.registry import Slack, method
from sandbox.blocks.limits import check_view
from sandbox.wire.arguments import Arguments
from sandbox.wire.wire import Json, SlackError
from sandbox.workspace.views import STACK, View
from sandbox.workspace.workspace import Workspace

_LARGEST = 250_000


@method("views.open")
def open_view(slack: Slack, args: Arguments) -> Json:
    source = view_source(slack.workspace, args, "modal")
    trigger = slack.permits.spend_trigger(args.needed("trigger_id"))
    slack.workspace.close_views(slack.workspace.stack_of(trigger.user))
    return _answer(slack, slack.workspace.open_view(trigger.user, source))


@method("views.push")
def push_view(slack: Slack, args: Arguments) -> Json:
    source = view_source(slack.workspace, args, "modal")
    trigger = slack.permits.spend_trigger(args.needed("trigger_id"))
    stack = slack.workspace.stack_of(trigger.user)
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    return _answer(slack, slack.workspace.push_view(stack[-1], source))


@method("views.update")
def update_view(slack: Slack, args: Arguments) -> Json:
    view = _wanted(slack, args)
    source = view_source(slack.workspace, args, "modal", instead_of=view)
    _check_hash(view, args)
    slack.workspace.update_view(view, source)
    return _answer(slack, view)


@method("views.publish")
def publish(slack: Slack, args: Arguments) -> Json:
    user = slack.user(args.text("user_id"), "user_not_found")
    source = view_source(slack.workspace, args, "home")
    if not slack.workspace.manifest.home_tab:
        raise SlackError("not_enabled")
    if home := slack.workspace.homes.get(user.id):
        _check_hash(home, args)
    return _answer(slack, slack.workspace.publish_home(user.id, source))


def view_source(
    workspace: Workspace, args: Arguments, kind: str, *, instead_of: View | None = None
) -> Json:
    """The view within Slack's limits. Raises invalid_arguments, view_too_large, ..."""
    source = args.parsed("view", "invalid_arguments")
    check_view(source, kind)
    if len(json.dumps(source)) > _LARGEST:
        raise SlackError("view_too_large")
    check_files(workspace, source["blocks"], "invalid_arguments", "/view/blocks")
    named = [v for v in workspace.views.values() if v.external_id and v is not instead_of]
    if any(v.external_id == source.get("external_id") for v in named):
        raise SlackError("duplicate_external_id")
    return dict(source)


def _wanted(slack: Slack, args: Arguments) -> View:
    wanted, external = args.text("view_id"), args.text("external_id")
    if not wanted and not external:
        raise SlackError("invalid_arguments")
    for view in slack.workspace.views.values():
        if view.id == wanted or (external and view.external_id == external):
            return view
    raise SlackError("not_found")


def _check_hash(view: View, args: Arguments) -> None:
    given = args.text("hash")
    if given and given != view.hash:
        raise SlackError("hash_conflict")


def _answer(slack: Slack, view: View) -> Json:
    return {"view": slack.payloads.view(view)}
