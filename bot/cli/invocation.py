"""One run of `debt`: what was asked, in which world, and the register it is about."""

import argparse
import getpass
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TextIO

from bot.settings import Settings, cache_directory, read
from debt.change import Change
from debt.policy.policy import Policy, load
from intake.git.clones import Clones, clones_by
from storage.database.migrate import migrate, require_current
from storage.database.store import DatabaseError, Store, database_url


@dataclass(frozen=True)
class World:
    """Environment, clock and streams of one run."""

    environment: Mapping[str, str]
    now: datetime
    stdin: BinaryIO
    out: TextIO
    err: TextIO


@dataclass(frozen=True)
class Invocation:
    """Settings and policy are read when first used, which raises what is wrong with them."""

    arguments: argparse.Namespace
    world: World

    @cached_property
    def settings(self) -> Settings:
        need_slack = self.arguments.slack and not getattr(self.arguments, "dry_run", False)
        return read(self.world.environment, need_slack=need_slack)

    @cached_property
    def policy(self) -> Policy:
        return load(self.settings.policy)

    @cached_property
    def change(self) -> Change:
        return Change(f"cli:{_user_name()}", self.world.now, self.policy)

    @cached_property
    def clones(self) -> Clones:
        """The directory of clones, after those that were not used for long are removed."""
        clones = clones_by(
            self.policy.clones, cache_directory(self.world.environment), self.world.environment
        )
        clones.forget_unused(self.world.now)
        return clones

    @property
    def scans(self) -> Path:
        """The directory of the scans' cache."""
        return cache_directory(self.world.environment) / "scans"

    def say(self, *lines: str) -> None:
        for line in lines:
            self.world.out.write(f"{line}\n")

    @asynccontextmanager
    async def register(self) -> AsyncIterator[Store]:
        """The register there is, as `opened`."""
        async with opened(self.settings.database_url) as store:
            yield store

    @asynccontextmanager
    async def register_made(self) -> AsyncIterator[Store]:
        """As `register`; a SQLite file that does not exist yet is made first."""
        file = sqlite_file(self.settings.database_url)
        if file and not file.exists():
            migrate(self.settings.database_url)
        async with self.register() as store:
            yield store


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """The register there is. Raises DatabaseError where it is missing or not up to date."""
    file = sqlite_file(url)
    if file and not file.exists():
        raise DatabaseError(f"DATABASE_URL: there is no register at {file} yet; {_MADE_BY}")
    store = Store(url)
    try:
        await require_current(store)
        yield store
    finally:
        await store.close()


_MADE_BY = "run `debt migrate`, `debt import` or `debt scan`"


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, None for a database that runs elsewhere."""
    parsed = database_url(url)
    if not parsed.drivername.startswith("sqlite") or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _user_name() -> str:
    """The operating system's name for who runs this; a container may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
