"""Fills a workspace from a TOML file like workspace.toml."""

import tomllib
from pathlib import Path

from sandbox.workspace.workspace import Workspace

DEFAULT = Path(__file__).with_name("workspace.toml")


def fill(workspace: Workspace, seed: Path | None) -> None:
    """Unknown keys raise TypeError, unknown people LookupError: a wrong seed is no workspace."""
    source = tomllib.loads((seed or DEFAULT).read_text("utf-8"))
    team = source.get("team", {})
    workspace.team_name = team.get("name", workspace.team_name)
    workspace.domain = team.get("domain", workspace.domain)
    for handle, person in source.get("people", {}).items():
        workspace.add_user(handle, **person)
    for name, channel in source.get("channels", {}).items():
        workspace.add_channel(name, **channel)
    for handle, group in source.get("groups", {}).items():
        workspace.add_group(handle, **group)
