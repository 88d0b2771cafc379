"""One reading of a repository at its head: what the last one kept is taken from there, the rest is
asked of git, and all of it is kept for the next.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from intake.cache import Cache
from intake.git import Repository
from intake.history import EVER, History, cut_off, history_in
from intake.log import Log, Progress, read_log
from intake.markers import Markers
from intake.measured import Contents
from intake.notes import Notes, notes_of
from intake.packing import Kept

ANEW = (
    "The newest commit of the last scan is not in this history: it was rewritten, or HEAD is on "
    "another branch. All of it was read anew."
)


class Reading:
    """`contents` are read as they are asked for; `noted` and the commits with `history`."""

    def __init__(
        self, repository: Repository, head: str, markers: Markers, cache: Path | None
    ) -> None:
        self._repository, self._head, self._markers = repository, head, markers
        self._cache = Cache(cache, repository, markers)
        self._kept = self._cache.before(head)
        self._log = Log()
        self.cut = cut_off(repository)
        self.contents = Contents(repository, markers, self._kept.contents)
        self.noted = Notes()

    def history(
        self,
        shas: Sequence[bytes],
        wanted: Collection[bytes],
        *,
        since: date | None = None,
        progress: Progress | None = None,
    ) -> History:
        """What all commits, in their order, did to the wanted paths. Raises UnreadableRepository."""
        self._log = read_log(
            self._repository,
            self._head,
            self._markers,
            len(shas),
            known=self._kept.log,
            progress=progress,
        )
        self.noted = notes_of(self._repository, shas, self._markers, self._kept.notes)
        landed = _begins(since) if since else EVER
        return history_in(self._log, shas, wanted, cut=self.cut, notes=self.noted.of, since=landed)

    def done(self) -> Iterator[str]:
        """Keeps what was read; says what came of what was kept before."""
        if self._cache.lost(self._kept):
            yield ANEW
        unkept = self._cache.keep(Kept(self._log, self.contents.measured, self.noted.read))
        if unkept:
            yield unkept


def _begins(day: date) -> int:
    """When a day begins in UTC, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
