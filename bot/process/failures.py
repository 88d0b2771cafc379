"""From an error that was to be expected to the one line that a person reads."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from debt.refusal import ExpectedError
from debt.text import clean

# Everything that a person can cure: what our code raises for them, the database's errors and the
# operating system's.
EXPECTED = (ExpectedError, DBAPIError, OSError)
_OUR_MISTAKES = (DataError, IntegrityError, ProgrammingError)


def words_of(error: Exception) -> str:
    """The error in words that name what is at fault; a mistake of ours is raised again."""
    if isinstance(error, _OUR_MISTAKES):
        raise error
    if isinstance(error, DBAPIError):
        return f"DATABASE_URL: {clean(' '.join(str(error.orig).split()))}"
    if isinstance(error, OSError):
        return _of_file(error)
    return "\n".join(
        clean(line) if line == line.lstrip() else f"  {clean(line)}"
        for line in str(error).split("\n")
    )


def _of_file(error: OSError) -> str:
    where = error.filename or "standard output"
    if isinstance(where, bytes):
        where = where.decode("utf-8", "replace")
    return f"{clean(str(where))}: {error.strerror or error}"
