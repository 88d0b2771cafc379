"""What the policy says of repositories: where they are, and when they are read anew.

An address goes to git as an argument, so nothing that git would take for an option, a program or
another transport is one; and nothing secret is in it, since policies are shown and kept.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import BeforeValidator, model_validator

from debt.policy.values import Table, TimeOfDay, whole

LONGEST = 500
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_PATH = r"(?!-)[^\s:\\?#][^\s\\?#]*"
_USER = r"(?:[A-Za-z0-9_][\w.-]*@)?"
_ADDRESSES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        rf"https://{_HOST}(?::\d{{1,5}})?/{_PATH}",
        rf"ssh://{_USER}{_HOST}(?::\d{{1,5}})?/{_PATH}",
        rf"(?!(?:https?|ssh|git|file):){_USER}{_HOST}:(?!//){_PATH}",
        r"(?:file://)?/(?!/).*|~/.*",
    )
)
_SECRET = re.compile(r"(?:\w+://)?[^/]*:[^/]*@|https://[^/]*@")
_USER_INFO = re.compile(r"(?<=://)[^/\s]*@")
_NAME = re.compile(r"(?!-)[\w.-]+(?:/[\w.-]+)*", re.ASCII)
_REF = re.compile(r"(?!.*(?:\.\.|@\{|//|/\.|\.lock(?:/|$)))(?![-/.])[^\x00-\x20\x7f~^:?*\[\\]+")


def without_user_info(text: str) -> str:
    """A message without what stands before the `@` of an address."""
    return _USER_INFO.sub("", text)


def is_local(address: str) -> bool:
    """Whether git reads it from a disk of this machine."""
    return _ADDRESSES[-1].fullmatch(address) is not None


def _address(value: object) -> object:
    if isinstance(value, str) and _SECRET.match(value):
        raise ValueError(
            "allowed is an address without user and password: git asks its own credential helpers"
        )
    if _is_line(value) and any(shape.fullmatch(str(value)) for shape in _ADDRESSES):
        return value
    raise ValueError("allowed are https://host/path, ssh://host/path, git@host:path and /a/path")


def _place(value: object) -> object:
    if _is_line(value) and str(value).startswith(("/", "~/")):
        return value
    raise ValueError("allowed is a directory's whole path, such as /srv/checkout")


def _branch(value: object) -> object:
    if _is_line(value) and _REF.fullmatch(str(value)) and not str(value).endswith(("/", ".")):
        return value
    raise ValueError('allowed is the name of a branch, such as "main"')


def _name(value: object) -> object:
    if _is_line(value) and _NAME.fullmatch(str(value)):
        return value
    raise ValueError('allowed are names such as "acme/checkout"')


def _zone(value: object) -> object:
    if isinstance(value, str) and value in available_timezones():
        return value
    raise ValueError('allowed are time zones such as "Europe/Berlin"')


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= LONGEST


RefreshDay = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"
]
RepositoryName = Annotated[str, BeforeValidator(_name)]
Zone = Annotated[str, BeforeValidator(_zone)]


class RepositoryPolicy(Table):
    """Either `path`, a directory that is read as it stands, or `url`, which is cloned."""

    url: Annotated[str, BeforeValidator(_address)] | None = None
    path: Annotated[str, BeforeValidator(_place)] | None = None
    branch: Annotated[str, BeforeValidator(_branch)] | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> "RepositoryPolicy":
        if (self.url is None) == (self.path is None):
            raise ValueError("allowed is either a url, to be cloned, or a path, to be read there")
        if self.branch and self.path:
            raise ValueError("allowed is a branch of a url; a path is read as it is checked out")
        return self


class ClonePolicy(Table):
    minutes: Annotated[int, whole(1, 1_440)]
    megabytes: Annotated[int, whole(1, 1_000_000)]


class RefreshPolicy(Table):
    """Once a week at that time there; on no weekday at all where it is "never"."""

    weekday: RefreshDay
    time: TimeOfDay
    zone: Zone

    @property
    def words(self) -> str:
        return f"{self.weekday} {self.time:%H:%M} {self.zone}"


def pause_after(failures: int) -> timedelta:
    """How long nobody tries again: an hour first, twice as long each time, a day at most."""
    return min(timedelta(hours=2 ** (min(failures, 10) - 1)), timedelta(days=1))
