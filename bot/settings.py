"""Settings from the environment; a malformed or missing one is named with what to do."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from debt.refusal import ExpectedError
from storage.database.store import DatabaseError, database_url

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class WrongSetting(ExpectedError):
    """An environment variable is missing or malformed; the message names it and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Secrets, and the database's address that may hold one, stay out of any print."""

    database_url: str = field(default="sqlite:///debt.db", repr=False)
    slack_bot_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = 3000
    policy: Path | None = None
    log_level: str = "INFO"


def read(environment: Mapping[str, str], *, need_slack: bool) -> Settings:
    """The settings. Raises WrongSetting with the first thing that is wrong."""
    wrong = problems(environment, need_slack=need_slack)
    if wrong:
        raise WrongSetting(wrong[0])
    return Settings(**dict(_given(environment)))


def problems(environment: Mapping[str, str], *, need_slack: bool) -> list[str]:
    """Everything wrong or missing, a line each. An empty value counts as none."""
    return [*_malformed(environment), *(_missing(environment) if need_slack else ())]


def env_file(file: Path) -> dict[str, str]:
    """The values written there, none where it is missing. Raises WrongSetting for a line that is
    no value: to go on without it would leave out what somebody meant to say.
    """
    if not file.exists() or file.is_dir():
        return {}
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongSetting(f"{file} is not UTF-8 text") from None
    for line in parse_stream(StringIO(text)):
        if line.error:
            raise WrongSetting(f"{file}:{line.original.line}: is not NAME=value")
    written = dotenv_values(stream=StringIO(text))
    return {name: value for name, value in written.items() if value is not None}


def cache_directory(environment: Mapping[str, str]) -> Path:
    """The directory for what can be computed or fetched again (XDG base directories)."""
    named = environment.get("XDG_CACHE_HOME", "")
    if named.startswith("/"):
        return Path(named) / "debt"
    home = environment.get("HOME", "")
    return (Path(home) if home else Path.home()) / ".cache" / "debt"


@dataclass(frozen=True, slots=True)
class _Variable:
    """`read` raises ValueError for a malformed value; `should` says what a good one is."""

    name: str
    field: str
    read: Callable[[str], Any]
    should: str


def _given(environment: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for variable in _VARIABLES:
        text = environment.get(variable.name, "").strip()
        if text:
            yield variable.field, variable.read(text)


def _malformed(environment: Mapping[str, str]) -> Iterator[str]:
    for variable in _VARIABLES:
        text = environment.get(variable.name, "").strip()
        try:
            variable.read(text) if text else None
        except ValueError as error:
            yield f"{variable.name} {error}{variable.should}"


def _missing(environment: Mapping[str, str]) -> Iterator[str]:
    if not environment.get("SLACK_BOT_TOKEN", "").strip():
        yield "SLACK_BOT_TOKEN is missing: install the app in your workspace and copy " + _BOT
    if not environment.get("SLACK_SIGNING_SECRET", "").strip():
        yield "SLACK_SIGNING_SECRET is missing: copy " + _SECRET


def _shaped(pattern: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError("is malformed: ")
        return text

    return read


def _address(text: str) -> str:
    """Slack's client joins method names to it, so it ends with a slash."""
    malformed = ValueError("is malformed: ")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise malformed from None
    if not parts.hostname or not _may_be_host(parts.hostname):
        raise malformed
    if parts.scheme not in {"http", "https"} or re.search(r"\s", text):
        raise malformed
    return text.rstrip("/") + "/"


def _host(text: str) -> str:
    """A name or an address; IPv6 may stand in brackets, as in a URL."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not re.fullmatch(r"[\w.:-]+", bare, re.ASCII) or not _may_be_host(bare):
        raise ValueError("is malformed: ")
    return bare


def _may_be_host(name: str) -> bool:
    """Python's resolver raises UnicodeError, and no OSError, for an empty or overlong label."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text, re.ASCII) or not 1 <= int(text) <= 65_535:
        raise ValueError(f"is “{text[:20]}”: ")
    return int(text)


def _level(text: str) -> str:
    if text.upper() not in LEVELS:
        raise ValueError(f"is “{text[:20]}”: ")
    return text.upper()


def _database(text: str) -> str:
    try:
        database_url(text)
    except DatabaseError as error:
        raise ValueError(str(error).removeprefix("DATABASE_URL ")) from None
    return text


_BOT = "the Bot User OAuth Token (xoxb-…) from “OAuth & Permissions” of your Slack app"
_SECRET = "the Signing Secret from “Basic Information” of your Slack app"  # noqa: S105  # words
_APP = "the app-level token (xapp-…) with connections:write from “Basic Information”, or none"
_VARIABLES = (
    _Variable("DATABASE_URL", "database_url", _database, ""),
    _Variable("SLACK_BOT_TOKEN", "slack_bot_token", _shaped(r"xoxb-[\w.-]+"), f"copy {_BOT}"),
    _Variable(
        "SLACK_SIGNING_SECRET", "slack_signing_secret", _shaped(r"\S{8,}"), f"copy {_SECRET}"
    ),
    _Variable("SLACK_APP_TOKEN", "slack_app_token", _shaped(r"xapp-[\w.-]+"), f"copy {_APP}"),
    _Variable("SLACK_API_URL", "slack_api_url", _address, "say https://slack.com/api/"),
    _Variable("HOST", "host", _host, "say 127.0.0.1, or 0.0.0.0 for every one"),
    _Variable("PORT", "port", _port, "say a number from 1 to 65535"),
    _Variable("DEBT_POLICY", "policy", Path, ""),
    _Variable("LOG_LEVEL", "log_level", _level, f"say one of {', '.join(LEVELS)}"),
)
