"""`debt migrate`: the register's tables are made, or brought up to date."""

from bot.cli.invocation import Invocation
from storage.database.migrate import migrate
from storage.database.store import database_url


def migrate_register(invocation: Invocation) -> int:
    """Prints the database's address, without its password and driver."""
    url = invocation.settings.database_url
    migrate(url)
    shown = database_url(url).render_as_string(hide_password=True)
    invocation.say(
        f"The register at {shown.replace('+aiosqlite', '').replace('+psycopg', '')} is up to date."
    )
    return 0
