"""From an error that was to be expected to the one line that a person reads."""

from debt.text import clean


def expected() -> tuple[type[Exception], ...]:
    """Everything that is somebody's to mend and not a mistake of ours. Asked only after a failure,
    since the names live in large libraries.
    """
    from sqlalchemy.exc import DBAPIError

    from bot.settings import WrongSetting
    from debt.policy.policy import PolicyError
    from debt.refusal import Refused
    from intake.git.repository import UnreadableRepository
    from intake.sheets.spreadsheet import WrongSpreadsheet
    from storage.database.store import DatabaseError

    ours = (Refused, PolicyError, WrongSetting, WrongSpreadsheet, UnreadableRepository)
    return (*ours, DatabaseError, DBAPIError, OSError)


def words_of(error: Exception) -> str:
    """The error in words that name what is at fault; a mistake of ours is raised again."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError):
        return _of_file(error)
    return "\n".join(
        clean(line) if line == line.lstrip() else f"  {clean(line)}"
        for line in str(error).split("\n")
    )


def _of_database(error: Exception) -> str:
    from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

    if not isinstance(error, DBAPIError) or isinstance(
        error, DataError | IntegrityError | ProgrammingError
    ):
        raise error
    return f"DATABASE_URL: {clean(' '.join(str(error.orig).split()))}"


def _of_file(error: OSError) -> str:
    where = error.filename or "standard output"
    if isinstance(where, bytes):
        where = where.decode("utf-8", "replace")
    return f"{clean(str(where))}: {error.strerror or error}"
